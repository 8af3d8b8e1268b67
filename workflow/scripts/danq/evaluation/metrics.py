"""Counts of true and false positives at every threshold, and AUROC and AUPRC from them. One sort per target.

A probability and its label are packed into one 32-bit key: the bits of floats in [0, 1] sort like the floats, and the
unused sign bit leaves room for the label. NumPy sorts these keys many times faster than it sorts indices.
The areas equal those of scikit-learn.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..data.windows import blocks

BLOCK = 64  # targets read and unpacked together
Result = TypeVar("Result")


@dataclass(frozen=True)
class Counts:
    """Cumulative counts at each distinct threshold, from the highest probability down.

    thresholds float32 (k,); true_positives, false_positives int64 (k,)
    """

    thresholds: np.ndarray
    true_positives: np.ndarray
    false_positives: np.ndarray

    @property
    def positives(self) -> int:
        return int(self.true_positives[-1])

    @property
    def negatives(self) -> int:
        return int(self.false_positives[-1])

    @property
    def one_class(self) -> bool:
        """Whether all windows are positive or all are negative."""
        return not self.positives or not self.negatives

    def auroc(self) -> float:
        """Area under the ROC curve by the trapezoidal rule, as `sklearn.metrics.roc_auc_score`; NaN for one class."""
        if self.one_class:
            return float("nan")
        true = np.concatenate([[0], self.true_positives])
        steps = np.diff(self.false_positives, prepend=0)
        twice = int(np.dot(steps, true[1:] + true[:-1]))  # integers: exact, and BLAS starts no threads
        return twice / (2 * self.positives * self.negatives)

    def auprc(self) -> float:
        """Average precision, as `sklearn.metrics.average_precision_score`; NaN without positives."""
        if not self.positives:
            return float("nan")
        steps = np.diff(self.true_positives, prepend=0)
        return float((steps * self.precision()).sum() / self.positives)

    def precision(self) -> np.ndarray:
        """Share of positives among the windows that reach each threshold, float64 (k,)."""
        return self.true_positives / (self.true_positives + self.false_positives)


def count(labels: np.ndarray, probabilities: np.ndarray) -> Counts:
    """Counts of one target: labels (n,) of 0 and 1, probabilities float32 (n,) in [0, 1]."""
    probabilities = np.ascontiguousarray(probabilities, np.float32)
    if not (probabilities >= 0).all() or probabilities.max(initial=0) > 1:
        raise ValueError("probabilities must lie between 0 and 1")
    keys = (probabilities + np.float32(0)).view(np.uint32) << 1  # + 0 turns -0.0 into 0.0
    keys |= labels.astype(np.uint32)
    keys.sort()
    keys = keys[::-1]
    values = keys >> 1
    last = np.append(np.flatnonzero(values[1:] != values[:-1]), len(keys) - 1)
    true = np.cumsum(keys & 1, dtype=np.int64)[last]
    return Counts(values[last].view(np.float32), true, last + 1 - true)


def each_target(
    measure: Callable[[int, Counts], Result],
    columns: Callable[[slice], tuple[np.ndarray, np.ndarray]],
    n_targets: int,
    threads: int | None = None,
) -> list[Result]:
    """Call `measure` with the number (from 0) and the counts of each target, and return its results in order.

    columns, threads : as for `each_column`
    """
    return each_column(lambda i, *pair: measure(i, count(*pair)), columns, n_targets, threads)


def each_column(
    measure: Callable[[int, np.ndarray, np.ndarray], Result],
    columns: Callable[[slice], tuple[np.ndarray, np.ndarray]],
    n_targets: int,
    threads: int | None = None,
) -> list[Result]:
    """Call `measure` with the number (from 0), labels (n,) and probabilities (n,) of each target; results in order.

    columns : returns labels (n, k) and probabilities (n, k) of a slice of targets. Memory holds the columns of `BLOCK`
        targets per thread only.
    """

    def measured(block: slice) -> list[Result]:
        labels, probabilities = columns(block)
        pairs = zip(np.ascontiguousarray(labels.T), np.ascontiguousarray(probabilities.T), strict=True)
        return [measure(i, *pair) for i, pair in enumerate(pairs, block.start)]

    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:  # NumPy releases the GIL when it sorts
        return [result for results in pool.map(measured, blocks(n_targets, BLOCK)) for result in results]
