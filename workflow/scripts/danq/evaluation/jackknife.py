"""Intervals and tests by the jackknife over blocks of the genome: the measures without each block in turn.

The spread of the values without one block estimates the variance of the value (Tukey 1958; for clusters of unequal
size, MacKinnon, Nielsen & Webb 2023, J. Appl. Econometrics 38:671-694, "CV3"). The same blocks are left out for all
models and targets, so differences of models and means over targets get their variance in the same way. Nothing is
random. `benchmarks/coverage.py` compares the coverage with that of intervals that assume independent windows.

The intervals do not include the variation between trainings with another seed or other training windows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit
from scipy.stats import t as student

from .genome_blocks import Blocks

NONE = (float("nan"), float("nan"))
CONFIDENCE = 0.95
CELLS = 2048  # ranges of probability in which windows are counted, at most
ENTRIES = 1 << 19  # numbers per table of blocks and cells, at most; there are at least 256 cells
FEWEST_PLACES = 10  # an interval needs as many separate places, and as many negative windows
FEWEST_HELD = 3  # ... and as many blocks with positives
STEP = np.log(10)  # no block changes the odds of a measure by more than this factor; a value of 1 has infinite odds
ROUNDING = 1e-12


@dataclass(frozen=True)
class LeftOut:
    """A target's ranking without each block in turn. Row 0 is the ranking with all blocks, row b + 1 that without b.

    Windows are counted in cells, ranges of probability from the highest down, of which those with positives are kept.

    positives, negatives : int64 (blocks + 1, cells), windows in each cell
    reached, false : int64 (blocks + 1, cells), positive and negative windows in the cell and above it
    all_negatives : int64 (blocks + 1,)
    freedom : degrees of freedom of the variance (see `freedom`)
    """

    positives: np.ndarray
    negatives: np.ndarray
    reached: np.ndarray
    false: np.ndarray
    all_negatives: np.ndarray
    freedom: float

    def auroc(self) -> np.ndarray:
        """AUROC float64 (blocks + 1,); windows of one cell are tied."""
        above = np.einsum("bk,bk->b", self.positives, 2 * self.false - self.negatives)  # twice the pairs ranked wrongly
        return 1 - _divided(above, 2 * self.reached[:, -1] * self.all_negatives)

    def auprc(self) -> np.ndarray:
        """AUPRC, as average precision, float64 (blocks + 1,); windows of one cell are tied."""
        called = np.maximum(self.reached + self.false, 1)
        return _divided(np.einsum("bk,bk->b", self.positives, self.reached / called), self.reached[:, -1])


def _divided(sums: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """NaN where a class is missing without a block."""
    return np.where(numbers > 0, sums / np.maximum(numbers, 1), np.nan)


def leave_out(labels: np.ndarray, probabilities: np.ndarray, blocks: Blocks) -> LeftOut:
    """Count the windows of a target without each block. labels (n,) of 0 and 1, probabilities float32 (n,).

    Each probability of a positive window is a cell of its own, so the measures are exact. If there are too many of
    these, as many ranges with equal numbers of them are: enough for a variance.
    """
    edges, n_blocks = _edges(probabilities[labels.astype(bool)], len(blocks)), len(blocks)
    cell = len(edges) - np.searchsorted(edges, probabilities, side="right")  # 0 is the highest
    n_cells = len(edges) + 1
    place = blocks.of_window * n_cells + cell
    windows = np.bincount(place, minlength=n_blocks * n_cells).reshape(n_blocks, n_cells)
    positives = np.bincount(place[labels.astype(bool)], minlength=n_blocks * n_cells).reshape(n_blocks, n_cells)
    held = np.flatnonzero(positives.any(axis=0))
    negatives = windows - positives
    true, false = positives.cumsum(axis=1)[:, held], negatives.cumsum(axis=1)[:, held]
    total = negatives.sum(axis=1)
    degrees = freedom(positives.sum(axis=1), total)
    parts = (positives[:, held], negatives[:, held], true, false, total)
    return LeftOut(*map(_without_each, parts), degrees)


def _edges(positives: np.ndarray, n_blocks: int) -> np.ndarray:
    """Rising lower edges of the cells, float32 (k,), from the probabilities of the positive windows."""
    values, most = np.unique(positives), min(CELLS, max(256, ENTRIES // n_blocks))
    if 2 * len(values) <= most:
        return np.unique(np.concatenate([values, np.nextafter(values, np.float32(2))]))
    return values[np.unique(np.linspace(0, len(values) - 1, most).astype(int))]


def _without_each(values: np.ndarray) -> np.ndarray:
    """The sum over all blocks, and the sum without each: (blocks, ...) to (blocks + 1, ...)."""
    total = values.sum(axis=0, keepdims=True)
    return np.concatenate([total, total - values])


def freedom(positives: np.ndarray, negatives: np.ndarray) -> float:
    """Degrees of freedom, at least 1: the effective number of blocks, minus 1.

    The effective number is that of equal blocks with the same sum and sum of squares, of the rarer class. With most
    positives in few blocks, the variance is that of few observations.

    positives, negatives : windows of each block (blocks,)
    """
    numbers = [
        float(held.sum()) ** 2 / max(float((held.astype(float) ** 2).sum()), 1) for held in (positives, negatives)
    ]
    return max(min(numbers) - 1, 1.0)


def why_none(labels: np.ndarray, blocks: Blocks, places: int) -> str:
    """Why a target has no interval and no test; "" if it has them.

    labels : (n,) of 0 and 1
    places : number of its separate places
    """
    positives = int(labels.sum())
    if not positives or positives == len(labels):
        return "no negatives" if positives else "no positives"
    if places < FEWEST_PLACES:
        return f"positive in fewer than {FEWEST_PLACES} separate places: no interval"
    if len(labels) - positives < FEWEST_PLACES:
        return f"fewer than {FEWEST_PLACES} negative windows: no interval"
    positive = labels.astype(bool)
    held = min(len(np.unique(blocks.of_window[of_class])) for of_class in (positive, ~positive))
    return f"windows of a class in fewer than {FEWEST_HELD} blocks: no interval" if held < FEWEST_HELD else ""


def spread(values: np.ndarray) -> np.ndarray:
    """Standard error (...) of a value from it and its values without each block, (..., blocks + 1)."""
    n, shifts = values.shape[-1] - 1, values[..., 1:] - values[..., :1]
    return np.sqrt((n - 1) / n * np.square(shifts).sum(axis=-1))


def quantile(degrees: float) -> float:
    """How many standard errors the interval reaches to each side."""
    return float(student.ppf((1 + CONFIDENCE) / 2, degrees))


def interval(value: float, values: np.ndarray, degrees: float) -> tuple[float, float]:
    """95 % interval of a share such as the AUROC, symmetric in log-odds.

    An exact 0 or 1 has none: no block changes it, which says nothing about other windows.

    values : (blocks + 1,), the value with all blocks and without each (counted in cells)
    """
    if not 0 < value < 1:
        return NONE
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = logit(values)
        odds = np.clip(odds, odds[0] - STEP, odds[0] + STEP)
    half = quantile(degrees) * spread(odds)
    low, high = expit(logit(value) - half), expit(logit(value) + half)
    return min(float(low), value), max(float(high), value)  # corrects rounding where the spread is 0


def compared(difference: float, values: np.ndarray, degrees: float) -> tuple[float, float, float]:
    """95 % interval (low, high) of a difference, and the two-sided p of no difference, by Student's t.

    With a spread of 0, p is 1 for no difference (as for the same predictions), and all are NaN for another one.

    values : (blocks + 1,), the difference with all blocks and without each (counted in cells)
    """
    error = float(spread(values))
    if error < ROUNDING:
        return (0.0, 0.0, 1.0) if abs(difference) < ROUNDING else (*NONE, float("nan"))
    half = quantile(degrees) * error
    return difference - half, difference + half, float(2 * student.sf(abs(difference) / error, degrees))
