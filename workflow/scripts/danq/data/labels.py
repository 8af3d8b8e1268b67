"""Reads the peaks of all targets and finds the bins that are positive for each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from ..errors import UserError
from ..processes import parallel
from .grid import Grid, merged
from .peaks import Peaks, read_peaks
from .rule import Rule
from .scarcity import listed
from .targets import UNUSED

log = logging.getLogger(__name__)
MOST_LOST = 0.05  # of the peaks of a file may not be on the genome
SMALLEST = 10  # bp, of the bins that a warning suggests


@dataclass
class Labels:
    """Positive bins and peak coverage of every target."""

    grid: Grid
    bins: list[np.ndarray]  # for each target, sorted int32
    covered: np.ndarray  # bp in the union of each target's peaks
    peaks: np.ndarray  # number of peaks of each target
    between: list[np.ndarray]  # for each target, lengths in bp of the peaks that make no bin positive
    unused: pd.DataFrame  # one row per target, columns UNUSED: numbers of peaks left out or cut, by reason
    near: np.ndarray | None = None  # bool (bins,), whether a bin's window touches a peak; with `rule.matched` only


def label(grid: Grid, peak_files: Sequence[str | Path], rule: Rule, processes: int = 1) -> Labels:
    """Read the peaks of every target and find its positive bins."""
    read = partial(_label_one, grid, rule)
    near = np.zeros(len(grid), bool) if rule.matched else None
    found = []
    with parallel(processes) as mapped:
        work = mapped(read, peak_files)
        for touched, *of_target in tqdm(work, "reading peaks", len(peak_files), unit=" files", disable=None):
            found.append(of_target)
            if near is not None:
                near[touched] = True
    bins, covered, counts, between, unused = zip(*found, strict=True)
    table = pd.DataFrame(unused, columns=list(UNUSED))
    return Labels(grid, list(bins), np.array(covered), np.array(counts), list(between), table, near)


def _label_one(grid: Grid, rule: Rule, path: str | Path) -> tuple:
    """The bins whose windows touch a peak (None unless `rule.matched`), and the values of `Labels` for one target."""
    peaks = read_on(path, grid, rule.min_signal)
    _check_lost(path, peaks, rule)
    bins = grid.positive(peaks, rule.fraction, rule.of)
    start, end = merged(grid.line(peaks.contig, peaks.start), grid.line(peaks.contig, peaks.end))
    between = ~grid.holds(bins, peaks)
    unused = (sum(peaks.skipped.values()), peaks.outside, peaks.weak, peaks.clipped)
    touched = _touched(grid, rule, path, peaks) if rule.matched else None
    return touched, bins, int((end - start).sum()), len(peaks), (peaks.end - peaks.start)[between], unused


def _touched(grid: Grid, rule: Rule, path: str | Path, peaks: Peaks) -> np.ndarray:
    """Bins whose windows touch a peak, also one below `rule.min_signal`: it may be weak, but it is no background."""
    if rule.min_signal is not None:
        peaks = read_peaks(path, grid.contigs)
    start, end = peaks.start - rule.flank, peaks.end + rule.flank
    wide = replace(peaks, start=np.maximum(start, 0), end=np.minimum(end, grid.lengths[peaks.contig]))
    return grid.touched(wide)


def _check_lost(path: str | Path, peaks: Peaks, rule: Rule) -> None:
    """Raise UserError if too many peaks are not on the genome."""
    lost = sum(peaks.skipped.values()) + peaks.outside
    if lost > MOST_LOST * peaks.total and not rule.skip_unknown_contigs:
        names = listed([f"{name} ({count:,})" for name, count in peaks.skipped.items()]) or "positions beyond its ends"
        raise UserError(
            f"{path}: {lost:,} of {peaks.total:,} peaks are not on the genome (on {names}); "
            "use the assembly of the peaks, or set windows.skip_unknown_contigs: true to leave them out"
        )


def smaller_bin(lengths: np.ndarray, rule: Rule) -> int:
    """The largest round size of bins, in bp, in which 95 % of peaks of these lengths make a bin positive; 0 if none.

    In the worst place, a peak lies half in one bin and half in the next.
    """
    enough = -(-int(np.percentile(lengths, 5)) // 2)  # bases of the peak in one of the bins, at least
    for size in range(rule.bin - 1, SMALLEST - 1, -1):
        even = (rule.window - size) % 2 == 0
        if even and size % 5 == 0 and int(rule.fraction * size + 1e-9) + 1 <= enough:
            return size
    return 0


def read_on(path: str | Path, grid: Grid, min_signal: float | None = None) -> Peaks:
    """Read the intervals of a file on a grid's contigs, and log those that are left out or cut."""
    peaks = read_peaks(path, grid.contigs, min_signal)
    reasons = []
    if peaks.skipped:
        contigs = listed([f"{contig} ({count:,})" for contig, count in peaks.skipped.items()])
        reasons.append(f"{sum(peaks.skipped.values()):,} on contigs that the genome does not have left out: {contigs}")
    if peaks.outside:
        reasons.append(f"{peaks.outside:,} that begin beyond the end of their contig left out")
    if peaks.clipped:
        reasons.append(f"{peaks.clipped:,} cut at the end of their contig")
    if reasons:
        log.warning("%s: of %s intervals, %s", path, f"{peaks.total:,}", "; ".join(reasons))
    return peaks
