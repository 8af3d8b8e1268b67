"""Bins centred at the summits of peaks, for peaks that are points (ATAC-seq, ChIP-seq of factors): not on a grid.

Peaks get one length, centred at their summits, as ArchR (Granja et al. 2021) and Basset (Kelley et al. 2016) make them.
Summits of all targets that are less than half a bin apart share a bin, so that a bin has the labels of all targets.
Bins of the grid that no such peak touches are the background.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from .grid import Grid, distinct, merged, ranges
from .peaks import Peaks


def resized(peaks: Peaks, size: int, lengths: np.ndarray) -> Peaks:
    """Peaks of `size` bp around their summits, cut at the ends of their contigs.

    lengths : of the contigs, int64, in bp
    """
    start = peaks.summit - size // 2
    return replace(peaks, start=np.maximum(start, 0), end=np.minimum(start + size, lengths[peaks.contig]))


@dataclass(frozen=True)
class SummitGrid(Grid):
    """Bins of `bin` bp at any positions, numbered in genome order. A bin may extend beyond its contig.

    Made by `around`.

    contig, start : contig ranks int32 (bins,) and starts in bp int64 (bins,), sorted
    """

    contig: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))
    start: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))

    @cached_property
    def first_bin(self) -> np.ndarray:
        """The number of each contig's first bin, and the total number of bins; int64 (contigs + 1,)."""
        return np.searchsorted(self.contig, np.arange(len(self.lengths) + 1))

    @cached_property
    def whole(self) -> np.ndarray:
        """Whether all bases of the bin are on its contig; bool (bins,)."""
        return (self.start >= 0) & (self.start + self.bin <= self.lengths[self.contig])

    @cached_property
    def _offset(self) -> np.ndarray:
        """Where each contig begins on the line: bins of two contigs never overlap."""
        return self.bin + np.concatenate([[0], np.cumsum(self.lengths + 2 * self.bin)[:-1]])

    def line(self, contig: np.ndarray, position: np.ndarray) -> np.ndarray:
        """Positions on the line in bp, for contig ranks and positions on these contigs in bp."""
        return self._offset[contig] + position

    @cached_property
    def _starts(self) -> np.ndarray:
        return self.line(self.contig, self.start)

    def locate(self, bins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Contig ranks (int64) and starts in bp (int64) of bins."""
        return self.contig[bins].astype(np.int64), self.start[bins]

    def positive(self, peaks: Peaks, fraction: float = 0.5, of: str = "peak") -> np.ndarray:
        """Sorted numbers (int32) of the whole bins of which more than `fraction` is covered, see `Grid.positive`."""
        needed = int(fraction * self.bin + 1e-9) + 1
        start, end = self.line(peaks.contig, peaks.start), self.line(peaks.contig, peaks.end)
        if of == "union":
            start, end = merged(start, end) if len(start) else (start, end)
            bins = np.flatnonzero(self._covered(start, end) >= needed)
        else:
            bins = self._sharing(start, end, needed)
        return bins[self.whole[bins]].astype(np.int32)

    def holds(self, bins: np.ndarray, peaks: Peaks) -> np.ndarray:
        """Whether a peak shares at least one base with one of the sorted bins; bool (peaks,)."""
        starts = self._starts[bins]
        first = np.searchsorted(starts, self.line(peaks.contig, peaks.start) - self.bin, "right")
        return first < np.searchsorted(starts, self.line(peaks.contig, peaks.end), "left")

    def touched(self, peaks: Peaks) -> np.ndarray:
        """Sorted numbers of the bins that share at least one base with an interval."""
        return self._sharing(self.line(peaks.contig, peaks.start), self.line(peaks.contig, peaks.end), 1)

    def _sharing(self, start: np.ndarray, end: np.ndarray, needed: int) -> np.ndarray:
        """Bins that share at least `needed` bases with a single interval of the line."""
        long_enough = end - start >= needed
        start, end = start[long_enough], end[long_enough]
        first = np.searchsorted(self._starts, start + needed - self.bin, "left")
        return distinct(ranges(first, np.searchsorted(self._starts, end - needed, "right")))

    def _covered(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Bases of each bin, int64 (bins,), in sorted intervals of the line that do not overlap."""
        total = np.concatenate([[0], np.cumsum(end - start)])

        def before(position: np.ndarray) -> np.ndarray:
            """Covered bases of the line before a position."""
            begun = np.searchsorted(start, position, "right")
            if not len(start):
                return np.zeros(len(position), np.int64)
            return total[begun] - np.where(begun > 0, np.maximum(end[begun - 1] - position, 0), 0)

        return before(self._starts + self.bin) - before(self._starts)


def around(summits: list[tuple[np.ndarray, np.ndarray]], grid: Grid, background: bool) -> SummitGrid:
    """The bins at summits and, if asked for, the bins of a grid that no peak of the size of a bin around them touches.

    summits : for each target, contig ranks int32 (n,) and positions int64 (n,) in bp
    """
    empty = SummitGrid(grid.contigs, grid.bin)
    places = distinct(np.concatenate([empty.line(*one) for one in summits]))
    opens = _clusters(places, (grid.bin + 1) // 2)
    first, last = places[opens], places[np.append(opens[1:], len(places)) - 1]
    contig, centre = _off_line(first + (last - first) // 2, empty)
    start = centre - grid.bin // 2
    if background:
        ranks, positions = _off_line(places, empty)
        begin = positions - grid.bin // 2
        cut = np.maximum(begin, 0), np.minimum(begin + grid.bin, grid.lengths[ranks])
        free = np.ones(len(grid), bool)
        free[grid.touched(Peaks(ranks, *cut, {}))] = False
        more = grid.locate(np.flatnonzero(free))
        contig, start = np.append(contig, more[0].astype(np.int32)), np.append(start, more[1])
        order = np.lexsort((start, contig))
        contig, start = contig[order], start[order]
    return SummitGrid(grid.contigs, grid.bin, contig, start)


def _off_line(places: np.ndarray, grid: SummitGrid) -> tuple[np.ndarray, np.ndarray]:
    """Contig ranks int32 and positions int64 in bp of places on the line."""
    contig = np.searchsorted(grid._offset, places, "right") - 1
    return contig.astype(np.int32), places - grid._offset[contig]


def _clusters(places: np.ndarray, reach: int) -> np.ndarray:
    """Where clusters of sorted places begin: each holds the places that are less than `reach` bp from its first."""
    following = np.searchsorted(places, places + reach, "left").tolist()
    opens, place = [], 0
    while place < len(following):
        opens.append(place)
        place = following[place]
    return np.array(opens, np.int64)
