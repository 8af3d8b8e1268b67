"""Fixtures of the unit tests: small packed windows, and a model that has learned them."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import pytest
from toy_windows import SIZES, write_split


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with train.h5 (400 windows), valid.h5 (100) and test.h5 (150)."""
    folder = tmp_path_factory.mktemp("data")
    for seed, (name, n) in enumerate({"train": 400, "valid": 100, "test": 150}.items()):
        write_split(folder / f"{name}.h5", n, seed)
    return folder


@pytest.fixture(scope="session")
def trained(data, tmp_path_factory):
    """The checkpoint of a small DanQ that has learned these windows."""
    from danq.training.recipe import Recipe
    from danq.training.train import train

    path = tmp_path_factory.mktemp("model") / "danq.DanQ.weights.h5"
    recipe = Recipe(sizes=SIZES, learning_rate=0.02, batch_size=50, epochs=12, schedule="cosine", seed=3)
    train(data, recipe, path)
    return path
