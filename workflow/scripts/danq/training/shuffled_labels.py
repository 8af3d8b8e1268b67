"""The label control: a model trained on shuffled labels must predict the true test labels no better than chance.

Training and validation labels are permuted, each among its windows. The model then learns a function that has nothing
to do with the labels, so a mean AUROC other than .5 means that figures come from something else than learning.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from ..data.shuffled import ShuffledLabels
from ..data.windows import Windows, unpack_labels
from ..evaluation.controls import CONTROL, mean_auroc
from ..evaluation.evaluate import AUC, evaluate
from ..runtime.devices import Devices
from ..runtime.predict import predict
from ..runtime.predictions import Predictions
from .recipe import Recipe
from .train import train

log = logging.getLogger(__name__)
EPOCHS, WINDOWS = 2, 5000  # at most; to learn nothing takes no longer
ROWS = 20_000  # test windows that the correlations between targets are measured on, at most


def shuffled_labels(
    folder: str | Path, recipe: Recipe, output: str | Path, model: str, devices: Devices, threads: int | None = None
) -> None:
    """Train by the recipe, shortened, on shuffled labels; predict and evaluate the test windows.

    folder : of the windows of all splits
    output : folder for the weights and their record, test.h5, auc.tsv and control.tsv (columns of `CONTROL`)
    model : name of the model whose recipe it is
    threads : of the evaluation; None for all
    """
    folder, output = Path(folder), Path(output)
    train_windows, test = Windows(folder / "train.h5"), Windows(folder / "test.h5")
    count = min(WINDOWS, recipe.max_windows or len(train_windows), len(train_windows))
    recipe = replace(recipe, epochs=min(EPOCHS, recipe.epochs), max_windows=count)
    weights = output / "model.weights.h5"
    read = partial(ShuffledLabels, seed=recipe.seed)
    history = train(folder, recipe, weights, name="shuffled labels", devices=devices, read=read)
    predict(weights, test, output / "test.h5", devices=devices)
    predictions = Predictions.open(output / "test.h5")
    auc = evaluate(predictions, "shuffled_labels", threads=threads).auc
    AUC.write(auc, output / "auc.tsv")
    labels = unpack_labels(predictions.packed_labels[:ROWS], len(predictions.targets))
    row = mean_auroc(auc["auroc"].to_numpy(), labels)
    row = {"control": "shuffled_labels", "model": model, "training_windows": count, "epochs": len(history)} | row
    CONTROL.write(pd.DataFrame([row]), output / "control.tsv")
    text = "with shuffled labels, the mean AUROC of %d targets is %.3f (%.3f to %.3f)"
    (log.info if row["low"] <= 0.5 <= row["high"] or row["targets"] < 2 else log.warning)(
        text, *(row[key] for key in ("targets", "mean_auroc", "low", "high"))
    )
