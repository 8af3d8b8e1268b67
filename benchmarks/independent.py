"""Intervals and tests that assume independent windows: DeLong's of the AUROC, a bootstrap of windows for the AUPRC.

`coverage.py` compares the workflow's intervals with them.
"""

from __future__ import annotations

import common  # noqa: F401
import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from danq.data.windows import blocks
from danq.evaluation.metrics import Counts

NONE = (float("nan"), float("nan"))
NORMAL = 1.959963984540054  # 97.5th percentile of the standard normal distribution
TAILS = (2.5, 97.5)  # percentiles
CELLS = 1 << 17  # resampled counts in memory at a time


def auroc_variance(counts: Counts) -> float:
    """Variance of the AUROC by DeLong, DeLong & Clarke-Pearson (1988); NaN with fewer than 2 positives or negatives.

    The placement value of a window is the share of the other class that it is ranked correctly against; a tie counts
    half (Sun & Xu 2014). It is computed once per threshold and weighted by the number of windows.
    """
    n, m = counts.positives, counts.negatives
    if min(n, m) < 2:
        return float("nan")
    positives, negatives = np.diff(counts.true_positives, prepend=0), np.diff(counts.false_positives, prepend=0)
    of_positives = (m - counts.false_positives + negatives / 2) / m
    of_negatives = (counts.true_positives - positives / 2) / n
    auroc = counts.auroc()
    between_positives = (positives * (of_positives - auroc) ** 2).sum() / (n - 1)
    between_negatives = (negatives * (of_negatives - auroc) ** 2).sum() / (m - 1)
    return float(between_positives / n + between_negatives / m)


def auroc_interval(counts: Counts) -> tuple[float, float]:
    """95 % interval of the AUROC, symmetric in log-odds (Pepe 2003), so that it stays between 0 and 1.

    It is NaN with fewer than 2 positives or negatives, and for an AUROC of exactly 0 or 1: the estimated variance is 0
    there, which is not reliable with few windows.
    """
    auroc, variance = counts.auroc(), auroc_variance(counts)
    if np.isnan(variance) or not 0 < auroc < 1:
        return NONE
    half = NORMAL * np.sqrt(variance) / (auroc * (1 - auroc))
    low, high = expit(logit(auroc) - half), expit(logit(auroc) + half)
    return min(float(low), auroc), max(float(high), auroc)  # corrects rounding where the variance is 0


def resampled_auprc(counts: Counts, resamples: int, draw: np.random.Generator) -> np.ndarray:
    """AUPRC of windows drawn with replacement, positives and negatives separately; float64 (resamples,).

    The AUPRC depends only on the number of positives at each threshold and of negatives that reach it. The negatives,
    which are many, are therefore not drawn one by one: a multinomial gives how many lie between two such thresholds.
    """
    steps = np.diff(counts.true_positives, prepend=0)
    held = np.flatnonzero(steps)
    n, m, k = counts.positives, counts.negatives, len(held)
    cell = np.repeat(np.arange(k), steps[held])  # of each positive
    negatives = np.diff(counts.false_positives[held], prepend=0, append=m) / max(m, 1)
    auprc = []
    for block in blocks(resamples, max(1, CELLS // n)):
        size = block.stop - block.start
        drawn = cell[draw.integers(0, n, (size, n))] + k * np.arange(size)[:, None]
        own = np.bincount(drawn.ravel(), minlength=size * k).reshape(size, k)
        true = own.cumsum(axis=1)
        false = draw.multinomial(m, negatives, size)[:, :-1].cumsum(axis=1)
        auprc.append((own * (true / np.maximum(true + false, 1))).sum(axis=1) / n)
    return np.concatenate(auprc)


def auprc_interval(counts: Counts, resamples: int, seed: tuple[int, ...]) -> tuple[float, float]:
    """95 % interval of the AUPRC: percentiles of a stratified bootstrap, widened to include the AUPRC itself.

    It is NaN with 0 resamples, or with fewer than 2 positives or negatives.

    seed : integers that differ between targets, so that the interval does not depend on the order of threads
    """
    if not resamples or min(counts.positives, counts.negatives) < 2:
        return NONE
    low, high = np.percentile(resampled_auprc(counts, resamples, np.random.default_rng(seed)), TAILS)
    auprc = counts.auprc()
    return min(float(low), auprc), max(float(high), auprc)


def paired_pvalue(labels: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """p of equal AUROCs by DeLong's paired test. labels (n,) of 0 and 1, probabilities float32 (n,) of both models."""
    positive = labels.astype(bool)
    values = [_placements(model[positive], model[~positive]) for model in (first, second)]
    apart = [one - other for one, other in zip(*values, strict=True)]  # of the positives, of the negatives
    error = np.sqrt(sum(part.var(ddof=1) / len(part) for part in apart))
    return float(2 * norm.sf(abs(apart[0].mean()) / error))


def _placements(positives: np.ndarray, negatives: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The share of the other class that each probability is ranked correctly against; ties count half."""

    def below(values: np.ndarray, others: np.ndarray) -> np.ndarray:
        others = np.sort(others)
        return sum(np.searchsorted(others, values, side) for side in ("left", "right")) / (2 * len(others))

    return below(positives, negatives), 1 - below(negatives, positives)
