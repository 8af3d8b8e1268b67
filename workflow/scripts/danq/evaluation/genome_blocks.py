"""Blocks of the genome, and separate places: how many independent observations a set of windows holds.

Neighbouring windows share bases, peaks and a model's errors, so they are not independent. Intervals and tests leave out
whole blocks instead of windows. A block is much longer than a peak: `LARGEST` bp, or less where the windows span less
than `FEWEST` such blocks. A place is a run of neighbouring positive windows, as one peak makes it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LARGEST = 1_000_000  # bp
FEWEST = 20  # blocks


@dataclass(frozen=True)
class Blocks:
    """Blocks of the windows of one split.

    of_window : int64 (n,), number of each window's block, from 0
    size : size of a block, in bp or in windows
    unit : "bp", or "windows" if the positions are not known
    order : int64 (n,), the windows in the order of the genome
    joined : bool (n,), whether a window in this order adjoins the one before it
    """

    of_window: np.ndarray
    size: int
    unit: str
    order: np.ndarray
    joined: np.ndarray

    def __len__(self) -> int:
        return int(self.of_window.max(initial=-1)) + 1

    def __str__(self) -> str:
        size = f"{self.size:,} {self.unit}" if self.unit == "bp" else f"{self.size:,} consecutive windows"
        return f"{len(self)} blocks of {size}"

    def places(self, labels: np.ndarray) -> int:
        """Number of separate places of a target: runs of neighbouring positive windows. labels (n,) of 0 and 1."""
        positive = labels[self.order].astype(bool)
        before = np.append(False, positive[:-1]) & self.joined
        return int((positive & ~before).sum())


def cut(n: int, places: tuple[np.ndarray, np.ndarray] | None, step: int = 0) -> Blocks:
    """Divide n windows into blocks.

    places : contig (n,) and start in bp (n,) of each window; None if they are not known: blocks are then runs of
        windows in the order of the file, and consecutive windows count as neighbours
    step : windows that start at most this many bp apart are neighbours: the size of a bin

    The windows are put on one line, contig after contig, on which a gap between windows is `LARGEST` bp at most. The
    line is cut into blocks of `LARGEST` bp, or of a twentieth of its length if that is less.
    """
    if places is None:
        size = max(1, -(-n // FEWEST))
        return Blocks(np.arange(n) // size, size, "windows", np.arange(n), np.arange(n) > 0)
    contig, start = places
    order = np.lexsort((start, contig))
    same = np.append(False, np.diff(contig[order]) == 0)
    gap = np.diff(start[order], prepend=start[order[:1]])
    gap = np.where(same, np.minimum(gap, LARGEST), step)
    gap[:1] = 0
    line = np.cumsum(gap)
    size = max(1, min(LARGEST, -(-int(line[-1] + step) // FEWEST)))
    of_window = np.empty(n, np.int64)
    of_window[order] = np.unique(line // size, return_inverse=True)[1]
    return Blocks(of_window, size, "bp", order, same & (gap <= step))
