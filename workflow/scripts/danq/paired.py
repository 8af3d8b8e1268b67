"""Paired tests of models on the same windows: is a difference in AUROC more than chance?

DeLong's test (DeLong, DeLong & Clarke-Pearson 1988) of all models of a target at once. Like the intervals, it takes
windows for independent, which neighbours are not, so its p-values are too small rather than too large. The AUPRC has
no such test; a paired bootstrap of its differences would cost as much again for each pair of models.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control, norm

from .errors import UserError
from .intervals import NORMAL
from .metrics import BLOCK
from .predictions import Predictions
from .windows import blocks

COLUMNS = (
    "model", "other", "index", "target", "assay", "auroc", "auroc_other", "difference", "low", "high", "pvalue",
    "qvalue",
)  # fmt: skip
ROUNDING = 1e-9  # a variance of differences that is so small beside that of its terms is none


def placements(positives: np.ndarray, negatives: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The share of the other class that each probability is ranked rightly against, ties counting half.

    positives float32 (n,), negatives float32 (m,); returns float64 (n,) and (m,), the mean of each is the AUROC
    """

    def below(values: np.ndarray, others: np.ndarray) -> np.ndarray:
        others = np.sort(others)
        sides = [np.searchsorted(others, values, side) for side in ("left", "right")]
        return (sides[0] + sides[1]) / (2 * len(others))

    return below(positives, negatives), 1 - below(negatives, positives)


def covariance(labels: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """AUROC (k,) and their covariance (k, k) by DeLong, of k models.

    labels (n,) of 0 and 1; probabilities float32 (k, n). With one class, AUROC and covariance are NaN, with fewer than
    2 of a class the covariance is.
    """
    k, positive = len(probabilities), labels.astype(bool)
    n, m = int(positive.sum()), int((~positive).sum())
    auroc, nothing = np.full(k, np.nan), np.full((k, k), np.nan)
    if not n or not m:
        return auroc, nothing
    values = [placements(model[positive], model[~positive]) for model in probabilities]
    of_positives, of_negatives = (np.stack(part) for part in zip(*values, strict=True))
    auroc = of_positives.mean(axis=1)
    if min(n, m) < 2:
        return auroc, nothing
    return auroc, _covariance_of_means(of_positives) + _covariance_of_means(of_negatives)


def _covariance_of_means(values: np.ndarray) -> np.ndarray:
    """Of the rows' means; by einsum, which starts no threads of its own."""
    n = values.shape[1]
    centred = values - values.mean(axis=1, keepdims=True)
    return np.einsum("in,jn->ij", centred, centred) / (n * (n - 1))


def check_same_windows(predictions: Mapping[str, Predictions]) -> None:
    """Predictions of other targets, windows or labels than the first's are a UserError."""
    (first, known), *others = predictions.items()
    for name, other in others:
        differ = {
            "targets": other.targets != known.targets,
            "windows": other.windows != known.windows or len(other.packed_labels) != len(known.packed_labels),
            "labels": not np.array_equal(other.packed_labels, known.packed_labels),
        }
        for what, wrong in differ.items():
            if wrong:
                raise UserError(
                    f"{other.path}: {name} predicts other {what} than {first}; compare predictions of the same windows"
                )


def paired_table(predictions: Mapping[str, Predictions], threads: int | None = None) -> pd.DataFrame:
    """A row per pair of models and target, columns `COLUMNS`; without rows for one model.

    The difference is `auroc` - `auroc_other`, with its 95 % interval and two-sided p; q is p adjusted over the targets
    of the pair (Benjamini & Hochberg 1995). Without a variance, as of one positive, all four are NaN.
    """
    check_same_windows(predictions)
    names, opened = list(predictions), list(predictions.values())
    if len(names) < 2:
        return pd.DataFrame(columns=COLUMNS)
    targets = opened[0].targets

    def measured(block: slice) -> list[tuple[np.ndarray, np.ndarray]]:
        labels = np.ascontiguousarray(opened[0].columns(block)[0].T)
        probabilities = np.stack([model.probabilities[:, block].T for model in opened], axis=1)
        return [covariance(*target) for target in zip(labels, probabilities, strict=True)]

    size = max(1, BLOCK // len(names))  # targets at a time: what one model's evaluation holds
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:  # NumPy sorts and searches without the lock
        results = [result for part in pool.map(measured, blocks(len(targets), size)) for result in part]
    auroc, covariances = (np.stack(part) for part in zip(*results, strict=True))
    facts = pd.DataFrame({
        "index": [target.index for target in targets],
        "target": [target.title for target in targets],
        "assay": [target.assay for target in targets],
    })  # fmt: skip
    parts = []
    for i, j in combinations(range(len(names)), 2):
        apart = covariances[:, i, i] + covariances[:, j, j]
        variance = apart - 2 * covariances[:, i, j]
        variance[variance < ROUNDING * apart] = 0
        figures = compared(auroc[:, i], auroc[:, j], variance)
        parts.append(facts.assign(model=names[i], other=names[j], **figures))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def compared(auroc: np.ndarray, other: np.ndarray, variance: np.ndarray) -> dict[str, np.ndarray]:
    """The figures of one pair of models, arrays (targets,), from the variance of their difference.

    Equal AUROCs of variance 0, as of the same predictions, have p = 1; other differences of variance 0 have none.
    """
    difference = auroc - other
    variance = np.where((variance > 0) | (difference == 0), variance, np.nan)
    spread = np.sqrt(variance)
    with np.errstate(invalid="ignore"):
        pvalue = np.where(variance == 0, 1, 2 * norm.sf(np.abs(difference) / spread))
    qvalue, valued = np.full(len(pvalue), np.nan), ~np.isnan(pvalue)
    qvalue[valued] = false_discovery_control(pvalue[valued])
    return {
        "auroc": auroc, "auroc_other": other, "difference": difference, "low": difference - NORMAL * spread,
        "high": difference + NORMAL * spread, "pvalue": pvalue, "qvalue": qvalue,
    }  # fmt: skip
