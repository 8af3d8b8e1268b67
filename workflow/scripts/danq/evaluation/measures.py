"""The measures of how well a target is predicted. To add one, add an entry to `MEASURES`.

Tables, comparisons, pictures and the report have a column or panel for each entry, in this order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..published.figures import REPORTED
from .jackknife import LeftOut, interval
from .metrics import Counts


@dataclass(frozen=True)
class Measure:
    """One measure of a target's predictions; higher is better.

    key : name of its column in tables, and the start of other columns' names, such as `auroc_low`
    title : its name in pictures and texts
    compute : its value from the counts of a target with positives and negatives
    guess : its expected value for random probabilities, from the prevalence, with many windows
    meaning : what it measures, and its value for random predictions, in words
    left_out : its values with all blocks of the genome and without each, for its interval and its tests; None if it has
        neither. The jackknife is for smooth measures: not for the best of several thresholds.
    curve : the curve, as `curves.LINES` calls it, whose area it is; None if it is no area
    """

    key: str
    title: str
    compute: Callable[[Counts], float]
    guess: Callable[[float], float]
    meaning: str
    left_out: Callable[[LeftOut], np.ndarray] | None = None
    curve: str | None = None

    @property
    def ends(self) -> tuple[str, ...]:
        """Columns of the interval's ends; none without an interval."""
        return (f"{self.key}_low", f"{self.key}_high") if self.tested else ()

    @property
    def tested(self) -> bool:
        """Whether it has an interval, and `compare_models` tests its differences between models."""
        return self.left_out is not None

    @property
    def published(self) -> bool:
        """Whether there are published figures of it."""
        return self.key in REPORTED

    def value(self, counts: Counts) -> float:
        """The value of a target; NaN if its windows are all positive or all negative."""
        return np.nan if counts.one_class else self.compute(counts)

    def limits(self, value: float, left_out: LeftOut | None) -> dict[str, float]:
        """The ends of the interval by column; NaN without `left_out`."""
        if left_out is None or self.left_out is None:
            return dict.fromkeys(self.ends, np.nan)
        return dict(zip(self.ends, interval(value, self.left_out(left_out), left_out.freedom), strict=True))


LARGEST_FDR = 0.5


def recall_at_fdr(counts: Counts) -> float:
    """Largest recall among the thresholds with a false discovery rate of at most `LARGEST_FDR`; 0 if there is none.

    The false discovery rate is the share of negatives among the windows that reach the threshold, 1 - precision.
    """
    allowed = np.flatnonzero(counts.precision() >= 1 - LARGEST_FDR)
    return float(counts.true_positives[allowed[-1]] / counts.positives) if len(allowed) else 0.0


MEASURES = (
    Measure(
        "auroc",
        "AUROC",
        Counts.auroc,
        guess=lambda prevalence: 0.5,
        meaning="probability that a positive window ranks above a negative one; .5 for random predictions",
        left_out=LeftOut.auroc,
        curve="roc",
    ),
    Measure(
        "auprc",
        "AUPRC",
        Counts.auprc,
        guess=lambda prevalence: prevalence,
        meaning="area under the precision-recall curve (average precision); the prevalence for random predictions",
        left_out=LeftOut.auprc,
        curve="pr",
    ),
    Measure(
        "recall_at_50_fdr",
        "recall at 50 % FDR",
        recall_at_fdr,
        guess=lambda prevalence: float(prevalence >= 1 - LARGEST_FDR),  # at least half positive: call all windows
        meaning="largest share of the positive windows found when at most half of the calls are false; for random "
        "predictions about 0, or 1 if at least half of the windows are positive",
    ),
)
KEYS = tuple(measure.key for measure in MEASURES)
TESTED = tuple(measure for measure in MEASURES if measure.tested)
