"""A resumed training with all options at once ends as an uninterrupted one."""

import signal

import numpy as np
import pandas as pd
import pytest

from danq.runtime import checkpoint
from danq.runtime.interrupt import Stopped
from danq.training import epochs, validation
from danq.training.recipe import Recipe
from danq.training.train import train

BASSET = {
    **{"filters": 8, "filters2": 8, "filters3": 8, "kernel": 8, "kernel2": 4, "kernel3": 3},
    **{"pool": 2, "pool2": 2, "pool3": 2, "dense": 8, "dense2": 8},
}
OPTIONS = {
    **{"optimizer": "adamw", "weight_decay": 0.1, "warm_up": 1.5, "schedule": "cosine", "learning_rate": 0.01},
    **{"ema": 0.95, "clip": 0.1, "shift": 3, "mutate": 0.02, "insert": 4, "focal_gamma": 1.0, "label_smoothing": 0.05},
}
RECIPE = Recipe(architecture="Basset", sizes=BASSET, epochs=3, batch_size=40, **OPTIONS)  # 20 batches per epoch
COLUMNS = ["epoch", "loss", "val_loss", "val_auprc", "learning_rate", "best"]


def assert_same(one, other, atol):
    """The same history and the same weights of two checkpoints."""
    histories = [pd.read_csv(str(path).replace("weights.h5", "history.tsv"), sep="\t") for path in (one, other)]
    np.testing.assert_allclose(*(history[COLUMNS] for history in histories), rtol=1e-3)
    weights = [checkpoint.load(path)[0].get_weights() for path in (one, other)]
    for first, second in zip(*weights, strict=True):
        np.testing.assert_allclose(first, second, atol=atol)


@pytest.fixture(scope="module")
def whole(data, tmp_path_factory):
    """The checkpoint of an uninterrupted training."""
    path = tmp_path_factory.mktemp("whole") / "a.weights.h5"
    train(data, RECIPE, path)
    return path


@pytest.mark.parametrize(
    ("callback", "method", "call"),
    [
        (epochs._Segment, "on_train_batch_end", 27),  # within the warm-up and the second epoch
        (validation._EndsValidation, "on_test_batch_end", 7),  # while the average is in place of the weights
    ],
)
def test_a_resumed_training_ends_as_an_uninterrupted_one(data, tmp_path, whole, monkeypatch, callback, method, call):
    resumed = tmp_path / "a.weights.h5"
    calls = iter(range(1, 10**6))
    before = getattr(callback, method)

    def with_signal(self, batch, logs=None):
        if next(calls) == call:
            signal.raise_signal(signal.SIGTERM)
        before(self, batch, logs)

    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(callback, method, with_signal)
        train(data, RECIPE, resumed)
    assert [path.name for path in tmp_path.iterdir()] == ["a.state.h5"]
    train(data, RECIPE, resumed)
    assert_same(whole, resumed, atol=1e-4)
