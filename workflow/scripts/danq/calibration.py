"""Calibration: of the pairs of window and target that were given a probability, what share is positive?

Most probabilities are small, so bins are even in the log-odds: a quarter of a power of ten wide, from odds of
1 to 10,000 up to 10,000 to 1, and what lies beyond.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .metrics import Counts
from .targets import Target

STEP, MOST = 0.25, 4.0  # of the decimal logarithm of the odds
EDGES = np.concatenate([[0], 1 / (1 + 10 ** -np.arange(-MOST, MOST + STEP / 2, STEP)), [1]])
COLUMNS = ("model", "assay", "low", "high", "pairs", "predicted", "observed")


def binned(counts: Counts) -> np.ndarray:
    """Of one target, in each bin: windows, sum of their probabilities, positives; float64 (3, bins).

    A bin holds its lower edge but not its upper one; the last one holds 1.
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
    """A row per assay ("all" first) and bin with windows: pairs of window and target, mean prediction, share positive.

    bins : of each target, as `binned` gives them, (targets, 3, bins). Targets of one class count, too.
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
    return pd.concat(tables, ignore_index=True)[list(COLUMNS)]
