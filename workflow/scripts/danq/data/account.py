"""The account of all bins of a genome: what became of each, so that none is lost silently."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..tables import Table
from .grid import Grid
from .split import SPLITS

# What may become of a bin, in the order in which it is decided.
DROPPED = {
    "not_whole": "the contig ends within the bin",
    "not_chosen": "not among the bins of windows.keep",
    "blacklist": "on the blacklist",
    "off_contig": "the window extends beyond the contig",
    "in_no_split": "in no part of the split",
    "split_border": "the window, or one beside it, reaches into another part of the split",
    "unknown_bases": "the window has unknown bases",
}
FATES = (*SPLITS, *DROPPED)
ACCOUNT = Table("account of bins", ("contig", "length", "bins", *FATES), words=("contig",), digits=12)


class Account:
    """What became of each bin of a grid. Bins that nothing is said about are `not_chosen`."""

    def __init__(self, grid: Grid):
        self.grid = grid
        self.fate = np.where(grid.whole, FATES.index("not_chosen"), FATES.index("not_whole")).astype(np.int8)

    def drop(self, bins: np.ndarray, keep: np.ndarray, reason: str) -> np.ndarray:
        """Record why some bins are dropped, and return the others.

        keep : bool, one per bin
        """
        self.fate[bins[~keep]] = FATES.index(reason)
        return bins[keep]

    def keep(self, bins: np.ndarray, part: np.ndarray) -> None:
        """Record the part of the split (0, 1, 2) of the bins that become windows."""
        self.fate[bins] = part

    def table(self) -> pd.DataFrame:
        """One row per contig: its number of bins, and of those of each fate; columns of `ACCOUNT`."""
        grid = self.grid
        bins = np.diff(grid.first_bin)
        row = np.repeat(np.arange(len(bins)), bins)
        counts = np.bincount(row * len(FATES) + self.fate, minlength=len(bins) * len(FATES))
        table = pd.DataFrame(counts.reshape(len(bins), len(FATES)), columns=list(FATES))
        table.insert(0, "bins", bins)
        table.insert(0, "length", grid.lengths)
        table.insert(0, "contig", list(grid.contigs))
        return table

    def __str__(self) -> str:
        counts = dict(zip(FATES, np.bincount(self.fate, minlength=len(FATES)).tolist(), strict=True))
        kept = ", ".join(f"{counts[name]:,} {name}" for name in SPLITS)
        dropped = "; ".join(f"{counts[name]:,} {name.replace('_', ' ')}" for name in DROPPED if counts[name])
        return f"{len(self.fate):,}: {kept}; dropped: {dropped or 'none'}"
