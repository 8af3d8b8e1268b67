"""Baselines that are linear in features of the window.

Several kinds of features and penalties are tried; the best ones on the validation windows are kept.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from ..data.windows import Windows
from ..evaluation.metrics import each_target
from ..tables import Table
from .contract import Data, Fitted, batches
from .ridge import Moments, path

log = logging.getLogger(__name__)
PENALTIES = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)  # in units of the features' mean variance
UNDECIDED = 1  # the penalty where no validation window decides
LINEAR = Table(
    "table of fits",
    ("features", "number", "penalty", "windows", "targets", "mean_auroc", "chosen"),
    words=("features", "chosen"),
)


@dataclass(frozen=True)
class Candidate:
    """One kind of features.

    features : function from one-hot uint8 (n, L, 4) to features float32 (n, D)
    standardised : whether the penalty treats all features alike (see `ridge.path`)
    """

    name: str
    features: Callable[[np.ndarray], np.ndarray]
    standardised: bool = False


def fit_best(candidates: Sequence[Candidate], data: Data) -> Fitted:
    """Fit all candidates in one pass over the training windows, and keep the one with the best mean validation AUROC.

    The table has one row per candidate and penalty, columns of `LINEAR`: `windows` of the validation set, `targets`
    with positives and negatives among these, their mean AUROC, and "yes" for the chosen row.
    """
    begin = time.monotonic()
    moments = gathered(candidates, data.train)
    sample = data.sample(data.valid)
    labels = data.valid.labels(sample)
    rows, best, chosen = [], -np.inf, None
    for candidate, sums in zip(candidates, moments, strict=True):
        known = np.concatenate([candidate.features(onehot) for _, onehot in batches(data.valid, "validating", sample)])
        for penalty, weights, intercept in path(sums, PENALTIES, candidate.standardised):
            values = aurocs(labels, known @ weights)
            values = values[~np.isnan(values)]
            mean = values.mean() if len(values) else np.nan
            rows.append((candidate.name, len(weights), penalty, len(sample), len(values), mean, ""))
            if mean > best:
                best, chosen = mean, (candidate.name, penalty, candidate.features, weights, intercept)
    if chosen is None:
        last = candidates[-1]
        log.warning("no target has positive and negative validation windows; took %s, penalty %g", last.name, UNDECIDED)
        [(penalty, weights, intercept)] = path(moments[-1], [UNDECIDED], last.standardised)
        chosen = last.name, penalty, last.features, weights, intercept
    name, penalty, features, weights, intercept = chosen
    table = pd.DataFrame(rows, columns=LINEAR.columns)
    table.loc[(table["features"] == name) & (table["penalty"] == penalty), "chosen"] = "yes"
    log.info("%s with penalty %g: mean AUROC %.3f in %s validation windows", name, penalty, best, f"{len(sample):,}")
    log.info("fitted to %s windows in %.0f s", f"{len(data.train):,}", time.monotonic() - begin)
    return Fitted(lambda onehot: features(onehot) @ weights + intercept, LINEAR, table)


def gathered(candidates: Sequence[Candidate], windows: Windows) -> list[Moments]:
    """The moments of each candidate's features, from one pass over the windows."""
    moments: list[Moments] = []
    for block, onehot in batches(windows, "fitting"):
        labels = windows.labels(block)
        for i, candidate in enumerate(candidates):
            x = candidate.features(onehot)
            if i == len(moments):
                moments.append(Moments(x.shape[1], labels.shape[1]))
            moments[i].add(x, labels)
    return moments


def aurocs(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """AUROC float64 (T,) of scores (n, T) for labels uint8 (n, T); NaN where a target has one class."""
    spread = scores.std(axis=0)
    scores = expit((scores - scores.mean(axis=0)) / np.where(spread > 0, spread, 1))  # into [0, 1], in the same order

    def columns(block: slice) -> tuple[np.ndarray, np.ndarray]:
        return labels[:, block], scores[:, block]

    return np.array(each_target(lambda i, counts: counts.auroc(), columns, labels.shape[1]))
