"""Hits: matches of motifs that the contributions of the bases support.

A motif matches at many places that a model does not use. A match is a hit of a target if its bases contribute to the
target's prediction more than as many bases from random positions of the same windows. Where hits overlap, the best
match is taken first, and a base counts for one hit only, so that the hits of a window never carry more than there is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..motifs.matches import MATCH

SHARED = 0.5  # a hit that shares more than this part of its bases with better ones is dropped
DRAWS = 20_000  # random sums for each width
# contribution : sum over the bases of the hit; carried : over those that no better hit has
HIT = np.dtype([*MATCH.descr, ("contribution", np.float64), ("carried", np.float64)])


class Noise:
    """How much the bases of a motif contribute by chance: sums over random positions of the windows.

    Windows are added block by block; of each, as many sums are drawn as their share among all windows.

    Parameters
    ----------
    widths : widths of the motifs in bp
    windows : total number of windows
    """

    def __init__(self, widths: Sequence[int], windows: int, seed: int = 1):
        self._draw = np.random.default_rng(seed)
        self._each = max(-(-DRAWS // max(windows, 1)), 1)
        self._sums: dict[int, list[np.ndarray]] = {int(width): [] for width in widths}

    def add(self, contributions: np.ndarray) -> None:
        """Add windows: contributions (n, L) of their bases to one target."""
        n, length = contributions.shape
        for width, sums in self._sums.items():
            if width <= length:
                places = self._draw.integers(0, length, (n, self._each, width))
                sums.append(np.abs(np.take_along_axis(contributions[:, None], places, axis=2).sum(axis=2)).ravel())

    def limits(self, alpha: float) -> dict[int, float]:
        """For each width, the absolute sum that a fraction `alpha` of random sums exceeds."""
        return {
            width: float(np.quantile(np.concatenate(sums), 1 - alpha)) if sums else np.inf
            for width, sums in self._sums.items()
        }


def supported(
    matches: np.ndarray, contributions: np.ndarray, widths: np.ndarray, limits: dict[int, float]
) -> tuple[np.ndarray, np.ndarray]:
    """The matches that are hits, `HIT` records, and for each number of matches what became of it.

    matches : `MATCH` records of these windows, as from `Matcher.find`
    contributions : (n, L), of the bases of the windows to one target
    widths : of the motifs (M,)
    limits : of `Noise`

    Returns the hits, sorted by window and position, and counts int (3,): hits, unsupported, overlapping a better hit.
    """
    total = np.concatenate([np.zeros((len(contributions), 1)), contributions.cumsum(axis=1, dtype=float)], axis=1)
    width = widths[matches["motif"]]
    sums = total[matches["window"], matches["position"] + width] - total[matches["window"], matches["position"]]
    limit = np.array([limits[int(one)] for one in widths])[matches["motif"]]
    strong = np.flatnonzero(np.abs(sums) > limit)
    found = np.empty(len(strong), HIT)
    for name in MATCH.names:
        found[name] = matches[name][strong]
    found["contribution"] = sums[strong]
    kept = _without_overlaps(found, contributions, width[strong])
    return found[kept], np.array([kept.sum(), len(matches) - len(strong), (~kept).sum()])


def _without_overlaps(found: np.ndarray, contributions: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Which hits stay, bool (n,); their `carried` is filled in."""
    kept = np.zeros(len(found), bool)
    taken = np.zeros(contributions.shape, bool)
    for i in np.lexsort((-np.abs(found["contribution"]), found["pvalue"], found["window"])):
        window, stretch = found["window"][i], slice(found["position"][i], found["position"][i] + width[i])
        free = ~taken[window, stretch]
        if (1 - SHARED) * width[i] <= free.sum():
            kept[i] = True
            found["carried"][i] = contributions[window, stretch][free].sum()
            taken[window, stretch] = True
    return kept
