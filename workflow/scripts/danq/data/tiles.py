"""Windows along sequences at a stride: of a genome's regions, or of the records of a FASTA file.

A sequence of at least one window gets windows from its first base on, at the stride; the last one is moved back so that
it ends where the sequence ends. Every base is thus in a window if the stride is at most the window's length. A shorter
sequence gets one window centred on it; if both differ by an odd number, the window has one base more on the right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from ..errors import UserError
from . import onehot
from .genome import Genome
from .regions import Region
from .sources import Source

SPAN = 1 << 20  # bp read at a time, at most, if a window is not longer
GAP = 1 << 14  # bp between two windows that are read rather than skipped


class Tiles(Source):
    """Windows of `length` bp, each `stride` bp after the one before, along sequences.

    Parameters
    ----------
    starts, ends : int64 (p,), first base and the base after the last of each sequence, in its contig or record
    titles : names of the sequences (p,)
    length, stride : in bp; the stride is the length if None

    Attributes
    ----------
    titles, length, stride : as given
    names : names of the contigs or records that the windows lie on
    short : number of sequences that are shorter than a window
    """

    def __init__(self, starts: np.ndarray, ends: np.ndarray, titles: Sequence[str], length: int, stride: int | None):
        self.length, self.stride = length, length if stride is None else stride
        if self.stride < 1:
            raise UserError(f"the stride must be at least 1 bp, not {stride}")
        self.titles = self.names = titles
        covered = np.maximum(ends - starts, length)  # bp from the first window's start to the last one's end
        self.short = int((ends - starts < length).sum())
        self._first_start = starts - (covered - (ends - starts)) // 2
        self._last_shift = covered - length
        counts = -(-self._last_shift // self.stride) + 1
        self._first_row = np.concatenate([[0], np.cumsum(counts)])

    def __len__(self) -> int:
        return int(self._first_row[-1])

    def rows(self, index) -> np.ndarray:
        """Numbers int64 (n,) of the windows of an index, which is an array or a slice."""
        if isinstance(index, slice):
            return np.arange(*index.indices(len(self)))
        rows = np.asarray(index, np.int64)
        if rows.size and not 0 <= rows.min() <= rows.max() < len(self):
            raise IndexError(f"{len(self):,} windows are numbered from 0, without {rows.min()} to {rows.max()}")
        return rows

    def sequence(self, rows: np.ndarray) -> np.ndarray:
        """Numbers int64 (n,) of the sequences (from 0) that windows lie on."""
        return np.searchsorted(self._first_row, rows, side="right") - 1

    def starts(self, rows: np.ndarray) -> np.ndarray:
        """First bases int64 (n,) of windows in their contig or record, from 0; negative before its first base."""
        sequence = self.sequence(rows)
        return self._first_start[sequence] + self._shifts(rows, sequence)

    def _shifts(self, rows: np.ndarray, sequence: np.ndarray) -> np.ndarray:
        """Distances int64 (n,) in bp to the first windows of the sequences."""
        return np.minimum((rows - self._first_row[sequence]) * self.stride, self._last_shift[sequence])

    def record(self, rows: np.ndarray) -> np.ndarray:
        """Numbers (n,), from 0, of the contigs or records in `names` that windows lie on."""
        return self.sequence(rows)

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        rows = self.rows(slice(None))
        return np.array(self.names, dtype=object)[self.record(rows)], self.starts(rows)


class GenomeTiles(Tiles):
    """Windows along regions of a genome, in the order of the regions; overlapping and repeated regions are kept.

    Windows are on the + strand. Bases beyond the end of a contig are unknown. Memory does not grow with the number of
    windows, nor with the length of contigs: only the bases of the windows asked for are read.

    Parameters
    ----------
    regions : on contigs of the genome, at least one
    length, stride : see `Tiles`

    Attributes
    ----------
    regions : as given
    beyond : number of regions that are shorter than a window and whose window reaches beyond the contig
    """

    def __init__(self, genome: Genome, regions: Sequence[Region], length: int, stride: int | None = None):
        starts = np.array([region.start for region in regions], np.int64)
        ends = np.array([region.end for region in regions], np.int64)
        super().__init__(starts, ends, [region.title for region in regions], length, stride)
        self.regions, self._genome, self.names = regions, genome, list(genome.contigs)
        rank = {name: number for number, name in enumerate(self.names)}
        self._rank = np.array([rank[region.contig] for region in regions], np.int32)
        ends = self._first_start + self._last_shift + length
        lengths = np.fromiter(genome.contigs.values(), np.int64)[self._rank]
        self.beyond = int(((self._first_start < 0) | (ends > lengths)).sum())

    def __str__(self) -> str:
        return f"{self._genome.path}, {len(self.regions):,} regions"

    def record(self, rows: np.ndarray) -> np.ndarray:
        return self._rank[self.sequence(rows)]

    def _forward(self, index) -> np.ndarray:
        rows = self.rows(index)
        rank, starts = self.record(rows), self.starts(rows)
        out = np.empty((len(rows), onehot.packed_width(self.length)), np.uint8)
        for contig in np.unique(rank):
            chosen = rank == contig
            out[chosen] = cut(starts[chosen], self.length, partial(self._bases, self.names[contig]))
        return out

    def _bases(self, contig: str, start: int, stop: int) -> np.ndarray:
        """Nibbles of a contig; bases beyond its ends are unknown."""
        begin, end = max(start, 0), min(stop, self._genome.contigs[contig])
        return np.pad(self._genome.nibbles(contig, begin, end), (begin - start, stop - end))


def cut(starts: np.ndarray, length: int, bases: Callable[[int, int], np.ndarray]) -> np.ndarray:
    """Packed windows (n, ceil(L/2)) that begin at `starts` int64 (n,), in any order, of one sequence.

    bases : function that reads nibbles from a start to a stop; called with ascending starts, for neighbouring windows
        together
    """
    order = np.argsort(starts, kind="stable")
    ordered = starts[order]
    apart = np.flatnonzero(np.diff(ordered) > length + GAP) + 1
    first = np.repeat(ordered[np.append(0, apart)], np.diff([0, *apart, len(ordered)])) if len(order) else ordered
    read = np.flatnonzero(np.diff(first) | np.diff((ordered - first) // SPAN)) + 1
    out = np.empty((len(starts), onehot.packed_width(length)), np.uint8)
    for chosen in np.split(order, read) if len(order) else ():
        begin, stop = int(starts[chosen[0]]), int(starts[chosen[-1]]) + length
        out[chosen] = onehot.Cutter(bases(begin, stop), length)(starts[chosen] - begin)
    return out
