"""AUPRC on the validation windows: scikit-learn gives the same, and training may follow it."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score
from toy_windows import SIZES, TARGETS

from danq.data.windows import Windows, writing
from danq.errors import UserError
from danq.runtime import checkpoint
from danq.runtime.predict import predict
from danq.runtime.predictions import Predictions
from danq.training.recipe import Recipe
from danq.training.train import train
from danq.training.validation import Validation


@pytest.mark.parametrize(("strands", "predicted"), [("both", "both"), ("none", "forward")])
def test_the_auprc_is_that_of_the_saved_checkpoints_predictions(data, tmp_path, strands, predicted):
    """The third target has no positive windows. Few training windows, so that loss and AUPRC part."""
    settings = {"epochs": 6, "batch_size": 20, "learning_rate": 0.03, "max_windows": 60, "monitor": "auprc", "ema": 0.9}
    history = train(data, Recipe(sizes=SIZES, strands=strands, shift=2, **settings), tmp_path / "a.weights.h5")
    valid = Windows(data / "valid.h5")
    predict(tmp_path / "a.weights.h5", valid, tmp_path / "a.h5", strands=predicted)
    found, labels = np.array(Predictions.open(tmp_path / "a.h5").probabilities), valid.labels()
    expected = np.mean([average_precision_score(labels[:, i], found[:, i]) for i in (0, 1)])
    assert history["val_auprc"].max() == pytest.approx(expected, abs=1e-4)
    best = int(history["val_auprc"].idxmax())
    assert history["best"].tolist() == [int(row == best) for row in range(len(history))]
    assert json.loads((tmp_path / "a.run.json").read_text())["best_epoch"] == best + 1
    table = pd.read_csv(tmp_path / "a.history.tsv", sep="\t")
    assert table["val_auprc"].max() == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("monitor", "epochs", "best"), [("loss", 4, 2), ("auprc", 6, 4)])
def test_training_ends_and_keeps_weights_by_the_monitored_measure(data, tmp_path, monkeypatch, monitor, epochs, best):
    """A made history: the loss is best in epoch 2, the AUPRC in epoch 4, and patience is 2."""
    made = iter(zip([0.6, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1], [0.1, 0.2, 0.3, 0.4, 0.3, 0.3, 0.9, 0.9], strict=True))
    weights = []

    def measured(self, stop):
        weights.append(self._trainer.get_weights())
        return dict(zip(("val_loss", "val_auprc"), next(made), strict=True))

    monkeypatch.setattr(Validation, "__call__", measured)
    recipe = Recipe(sizes=SIZES, epochs=8, patience=2, batch_size=200, max_windows=200, monitor=monitor)
    history = train(data, recipe, tmp_path / "a.weights.h5")
    assert len(history) == epochs
    assert history["best"].tolist() == [int(epoch == best) for epoch in range(1, epochs + 1)]
    saved = checkpoint.load(tmp_path / "a.weights.h5")[0].get_weights()
    for found, expected in zip(saved, weights[best - 1], strict=True):
        np.testing.assert_array_equal(found, expected)


def test_the_recipe_follows_the_monitored_measure():
    rows = [{"val_loss": loss, "val_auprc": area} for loss, area in [(3, 0.2), (2, 0.4), (4, 0.5), (5, 0.1)]]
    loss, auprc = Recipe(), Recipe(monitor="auprc")
    assert (loss.best_epoch(rows), auprc.best_epoch(rows)) == (2, 3)
    start = {"val_loss": 2.5, "val_auprc": 0.9}
    assert (loss.best_epoch(rows, start), auprc.best_epoch(rows, start)) == (2, 0)
    plateau = Recipe(monitor="auprc", schedule="plateau", learning_rate=1.0, patience=3)
    assert plateau.rate_after(plateau.monitored(rows)) == 1.0
    assert plateau.rate_after(plateau.monitored([*rows, rows[0]])) == pytest.approx(0.3)
    assert not plateau.is_over(plateau.monitored([*rows, rows[0]]))
    assert plateau.is_over(plateau.monitored([*rows, rows[0], rows[0]]))


def test_monitoring_an_auprc_that_does_not_exist_is_an_error(data, tmp_path):
    (tmp_path / "train.h5").symlink_to(data / "train.h5")
    with writing(tmp_path / "valid.h5", 10, 60, TARGETS, contigs=["chr1"], made_by={}) as writer:
        writer.append(np.full((10, 30), 0x88, np.uint8), np.zeros((10, 1), np.uint8), np.zeros(10), np.arange(10))
    with pytest.raises(UserError, match="valid.h5: monitor auprc needs a target with positive and negative"):
        train(tmp_path, Recipe(sizes=SIZES, monitor="auprc"), tmp_path / "a.weights.h5")
    recipe = Recipe(sizes=SIZES, epochs=1, max_windows=40)
    history = train(tmp_path, recipe, tmp_path / "a.weights.h5")
    assert history["val_auprc"].isna().all()
