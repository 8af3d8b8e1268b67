"""Whether filters fire in the windows where known motifs have their best scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data.sources import Source
from .activations import Activations
from .known import Known
from .log_odds import best_scores
from .meme import UNIFORM


class Seen:
    """The windows that filters were scanned in, to measure the agreement of filters with known motifs.

    source : what the windows are read from
    activations : the filters' best activation in each of some windows
    background : probabilities of A, C, G, T that log-odds scores are relative to
    """

    def __init__(self, source: Source, activations: Activations, background: Sequence[float] = UNIFORM):
        self._source, self._activations, self._background = source, activations, background
        self._scores: dict[str, np.ndarray] = {}

    def agreements(self, filters: Sequence[int], known: Sequence[Known]) -> np.ndarray:
        """Pearson correlation of each filter's (by number, from 1) activations with the matrix beside it, float64 (n,).

        NaN where one of the two is constant, or the matrix is wider than a window.
        """
        new = {one.motif.name: one.motif for one in known if one.motif.name not in self._scores}
        scores = best_scores(self._source, self._activations.window, list(new.values()), self._background)
        self._scores |= dict(zip(new, scores.T, strict=True))
        best = self._activations.best
        pairs = [
            (best[:, filter - 1], self._scores[one.motif.name]) for filter, one in zip(filters, known, strict=True)
        ]
        return np.array([correlation(*pair) for pair in pairs], float)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson correlation of two arrays (n,); NaN if one is constant or holds NaN."""
    a, b = a - a.mean(dtype=float), b - b.mean(dtype=float)
    spread = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / spread) if spread > 0 else np.nan
