"""ROC and precision-recall curves as few points, from a target's cumulated counts.

Straight lines between the points stay close to the exact curve of all thresholds: the points are chosen where it
bends (Ramer 1972; Douglas & Peucker 1973). A few dozen are enough for most targets.
"""

from __future__ import annotations

import numpy as np

from .metrics import Counts

TOLERANCE = 0.004  # largest distance from the exact curve, along x or along y
MOST_POINTS = 300


def roc(counts: Counts) -> np.ndarray:
    """The ROC curve: false and true positive rate, (k, 2), from (0, 0) to (1, 1)."""
    held = _ends_of_runs(counts)
    false = counts.false_positives[held] / counts.negatives
    true = counts.true_positives[held] / counts.positives
    return thinned(np.stack([np.append(0, false), np.append(0, true)], axis=1))


def precision_recall(counts: Counts) -> np.ndarray:
    """The precision-recall curve: recall and precision, (k, 2), from recall 0 at the first threshold's precision."""
    held = _ends_of_runs(counts)
    recall, precision = counts.true_positives[held] / counts.positives, counts.precision()[held]
    return thinned(np.stack([np.append(0, recall), np.append(precision[0], precision)], axis=1))


def _ends_of_runs(counts: Counts) -> np.ndarray:
    """Thresholds that positives hold, and the last of each run without: between two of those, both curves are straight.

    So is the way to the first: the run before it is one line along an axis.
    """
    holds = np.diff(counts.true_positives, prepend=0) > 0
    return np.flatnonzero(holds | np.append(holds[1:], True))


def thinned(points: np.ndarray) -> np.ndarray:
    """Those of the points (n, 2), x rising, that draw the curve to within `TOLERANCE`; at most `MOST_POINTS`."""
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
    """How far each point lies from the line between the first and the last, along x or y, whichever is less."""
    x, y = (points - points[0]).T
    width, height = x[-1], y[-1]
    outside = np.maximum(np.maximum(y - max(height, 0), min(height, 0) - y), 0)  # the line has no point so high or low
    if width == 0:
        return outside
    along_x = np.where(outside > 0, 0, abs(height))
    return np.abs(width * y - height * x) / np.maximum(width, along_x)
