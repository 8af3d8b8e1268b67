"""Ridge regression of many targets at once, from sums over blocks of rows: memory does not grow with their number.

The weights minimise |y - Xw - b|^2 / n + penalty * |w|^2 (Hoerl & Kennard, Technometrics 12:55, 1970). One
eigendecomposition of the features' covariance gives the weights for every penalty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.linalg import eigh


class Moments:
    """Sums over rows of features X (n, D) and targets Y (n, T): what ridge regression needs of them."""

    def __init__(self, n_features: int, n_targets: int):
        self.n = 0
        self._shift: np.ndarray | None = None  # near the mean of X, so that little precision is lost
        self._x, self._y = np.zeros(n_features), np.zeros(n_targets)
        self._xx, self._xy = np.zeros((n_features, n_features)), np.zeros((n_features, n_targets))

    def add(self, x: np.ndarray, y: np.ndarray) -> None:
        """Add rows: x float32 (n, D), y (n, T)."""
        if self._shift is None:
            self._shift = x.mean(axis=0)
        x, y = x - self._shift, y.astype(np.float32)
        self.n += len(x)
        self._x += x.sum(axis=0, dtype=float)
        self._y += y.sum(axis=0, dtype=float)
        self._xx += x.T @ x
        self._xy += x.T @ y

    def centred(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Means of X (D,) and of Y (T,), covariance of X (D, D), and of X with Y (D, T)."""
        x, y = self._x / self.n, self._y / self.n
        return self._shift + x, y, self._xx / self.n - np.outer(x, x), self._xy / self.n - np.outer(x, y)


def path(
    moments: Moments, penalties: Sequence[float], standardised: bool = False
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """For each penalty: the penalty, weights float32 (D, T) and intercepts float32 (T,).

    penalties : in units of the features' mean variance
    standardised : whether each feature is divided by its standard deviation, so that the penalty treats all alike
    """
    mean, target, covariance, cross = moments.centred()
    variances = covariance.diagonal().clip(0)
    scale = np.sqrt(variances) if standardised else np.full(len(mean), np.sqrt(variances.mean()))
    scale = np.where(scale > 0, scale, 1)
    values, vectors = eigh(covariance / np.outer(scale, scale), overwrite_a=True, check_finite=False)
    turned = vectors.T @ (cross / scale[:, None])
    for penalty in penalties:
        weights = vectors @ (turned / (values.clip(0) + penalty)[:, None]) / scale[:, None]
        yield penalty, weights.astype(np.float32), (target - mean @ weights).astype(np.float32)
