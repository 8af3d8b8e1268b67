"""Calibration: how many of the predictions of about one probability belong to positive windows.

Most probabilities are small. The range is therefore divided into intervals of equal width in log-odds: four per factor
of ten, from odds of 1 : 10,000 to odds of 10,000 : 1, and one interval beyond each end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..data.targets import Target
from ..tables import Table
from .metrics import Counts

STEP, MOST = 0.25, 4.0  # in log10 of the odds
EDGES = np.concatenate([[0], 1 / (1 + 10 ** -np.arange(-MOST, MOST + STEP / 2, STEP)), [1]])
CALIBRATION = Table(
    "calibration", ("model", "assay", "low", "high", "pairs", "predicted", "observed"), words=("model", "assay")
)


def binned(counts: Counts) -> np.ndarray:
    """Per interval of one target: windows, sum of their probabilities, positive windows; float64 (3, intervals).

    An interval includes its lower edge and excludes its upper one, except that the last one includes 1.
    """
    thresholds = counts.thresholds.astype(np.float64)
    windows, positives = (
        np.diff(values, prepend=0) for values in (counts.true_positives + counts.false_positives, counts.true_positives)
    )
    place = (np.searchsorted(EDGES, thresholds, side="right") - 1).clip(0, len(EDGES) - 2)
    return np.stack([
        np.bincount(place, weights, len(EDGES) - 1) for weights in (windows, windows * thresholds, positives)
    ])  # fmt: skip


def calibration_table(model: str, targets: Sequence[Target], bins: np.ndarray) -> pd.DataFrame:
    """One row per assay ("all" first) and interval that is not empty, columns of `CALIBRATION`.

    A row has the number of pairs of window and target, their mean prediction, and the share of positive pairs. Targets
    of one class are included.

    bins : float64 (targets, 3, intervals), from `binned` for each target
    """
    assays = np.array([target.assay for target in targets])
    tables = []
    for assay in ["all", *dict.fromkeys(assays)]:
        pairs, sums, positives = bins[(assays == assay) | (assay == "all")].sum(axis=0)
        held = pairs > 0
        tables.append(pd.DataFrame({
            "model": model,
            "assay": assay,
            "low": EDGES[:-1][held],
            "high": EDGES[1:][held],
            "pairs": pairs[held].astype(np.int64),
            "predicted": sums[held] / pairs[held],
            "observed": positives[held] / pairs[held],
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)
