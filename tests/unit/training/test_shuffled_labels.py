"""The label control on toy windows whose labels can be learned."""

from __future__ import annotations

import json

import numpy as np
import pytest
from toy_windows import SIZES, write_split

from danq.data.windows import Windows
from danq.evaluation.controls import CONTROL
from danq.evaluation.evaluate import AUC
from danq.runtime.devices import Devices
from danq.runtime.predictions import Predictions
from danq.training.recipe import Recipe
from danq.training.shuffled_labels import EPOCHS, shuffled_labels

RECIPE = Recipe(sizes=SIZES, learning_rate=0.01, batch_size=50, epochs=30, max_windows=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("control")
    for seed, split in enumerate(("train", "valid", "test")):
        write_split(folder / f"{split}.h5", 400, seed)
    shuffled_labels(folder, RECIPE, folder / "out", "danq", Devices(0))
    return folder


def test_the_training_is_short_and_on_shuffled_labels(folder):
    run = json.loads((folder / "out/model.run.json").read_text())
    assert run["epochs"] == EPOCHS
    assert run["windows"]["train"] == 300
    assert all("labels shuffled with seed 1" in run["dataset"][split] for split in ("train", "valid"))


def test_the_true_test_labels_are_predicted(folder):
    predictions, test = Predictions.open(folder / "out/test.h5"), Windows(folder / "test.h5")
    assert predictions.windows == test.fingerprint
    np.testing.assert_array_equal(predictions.packed_labels, test.packed_labels())


def test_the_table_has_the_mean_over_targets(folder):
    [row] = CONTROL.read(folder / "out/control.tsv").to_dict("records")
    auc = AUC.read(folder / "out/auc.tsv")
    assert (row["control"], row["model"], row["training_windows"], row["targets"]) == (
        "shuffled_labels",
        "danq",
        300,
        2,
    )
    assert row["mean_auroc"] == pytest.approx(auc["auroc"].mean(), abs=1e-5)
    assert row["low"] <= 0.5 <= row["high"]
