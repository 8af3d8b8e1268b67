"""Scores to probabilities: a logistic curve per target (Platt 1999, in Advances in Large Margin Classifiers).

The curve rises, so the order of the windows stays. Its fit is Newton's method for all targets at once, on labels moved
towards one half as Platt proposes: (positives + 1) / (positives + 2) and 1 / (negatives + 2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from ..data.windows import blocks

STEPS = 100
HALVINGS = 20  # of a step that does not lower the loss
RIDGE = 1e-9  # keeps the Hessian invertible
LEAST_SLOPE = 0.01  # per standard deviation of the scores


@dataclass(frozen=True)
class Curves:
    """Probability = expit(slope * score + intercept), slope and intercept float64 (T,); `fits` bool (T,) where a rising
    curve was found."""

    slope: np.ndarray
    intercept: np.ndarray
    fits: np.ndarray

    def __call__(self, scores: np.ndarray) -> np.ndarray:
        """Probabilities float32 (n, T) of scores (n, T)."""
        return expit(scores * self.slope + self.intercept).astype(np.float32)

    def otherwise(self, other: Curves) -> Curves:
        """These curves where they fit, and the others elsewhere."""
        parts = zip((self.slope, self.intercept, self.fits), (other.slope, other.intercept, other.fits), strict=True)
        return Curves(*(np.where(self.fits, own, theirs) for own, theirs in parts))


def fit_curves(scores: np.ndarray, labels: np.ndarray) -> Curves:
    """The curves of scores (n, T) and labels uint8 (n, T).

    A target with one class, or whose scores are not higher in positives, gets the least slope and its share
    of positives.
    """
    mean, spread = scores.mean(axis=0, dtype=float), scores.std(axis=0, dtype=float)
    spread = np.where(spread > 0, spread, 1)
    slope, intercept = np.empty(len(mean)), np.empty(len(mean))
    for some in blocks(len(mean), 64):
        slope[some], intercept[some] = _newton((scores[:, some] - mean[some]) / spread[some], labels[:, some])
    positives = labels.sum(axis=0, dtype=np.int64)
    fits = (slope > LEAST_SLOPE) & (positives > 0) & (positives < len(labels))
    slope = np.where(fits, slope, LEAST_SLOPE)
    intercept = np.where(fits, intercept, logit((positives + 1) / (len(labels) + 2)))
    return Curves(slope / spread, intercept - slope * mean / spread, fits)


def _newton(x: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and intercept (k,) of standardised scores x (n, k) and labels (n, k), by Newton's method with backtracking.

    Lin, Lin & Weng, Machine Learning 68:267, 2007.
    """
    positives = labels.sum(axis=0, dtype=float)
    negatives = len(labels) - positives
    wanted = np.where(labels, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def losses(line: np.ndarray) -> np.ndarray:
        z = x * line[0] + line[1]
        return (np.logaddexp(0, z) - wanted * z).sum(axis=0)

    line = np.stack([np.zeros(x.shape[1]), logit(wanted.mean(axis=0))])
    loss = losses(line)
    for _ in range(STEPS):
        p = expit(x * line[0] + line[1])
        error, weight = wanted - p, p * (1 - p)
        g, h = (x * error).sum(axis=0), error.sum(axis=0)
        xx, xw, w = (weight * x * x).sum(axis=0) + RIDGE, (weight * x).sum(axis=0), weight.sum(axis=0) + RIDGE
        step = np.stack([w * g - xw * h, xx * h - xw * g]) / (xx * w - xw * xw)
        for _ in range(HALVINGS):
            new = losses(line + step)
            worse = new > loss
            if not worse.any():
                break
            step[:, worse] /= 2
        step[:, new > loss] = 0
        line, loss = line + step, np.minimum(new, loss)
        if np.abs(step).max() < 1e-6:
            break
    return line[0], line[1]
