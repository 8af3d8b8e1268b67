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
from .summits import around, resized
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


def label(
    grid: Grid,
    peak_files: Sequence[str | Path],
    rule: Rule,
    processes: int = 1,
    min_signals: Sequence[float | None] | None = None,
) -> Labels:
    """Read the peaks of every target and find its positive bins.

    min_signals : the signal threshold of each target, if it is not that of the rule
    """
    read = partial(_label_one, grid, rule)
    near = np.zeros(len(grid), bool) if rule.matched else None
    found = []
    with parallel(processes) as mapped:
        work = mapped(read, _with_thresholds(peak_files, rule, min_signals))
        for touched, *of_target in tqdm(work, "reading peaks", len(peak_files), unit=" files", disable=None):
            found.append(of_target)
            if near is not None:
                near[touched] = True
    bins, covered, counts, between, unused = zip(*found, strict=True)
    table = pd.DataFrame(unused, columns=list(UNUSED))
    return Labels(grid, list(bins), np.array(covered), np.array(counts), list(between), table, near)


def _with_thresholds(peak_files, rule: Rule, min_signals) -> list[tuple[str | Path, float | None]]:
    """Each peak file with its signal threshold."""
    return list(zip(peak_files, min_signals or [rule.min_signal] * len(peak_files), strict=True))


def _label_one(grid: Grid, rule: Rule, given: tuple[str | Path, float | None]) -> tuple:
    """The bins whose windows touch a peak (None unless `rule.matched`), and the values of `Labels` for one target."""
    path, min_signal = given
    peaks = read_on(path, grid, min_signal, rule.aliases, rule.resize is not None)
    touched = _touched(grid, rule, path, peaks) if rule.matched else None
    if rule.resize:
        peaks = resized(peaks, grid.bin, grid.lengths)
    _check_lost(path, peaks, rule)
    bins = grid.positive(peaks, rule.fraction, rule.of)
    start, end = merged(grid.line(peaks.contig, peaks.start), grid.line(peaks.contig, peaks.end))
    between = ~grid.holds(bins, peaks)
    unused = (sum(peaks.skipped.values()), peaks.outside, peaks.weak, peaks.clipped)
    return touched, bins, int((end - start).sum()), len(peaks), (peaks.end - peaks.start)[between], unused


def _touched(grid: Grid, rule: Rule, path: str | Path, peaks: Peaks) -> np.ndarray:
    """Bins whose windows touch a peak, also one below the threshold: it may be weak, but it is no background."""
    if peaks.weak and peaks.kind != "bedGraph":  # most stretches of a bedGraph are no weak peaks
        peaks = read_peaks(path, grid.contigs, aliases=rule.aliases)
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


def grid_of(
    contigs: dict[str, int],
    peak_files: Sequence[str | Path],
    rule: Rule,
    processes: int = 1,
    min_signals: Sequence[float | None] | None = None,
) -> Grid:
    """The bins of a genome (contigs: name to length in bp), on a grid or around the summits of all targets."""
    grid = Grid(contigs, rule.bin)
    if not rule.resize:
        return grid
    with parallel(processes) as mapped:
        work = mapped(partial(_summits, contigs, rule), _with_thresholds(peak_files, rule, min_signals))
        summits = list(tqdm(work, "reading summits", len(peak_files), unit=" files", disable=None))
    return around(summits, grid, rule.background)


def _summits(contigs: dict[str, int], rule: Rule, given: tuple[str | Path, float | None]) -> tuple:
    """Contig ranks and positions of the summits of a file."""
    path, min_signal = given
    peaks = read_peaks(path, contigs, min_signal, rule.aliases, summits=True)
    return peaks.contig, peaks.summit


def read_on(
    path: str | Path,
    grid: Grid,
    min_signal: float | None = None,
    aliases: str | Path | None = None,
    summits: bool = False,
) -> Peaks:
    """Read the intervals of a file on a grid's contigs, and log those that are left out, cut or joined."""
    peaks = read_peaks(path, grid.contigs, min_signal, aliases, summits)
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
    if peaks.renamed:
        named = listed([f"{name} ({other})" for name, other in peaks.renamed.items()])
        log.info("%s: contigs with another name in the genome: %s", path, named)
    if peaks.joined:
        log.info(
            "%s: %s of %s stretches reach %g; they are %s peaks",
            path,
            *(f"{number:,}" for number in (len(peaks) + peaks.joined, peaks.total)),
            min_signal,
            f"{len(peaks):,}",
        )
    return peaks
