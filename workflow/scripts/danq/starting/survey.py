"""Measures peak files on a genome: how many peaks, how long, on which contigs, and the bins in which they fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..data.grid import Grid
from ..data.labels import MOST_LOST
from ..data.peaks import read_peaks
from ..data.scarcity import listed
from ..errors import UserError
from ..processes import parallel

BINS = (500, 200, 100, 50, 20, 10)  # sizes that are tried, in bp
ALL = 0.99  # share of the peaks from which smaller bins are not tried
SHORTEST = 10  # bp; shorter ones are summits


@dataclass(frozen=True)
class Measured:
    """The peaks of one file on the genome.

    number : peaks on the genome
    widths : length in bp below which 5, 50 and 95 % of the peaks are
    kept : by size of bin, the share of the peaks that make a bin positive (at least; from 99 % on, as in larger bins)
    contigs : names of the contigs with peaks
    lost : number of peaks that are not on the genome, and the contigs that it lacks
    """

    number: int
    widths: tuple[int, int, int]
    kept: dict[int, float]
    contigs: frozenset[str]
    lost: int = 0
    unknown: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Median length in bp."""
        return self.widths[1]


def measure(
    paths: Sequence[Path],
    contigs: Mapping[str, int],
    *,
    aliases: str | None = None,
    skip_unknown: bool = False,
    processes: int | None = 1,
) -> list[Measured]:
    """Measure each file. A file that cannot be read, or does not belong to this genome, is a UserError.

    contigs : names and lengths in bp of the genome
    aliases : table of other names of the contigs, see `contig_names.read_aliases`
    skip_unknown : allow that more than 5 % of a file's peaks are not on the genome
    """
    found, mistakes = [], []
    with parallel(processes) as mapped:
        work = mapped(partial(_measured, dict(contigs), aliases, skip_unknown), paths)
        for one in tqdm(work, "reading peaks", len(paths), unit=" files", disable=None):
            (found if isinstance(one, Measured) else mistakes).append(one)
    if mistakes:
        more = f" ({len(mistakes) - 1} more of {len(paths)} files have a mistake, too)" if mistakes[1:] else ""
        raise UserError(f"{mistakes[0]}{more}")
    return found


def _measured(contigs: dict[str, int], aliases: str | None, skip_unknown: bool, path: Path) -> Measured | str:
    """The measures of a file, or what is wrong with it."""
    try:
        peaks = read_peaks(path, contigs, aliases=aliases)
    except UserError as error:
        return str(error)
    lost = sum(peaks.skipped.values()) + peaks.outside
    if lost > MOST_LOST * peaks.total and not skip_unknown:
        names = listed(list(peaks.skipped)) or "positions beyond the ends of contigs"
        return (
            f"{path}: {lost:,} of {peaks.total:,} peaks are not on the genome (on {names}); "
            "use the assembly of the peaks, give other names of its contigs with --aliases, or leave these peaks out "
            "with --skip-unknown-contigs"
        )
    length = peaks.end - peaks.start
    widths = (
        tuple(int(width) for width in np.percentile(length, [5, 50, 95], method="lower")) if len(peaks) else (0, 0, 0)
    )
    if widths[1] < SHORTEST:
        return (
            f"{path}: half of its {len(peaks):,} peaks are at most {widths[1]} bp long, as summits are; "
            "give the file with the peaks, or extend them, for example with `bedtools slop -b 100`"
        )
    kept, share = {}, 0.0
    for size in BINS:
        if share < ALL:  # small bins on a large genome take time and memory
            grid = Grid(contigs, size)
            share = float(grid.holds(grid.positive(peaks), peaks).mean())
        kept[size] = share
    names = list(contigs)
    used = frozenset(names[rank] for rank in np.unique(peaks.contig))
    return Measured(len(peaks), widths, kept, used, lost, tuple(peaks.skipped))
