"""A baseline from start to predictions: fit, calibrate, predict the test windows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..data.windows import Windows
from ..errors import UserError
from ..evaluation.metrics import Counts, each_target
from ..evaluation.roles import BASELINE
from ..runtime.predictions import Predictions, writing
from .calibrate import Curves, fit_curves
from .contract import Data, Fitted, batches, scores

log = logging.getLogger(__name__)


def predict_baseline(
    fit: Callable[[Data], Fitted], data: Data, test: Windows, output: str | Path, table: str | Path
) -> None:
    """Fit a baseline, and write the probabilities of the test windows and the table of the fit.

    A table with columns for test figures (`auroc`, `auprc`) gets them.
    """
    check(data, test)
    fitted = fit(data)
    curves = calibrated(fitted, data)
    begin = time.monotonic()
    with writing(output, test, test.targets, architecture=BASELINE, strands="both") as predictions:
        for block, onehot in batches(test, "predicting"):
            predictions[block] = curves(fitted.score(onehot))
    log.info("%s windows predicted in %.0f s", f"{len(test):,}", time.monotonic() - begin)
    figures = [name for name in ("auroc", "auprc") if name in fitted.table]
    if figures:
        predicted = Predictions.open(output)

        def values(_: int, counts: Counts) -> list[float]:
            return [np.nan if counts.one_class else getattr(counts, name)() for name in figures]

        fitted.table[figures] = each_target(values, predicted.columns, len(predicted.targets))
    fitted.kind.write(fitted.table, table)


def check(data: Data, test: Windows) -> None:
    """Raise a UserError unless the splits have windows of one length and the same targets."""
    train = data.train
    for other in (data.valid, test):
        if (other.length, other.targets) != (train.length, train.targets):
            raise UserError(
                f"{other.path}: its windows or targets differ from those of {train.path}; prepare them together"
            )
    for split in (train, data.valid, test):
        if not len(split):
            raise UserError(f"{split.path}: holds no windows; change windows.split")


def calibrated(fitted: Fitted, data: Data) -> Curves:
    """Curves from the validation windows; from training windows for targets that these do not fit."""
    curves = None
    for windows in (data.valid, data.train):
        rows = data.sample(windows)
        found = fit_curves(scores(fitted, windows, rows, "calibrating"), windows.labels(rows))
        if curves is None:
            curves = found
            if curves.fits.all():
                return curves
            log.info("%d targets are calibrated on training windows", (~curves.fits).sum())
    return curves.otherwise(found)
