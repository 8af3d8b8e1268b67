"""The grid of bins on a genome, and DeepSEA's rule for positive bins.

All contigs are concatenated on one line, each padded to a whole number of bins. Every interval of
the genome is then an interval on this line, and a few array operations process a whole peak file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .peaks import Peaks


@dataclass(frozen=True)
class Grid:
    """Bins of `bin` bp on every contig (name to length in bp), numbered in genome order.

    The last bin of a contig may extend beyond its end. It also has a number, but `whole` is False for it.
    """

    contigs: dict[str, int]
    bin: int

    @cached_property
    def lengths(self) -> np.ndarray:
        """Lengths of the contigs, int64 (contigs,), in bp."""
        return np.fromiter(self.contigs.values(), np.int64, len(self.contigs))

    @cached_property
    def first_bin(self) -> np.ndarray:
        """The number of each contig's first bin, and the total number of bins; int64 (contigs + 1,)."""
        return np.concatenate([[0], np.cumsum(-(-self.lengths // self.bin))])

    def __len__(self) -> int:
        return int(self.first_bin[-1])

    @cached_property
    def whole(self) -> np.ndarray:
        """Whether all bases of the bin are on its contig; bool (bins,)."""
        mask = np.ones(len(self), bool)
        mask[self.first_bin[1:][self.lengths % self.bin > 0] - 1] = False
        return mask

    def line(self, contig: np.ndarray, position: np.ndarray) -> np.ndarray:
        """Positions on the line in bp, for contig ranks and positions on these contigs in bp."""
        return self.first_bin[contig] * self.bin + position

    def locate(self, bins: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Contig ranks (int64) and starts in bp (int64) of bins."""
        contig = np.searchsorted(self.first_bin, bins, side="right") - 1
        return contig, (bins - self.first_bin[contig]) * self.bin

    def positive(self, peaks: Peaks, fraction: float = 0.5, of: str = "peak") -> np.ndarray:
        """Sorted numbers (int32) of the whole bins that are positive for one target's peaks.

        A bin is positive when more than `fraction` of its bases lie in one peak (`of="peak"`), or
        in the union of all peaks (`of="union"`). Zhou & Troyanskaya 2015, Methods, can be read in
        both ways.
        """
        start, end = self.line(peaks.contig, peaks.start), self.line(peaks.contig, peaks.end)
        needed = int(fraction * self.bin + 1e-9) + 1  # smallest number of bases above the fraction
        if of == "union":
            start, end = merged(start, end)
            bins = _covered_in_sum(start, end, self.bin, needed)
        else:
            bins = _covered_by_one(start, end, self.bin, needed)
        return bins[self.whole[bins]].astype(np.int32)

    def holds(self, bins: np.ndarray, peaks: Peaks) -> np.ndarray:
        """Whether a peak shares at least one base with one of the sorted bins; bool (peaks,)."""
        first = self.line(peaks.contig, peaks.start) // self.bin
        last = (self.line(peaks.contig, peaks.end) - 1) // self.bin
        return np.searchsorted(bins, first, "left") < np.searchsorted(bins, last, "right")

    def touched(self, peaks: Peaks) -> np.ndarray:
        """Sorted numbers of the bins that share at least one base with an interval."""
        start, end = self.line(peaks.contig, peaks.start), self.line(peaks.contig, peaks.end)
        return _covered_by_one(start, end, self.bin, 1)


def merged(start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The union of intervals as sorted intervals that neither overlap nor touch."""
    order = np.argsort(start, kind="stable")
    start, reach = start[order], np.maximum.accumulate(end[order])
    opens = np.flatnonzero(np.concatenate([[True], start[1:] > reach[:-1]]))
    return start[opens], reach[np.append(opens[1:], len(start)) - 1]


def _covered_by_one(start: np.ndarray, end: np.ndarray, size: int, needed: int) -> np.ndarray:
    """Bins that share at least `needed` bases with a single interval."""
    long_enough = end - start >= needed
    start, end = start[long_enough], end[long_enough]
    first = (start + needed + size - 1) // size - 1  # first bin that ends at least `needed` bases after the start
    last = (end - needed) // size
    return distinct(ranges(first, last + 1))


def distinct(values: np.ndarray) -> np.ndarray:
    """Sorted unique values; several times faster than `numpy.unique` on nearly sorted numbers."""
    values = np.sort(values, kind="stable")
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values


def _covered_in_sum(start: np.ndarray, end: np.ndarray, size: int, needed: int) -> np.ndarray:
    """Bins that share at least `needed` bases with all of the disjoint intervals together."""
    first, last = start // size, (end - 1) // size
    inner = ranges(first + 1, last)  # completely covered
    edge = np.concatenate([first, last[last > first]])
    bases = np.minimum(end, (first + 1) * size) - start
    bases = np.concatenate([bases, (end - last * size)[last > first]])
    edges, which = np.unique(edge, return_inverse=True)
    enough = edges[np.bincount(which, bases, len(edges)) >= needed]
    return np.union1d(inner, enough)


def ranges(first: np.ndarray, stop: np.ndarray) -> np.ndarray:
    """The integers of all half-open ranges, concatenated."""
    counts = np.maximum(stop - first, 0)
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(first - (ends - counts), counts)
