"""ROC and precision-recall curves with few points, from a target's cumulative counts.

The points are simplified (Ramer 1972; Douglas & Peucker 1973) so that straight lines between them stay close to the
exact curve of all thresholds. Most targets need a few dozen points.
"""

from __future__ import annotations

import numpy as np

from .metrics import Counts

TOLERANCE = 0.004  # largest distance from the exact curve, along x or along y
MOST_POINTS = 300  # per curve


def roc(counts: Counts) -> np.ndarray:
    """ROC curve: false and true positive rate, float64 (k, 2), from (0, 0) to (1, 1)."""
    bends = _ends_of_runs(counts)
    false = counts.false_positives[bends] / counts.negatives
    true = counts.true_positives[bends] / counts.positives
    return thinned(np.stack([np.append(0, false), np.append(0, true)], axis=1))


def precision_recall(counts: Counts) -> np.ndarray:
    """Precision-recall curve: recall and precision, float64 (k, 2).

    It starts at recall 0 with the precision of the highest threshold.
    """
    bends = _ends_of_runs(counts)
    recall, precision = counts.true_positives[bends] / counts.positives, counts.precision()[bends]
    return thinned(np.stack([np.append(0, recall), np.append(precision[0], precision)], axis=1))


def _ends_of_runs(counts: Counts) -> np.ndarray:
    """Thresholds with positives, and the last threshold of each run without positives.

    Both curves are straight between two of these, and from the start to the first.
    """
    positive = np.diff(counts.true_positives, prepend=0) > 0
    return np.flatnonzero(positive | np.append(positive[1:], True))


LINES = {"roc": roc, "pr": precision_recall}


def thinned(points: np.ndarray) -> np.ndarray:
    """The points (k, 2), of those given (n, 2) by rising x, that draw the curve to within `TOLERANCE`.

    If these are more than `MOST_POINTS`, the tolerance is raised until they are not.
    """
    tolerance = TOLERANCE
    while len(kept := _bends(points, tolerance)) > MOST_POINTS:
        tolerance *= 1.5
    return points[kept]


def _bends(points: np.ndarray, tolerance: float) -> list[int]:
    kept, parts = {0, len(points) - 1}, [(0, len(points) - 1)]
    while parts:
        begin, end = parts.pop()
        if end - begin > 1:
            off = _distances(points[begin : end + 1])
            worst = begin + int(off.argmax())
            if off[worst - begin] > tolerance:
                kept.add(worst)
                parts += [(begin, worst), (worst, end)]
    return sorted(kept)


def _distances(points: np.ndarray) -> np.ndarray:
    """Distance of each point from the line between the first and the last: along x or along y, the smaller one."""
    x, y = (points - points[0]).T
    width, height = x[-1], y[-1]
    outside = np.maximum(np.maximum(y - max(height, 0), min(height, 0) - y), 0)  # points above or below the line's ends
    if width == 0:
        return outside
    along_x = np.where(outside > 0, 0, abs(height))
    return np.abs(width * y - height * x) / np.maximum(width, along_x)
