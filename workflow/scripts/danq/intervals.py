"""95 % intervals of AUROC and AUPRC, from a target's cumulated counts: no work by window, and no second sort.

They say how far a figure may lie from that of endless windows of the same kind, if windows were drawn
independently. They are not: neighbouring windows share bases and peaks, so the true uncertainty is larger. They
also say nothing of other weights, from another seed or other training windows.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, logit

from .metrics import Counts
from .windows import blocks

NONE = (float("nan"), float("nan"))
NORMAL = 1.959963984540054  # half the width of 95 % of the normal distribution, in its standard deviations
TAILS = (2.5, 97.5)  # percentiles
CELLS = 1 << 17  # resampled counts held at a time, which bounds the memory


def auroc_variance(counts: Counts) -> float:
    """Variance of the AUROC by DeLong, DeLong & Clarke-Pearson (1988); NaN with fewer than 2 of a class.

    A window's placement value is the share of the other class that it is ranked rightly against, a tie counting half
    (Sun & Xu 2014); windows of one threshold share it, so that it is weighted by their number.
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
    """95 % interval of the AUROC, symmetrical in its log-odds (Pepe 2003), so that it stays within 0 and 1.

    An AUROC of exactly 0 or 1 has none: its variance is 0, which only says that the windows are few. Nor has one of
    fewer than 2 positives or negatives.
    """
    auroc, variance = counts.auroc(), auroc_variance(counts)
    if np.isnan(variance) or not 0 < auroc < 1:
        return NONE
    half = NORMAL * np.sqrt(variance) / (auroc * (1 - auroc))
    low, high = expit(logit(auroc) - half), expit(logit(auroc) + half)
    return min(float(low), auroc), max(float(high), auroc)  # rounding, where the variance is 0


def resampled_auprc(counts: Counts, resamples: int, draw: np.random.Generator) -> np.ndarray:
    """AUPRC (resamples,) of windows drawn with replacement, positives and negatives apart.

    The AUPRC depends only on how many positives hold each threshold and how many negatives reach it. So negatives,
    which are many, are not drawn one by one: a multinomial says how many come from between two such thresholds.
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
    """95 % interval of the AUPRC: percentiles of a stratified bootstrap, widened to hold the AUPRC itself.

    None without resamples, or with fewer than 2 positives or negatives.

    seed : whole numbers; one for each target makes the interval independent of threads and their order
    """
    if not resamples or min(counts.positives, counts.negatives) < 2:
        return NONE
    low, high = np.percentile(resampled_auprc(counts, resamples, np.random.default_rng(seed)), TAILS)
    auprc = counts.auprc()
    return min(float(low), auprc), max(float(high), auprc)
