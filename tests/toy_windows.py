"""Small packed windows with learnable targets, for the tests of models, predictions and motifs."""

import numpy as np

from danq.data import onehot
from danq.data.targets import Target
from danq.data.windows import writing

LENGTH, SITE = 60, "GATTACA"
SIZES = {"filters": 8, "kernel": 8, "pool": 6, "lstm": 4, "dense": 8}
TARGETS = [Target(1, "site", "TF"), Target(2, "composition", "histone"), Target(3, "never", "TF")]


def write_split(path, n, seed):
    """Write `n` windows: half contain GATTACA near the centre (target 1), half are rich in G and C (target 2).

    Target 3 is never positive. Returns base codes (n, LENGTH), 0 to 3 for A, C, G, T, and labels (n, 3).
    """
    draw = np.random.default_rng(seed)
    rich = draw.random(n) < 0.5
    letters = np.where(draw.random((n, LENGTH)) < np.where(rich, 0.8, 0.3)[:, None], 1, 0)
    codes = np.where(letters, draw.choice([1, 2], (n, LENGTH)), draw.choice([0, 3], (n, LENGTH)))
    holds = draw.random(n) < 0.5
    for row in np.flatnonzero(holds):
        place = draw.integers(20, 33)
        codes[row, place : place + 7] = ["ACGT".index(base) for base in SITE]
    labels = np.stack([holds, rich, np.zeros(n, bool)], axis=1)
    with writing(path, n, LENGTH, TARGETS, contigs=["chr1", "chr2"], made_by={"split": path.stem}) as writer:
        packed = onehot.pack(np.eye(4, dtype=np.uint8)[codes])
        writer.append(packed, np.packbits(labels, axis=1), np.arange(n) % 2, 1000 * np.arange(n))
    return codes, labels
