"""Curves of several targets, from files of predictions to a folder of pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from matplotlib.figure import Figure

from ..data.targets import Target
from ..errors import UserError
from ..runtime.predictions import Predictions
from .curves import curve_name, curves


def open_all(paths: Mapping[str, str | Path]) -> dict[str, Predictions]:
    """The predictions of each model; files with different targets are a UserError.

    paths : files of predict.py by model
    """
    predictions = {model: Predictions.open(path) for model, path in paths.items()}
    first = next(iter(predictions.values()))
    for model, predicted in predictions.items():
        if predicted.targets != first.targets:
            raise UserError(
                f"{paths[model]}: its targets differ from those of {first.path}; draw the two files separately"
            )
    return predictions


def target_curves(chosen: Sequence[Target], predictions: Mapping[str, Predictions]) -> dict[str, Callable[[], Figure]]:
    """Functions that draw the curves of each target, by file name without suffix: `001_CTCF`."""
    return {curve_name(target): partial(curves, target, predictions) for target in chosen}
