"""Hypothetical contributions of bases to a logit, by three methods.

Each function takes packed sequences (n, ceil(L/2)) and columns int (R, n), R targets for each sequence, and returns
hypothetical contributions float32 (R, n, L, 4) and completeness errors float32 (R, n), or None.
"""

from __future__ import annotations

import numpy as np

from ..data import dinucleotide, onehot
from ..data.sources import PackedArray
from ..runtime.gradients import Logits
from .incremental import incremental
from .mutagenesis import mutated

BATCH = 128  # sequences of a pass
LEAST = 1e-3  # logits; smaller differences from the references count as this
# Of the points of each round, as parts of a step: 1/2, 1/4, 3/4, 1/8, ... (van der Corput), which fill gaps evenly.
OFFSETS = tuple(int(f"{i:04b}"[::-1], 2) / 16 for i in range(1, 16))


def mutagenesis(logits: Logits, packed: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, None]:
    """The logit with each base at each position, minus the mean of the four logits there."""
    quick = incremental(logits)
    found = quick.mutants(packed, columns) if quick else each_mutant(logits, packed, columns)
    known = onehot.unpack(packed, logits.length).any(axis=2, keepdims=True)
    return (found - found.mean(axis=3, keepdims=True)) * known, None


def each_mutant(logits: Logits, packed: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Logits of all mutants, float32 (R, n, L, 4), each predicted as a whole; for any model (see `incremental`)."""
    out = np.empty((*columns.shape, logits.length, 4), np.float32)
    for rows, found in mutated(logits, PackedArray(packed, logits.length)):
        out[:, rows] = np.moveaxis(np.take_along_axis(found, columns[:, rows].T[:, None, None], axis=3), 3, 0)
    return out


def gradient(logits: Logits, packed: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, None]:
    """The gradient of the logit, minus its mean over the four bases of a position (Majdandzic 2023)."""
    out = np.empty((*columns.shape, logits.length, 4), np.float32)
    for begin in range(0, len(packed), BATCH):
        rows = slice(begin, begin + BATCH)
        _, found = logits.gradients(onehot.unpack(packed[rows], logits.length), columns[:, rows])
        out[:, rows] = found - found.mean(axis=3, keepdims=True)
    return out, None


def integrated_gradients(
    logits: Logits,
    packed: np.ndarray,
    columns: np.ndarray,
    *,
    references: int = 20,
    steps: int = 50,
    tolerance: float = 0.01,
    seed: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """The mean gradient on straight lines from dinucleotide shuffles, times the change of the base (Sundararajan 2017).

    The contribution of base b at a position is the sum over c of (onehot_b[c] - reference[c]) times the mean gradient
    of c, averaged over the references, as in tangermeme. Contributions sum to the logit minus the mean logit of the
    references; the error is the share of the mean |difference| that is missing.

    steps : points on each line; those of different references are shifted against each other
    tolerance : where the error is larger, further points are taken, up to `len(OFFSETS)` times as many
    """
    results = [
        _integrated(logits, packed[i], columns[:, i], references, steps, tolerance, [seed, *packed[i].tolist()])
        for i in range(len(packed))
    ]
    return np.stack([one for one, _ in results], axis=1), np.stack([error for _, error in results], axis=1)


def _integrated(logits, packed, columns, references, steps, tolerance, seed) -> tuple[np.ndarray, np.ndarray]:
    """Of one sequence: (R, L, 4) and errors (R,). The references depend on the seed and the sequence alone."""
    shuffled = dinucleotide.shuffle(np.repeat(packed[None], references, 0), logits.length, np.random.default_rng(seed))
    window = onehot.unpack(packed[None], logits.length, np.float32)[0]
    others = onehot.unpack(shuffled, logits.length, np.float32)
    ends, _ = logits.gradients(np.concatenate([window[None], others]), np.zeros((1, 1 + references), int))
    differences = (ends[0] - ends[1:])[:, columns]  # (references, R)
    scale = np.maximum(np.abs(differences).mean(axis=0), LEAST)
    total = np.zeros((len(columns), references, logits.length, 4))
    for rounds, offset in enumerate(OFFSETS, 1):
        total += _line_gradients(logits, window, others, columns, steps, offset)
        mean = total / (rounds * steps)
        hypothetical = (mean - (mean * others).sum(axis=3, keepdims=True)).mean(axis=1)
        error = np.abs((hypothetical * window).sum(axis=(1, 2)) - differences.mean(axis=0)) / scale
        unknown = ~window.any(axis=1) & others.any(axis=(0, 2))  # a base of a reference has no counterpart there
        if unknown.any() or (error <= tolerance).all():
            break
    return (hypothetical * window.any(axis=1)[:, None]).astype(np.float32), error.astype(np.float32)


def _line_gradients(logits, window, others, columns, steps, offset) -> np.ndarray:
    """Sums of the gradients at `steps` points between each reference and the window, (R, references, L, 4)."""
    n = len(others)
    shift = (offset + np.arange(n) / n) % 1 if n > 1 else np.array([offset])
    places = (np.arange(steps)[:, None] + shift) / steps  # (steps, references)
    total = np.zeros((len(columns), *others.shape))
    each = max(1, BATCH // n)
    for begin in range(0, steps, each):
        part = places[begin : begin + each, :, None, None]
        points = (others + part * (window - others)).reshape(-1, *window.shape)
        _, found = logits.gradients(points, np.repeat(columns[:, None], len(points), axis=1))
        total += found.reshape(len(columns), -1, *others.shape).sum(axis=1)
    return total


METHODS = {"mutagenesis": mutagenesis, "gradient": gradient, "integrated_gradients": integrated_gradients}
