"""Small packed windows with something to learn, for the tests of models and what follows them."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import pytest

from danq import onehot
from danq.targets import Target
from danq.windows import writing

LENGTH, SITE = 60, "GATTACA"
TARGETS = [Target(1, "site", "TF"), Target(2, "composition", "histone"), Target(3, "never", "TF")]


def write_split(path, n, seed):
    """Half of the windows hold GATTACA in their middle (target 1), half are rich in G and C (target 2)."""
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


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with train.h5 (400 windows), valid.h5 (100) and test.h5 (150)."""
    folder = tmp_path_factory.mktemp("data")
    for seed, (name, n) in enumerate({"train": 400, "valid": 100, "test": 150}.items()):
        write_split(folder / f"{name}.h5", n, seed)
    return folder


SIZES = {"filters": 8, "kernel": 8, "pool": 6, "lstm": 4, "dense": 8}


@pytest.fixture(scope="session")
def trained(data, tmp_path_factory):
    """The checkpoint of a small DanQ that has learned these windows."""
    from danq.recipe import Recipe
    from danq.train import train

    path = tmp_path_factory.mktemp("model") / "danq.DanQ.weights.h5"
    recipe = Recipe(sizes=SIZES, learning_rate=0.02, batch_size=50, epochs=12, schedule="cosine", seed=3)
    train(data, recipe, path)
    return path
