"""From a genome and peak files to packed windows: the DeepSEA way (Zhou & Troyanskaya 2015).

The genome is cut into bins, a bin is positive for the targets whose peaks cover more than half of
it, chosen bins are kept, and each becomes a window centred on its bin.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from . import onehot
from .bins import Grid, merged
from .errors import UserError
from .genome import Genome
from .peaks import Peaks, read_peaks
from .split import REST, SPLITS, Split
from .targets import Target
from .windows import BLOCK, blocks, writing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Rule:
    """How bins become windows.

    bin, window : bp; the window is centred on its bin
    fraction, of : a bin is positive when more than `fraction` of it lies in one "peak" or in the "union"
    keep : "any" (positive for a target), "all", "assay:NAME" (positive for a target of the assay) or
        "bed:FILE" (covered for more than half by the file's intervals)
    min_signal : peaks below this signalValue are not read
    blacklist : BED file; bins that touch one of its intervals are dropped
    unknown_bases : "drop" windows that hold a base other than A, C, G, T, or "keep" them
    off_contig : "drop" windows that leave their contig, or "pad" them with unknown bases
    split : contigs and regions of each part; "rest" for the training part
    """

    bin: int = 200
    window: int = 1000
    fraction: float = 0.5
    of: str = "peak"
    keep: str = "any"
    min_signal: float | None = None
    blacklist: str | None = None
    unknown_bases: str = "drop"
    off_contig: str = "drop"
    split: dict[str, Sequence[str]] = field(default_factory=lambda: {"train": [REST], "valid": [], "test": []})

    def __post_init__(self):
        if self.bin < 1:
            raise UserError(f"windows.bin must be at least 1 bp, not {self.bin}")
        if not 0 <= self.fraction < 1:
            raise UserError(f"windows.overlap_fraction must be at least 0 and below 1, not {self.fraction:g}")
        if self.keep not in ("any", "all") and not self.keep.startswith(("assay:", "bed:")):
            raise UserError(f"windows.keep {self.keep!r} is unknown; choose any, all, assay:NAME or bed:FILE")
        if self.window < self.bin:
            raise UserError(
                f"windows.window ({self.window} bp) is smaller than windows.bin ({self.bin} bp); enlarge it"
            )
        if (self.window - self.bin) % 2:
            raise UserError(
                f"windows.window - windows.bin ({self.window} - {self.bin} bp) must be even; half of it is on each side"
            )

    @property
    def flank(self) -> int:
        """What a window adds to either side of its bin, in bp."""
        return (self.window - self.bin) // 2


@dataclass
class Labels:
    """Positive bins of every target, and how much of the genome the peaks cover."""

    grid: Grid
    bins: list[np.ndarray]  # for each target, sorted int32
    covered: np.ndarray  # bp in the union of each target's peaks
    peaks: np.ndarray  # peaks read for each target


def label(grid: Grid, peak_files: Sequence[str | Path], rule: Rule, processes: int = 1) -> Labels:
    """Read every target's peaks and find its positive bins."""
    read = partial(_label_one, grid, rule)
    with ProcessPoolExecutor(max(1, processes)) as pool:
        work = pool.map(read, peak_files, chunksize=4) if processes > 1 else map(read, peak_files)
        bins, covered, counts = zip(
            *tqdm(work, "reading peaks", len(peak_files), unit=" files", disable=None), strict=True
        )
    return Labels(grid, list(bins), np.array(covered), np.array(counts))


def _label_one(grid: Grid, rule: Rule, path: str | Path) -> tuple[np.ndarray, int, int]:
    peaks = _read(path, grid, rule.min_signal)
    start, end = merged(grid.line(peaks.contig, peaks.start), grid.line(peaks.contig, peaks.end))
    return grid.positive(peaks, rule.fraction, rule.of), int((end - start).sum()), len(peaks)


def kept_bins(labels: Labels, targets: Sequence[Target], rule: Rule) -> np.ndarray:
    """Sorted numbers of the bins that become windows, before looking at the sequence."""
    grid, keep = labels.grid, rule.keep
    mask = np.zeros(len(grid), bool)
    if keep == "all":
        mask = grid.whole.copy()
    elif keep.startswith("bed:"):
        mask[grid.positive(_read(keep.removeprefix("bed:"), grid), 0.5, "union")] = True
    else:
        assay = keep.removeprefix("assay:") if keep.startswith("assay:") else None
        chosen = [t.index - 1 for t in targets if assay in (None, t.assay)]
        if not chosen:
            known = ", ".join(sorted({target.assay for target in targets}))
            raise UserError(f"windows.keep: no target has the assay {assay!r}; the sheet has {known}")
        for target in chosen:
            mask[labels.bins[target]] = True
    if rule.blacklist:
        mask[grid.touched(_read(rule.blacklist, grid))] = False
    bins = np.flatnonzero(mask)
    if rule.off_contig == "drop":
        contig, start = grid.locate(bins)
        bins = bins[(start >= rule.flank) & (start + grid.bin + rule.flank <= grid.lengths[contig])]
    return bins


def _read(path: str | Path, grid: Grid, min_signal: float | None = None) -> Peaks:
    peaks = read_peaks(path, grid.contigs, min_signal)
    for contig, count in peaks.skipped.items():
        log.warning("%s: %d intervals on %s skipped, which the genome does not have", path, count, contig)
    return peaks


def prepare(
    genome: Genome,
    targets: Sequence[Target],
    peak_files: Sequence[str | Path],
    rule: Rule,
    output: str | Path,
    *,
    assembly: str = "",
    processes: int = 1,
) -> pd.DataFrame:
    """Write train.h5, valid.h5 and test.h5 into `output`, and return the table of targets.

    The table has a row per target and split: windows, positives, prevalence, peaks and the share
    of the genome that the peaks cover.
    """
    grid = Grid(genome.contigs, rule.bin)
    split = Split(rule.split, grid)
    labels = label(grid, peak_files, rule, processes)
    bins = kept_bins(labels, targets, rule)
    log.info("%s bins of %d bp, %s kept", f"{len(grid):,}", rule.bin, f"{len(bins):,}")
    if not len(bins):
        raise UserError(f"windows.keep {rule.keep!r} keeps no bin; check the peaks, or keep more bins")
    part = split.assign(bins, rule.flank)
    bins, part = bins[part >= 0], part[part >= 0]
    if rule.unknown_bases == "drop":
        known = _known_sequence(genome, grid, bins, rule)
        log.info("%s windows with unknown bases dropped", f"{(~known).sum():,}")
        bins, part = bins[known], part[known]
    for code, name in enumerate(SPLITS):
        if not (part == code).any():
            raise UserError(
                f"split.{name}: no window is left in {', '.join(rule.split[name])}; choose other contigs or regions"
            )
    made_by = {"rule": asdict(rule), "genome": genome.path.name, "genome_size": genome.size}
    tables = []
    for code, name in enumerate(SPLITS):
        chosen = bins[part == code]
        positives = _write(
            Path(output) / f"{name}.h5", genome, labels, chosen, targets, rule, assembly, {**made_by, "split": name}
        )
        tables.append(_table(name, targets, labels, positives, len(chosen), genome.size))
        log.info("%s: %s windows", name, f"{len(chosen):,}")
    table = pd.concat(tables, ignore_index=True)
    for row in table[(table["split"] == "train") & (table["positives"] == 0)].itertuples():
        log.warning(
            "target %d (%s) has no positive training window: nothing can be learned for it", row.index, row.name
        )
    return table.sort_values(["index", "split"], key=lambda c: c.map(SPLITS.index) if c.name == "split" else c)


def _by_contig(grid: Grid, bins: np.ndarray, rule: Rule):
    """For each contig with bins: its name and rank, where its rows lie, and the windows' starts."""
    contig, start = grid.locate(bins)
    edges = np.searchsorted(contig, np.arange(len(grid.contigs) + 1))
    for rank, name in enumerate(grid.contigs):
        rows = slice(int(edges[rank]), int(edges[rank + 1]))
        if rows.stop > rows.start:
            yield rank, name, rows, start[rows] - rule.flank


def _known_sequence(genome: Genome, grid: Grid, bins: np.ndarray, rule: Rule) -> np.ndarray:
    """bool (bins,): whether all bases of the window, as far as they are on the contig, are known."""
    known = np.empty(len(bins), bool)
    for _, name, rows, starts in _by_contig(grid, bins, rule):
        unknown = np.flatnonzero(genome.nibbles(name) == 0)
        known[rows] = np.searchsorted(unknown, starts) == np.searchsorted(unknown, starts + rule.window)
    return known


def _write(path, genome, labels: Labels, bins, targets, rule: Rule, assembly, made_by) -> np.ndarray:
    """Write one split's windows and return each target's positives, int64 (T,)."""
    positives = np.zeros(len(targets), np.int64)
    progress = tqdm(desc=f"writing {path.name}", total=len(bins), unit=" windows", disable=None)
    with (
        progress,
        writing(
            path,
            len(bins),
            rule.window,
            targets,
            bin=rule.bin,
            contigs=genome.contigs,
            assembly=assembly,
            made_by=made_by,
        ) as writer,
    ):
        for rank, name, rows, starts in _by_contig(labels.grid, bins, rule):
            cut = onehot.Cutter(genome.nibbles(name), rule.window)
            for block in blocks(rows.stop - rows.start, BLOCK):
                chosen = bins[rows][block]
                packed = _label_rows(labels.bins, chosen, positives)
                writer.append(cut(starts[block]), packed, rank, starts[block])
                progress.update(len(chosen))
    return positives


def _label_rows(positive_bins: list[np.ndarray], chosen: np.ndarray, positives: np.ndarray) -> np.ndarray:
    """Packed labels (n, ceil(T/8)) of the sorted bins `chosen`; adds to `positives` (T,)."""
    packed = np.zeros((len(chosen), -(-len(positive_bins) // 8)), np.uint8)
    row_of = np.full(int(chosen[-1] - chosen[0]) + 1, -1, np.int32)
    row_of[chosen - chosen[0]] = np.arange(len(chosen))
    for target, bins in enumerate(positive_bins):
        first, stop = np.searchsorted(bins, [chosen[0], chosen[-1] + 1])
        rows = row_of[bins[first:stop] - chosen[0]]
        rows = rows[rows >= 0]
        packed[rows, target // 8] |= np.uint8(128 >> target % 8)
        positives[target] += len(rows)
    return packed


def _table(split, targets, labels: Labels, positives, windows: int, genome_size: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "index": [target.index for target in targets],
            "name": [target.name for target in targets],
            "assay": [target.assay for target in targets],
            "cell": [target.cell for target in targets],
            "treatment": [target.treatment for target in targets],
            "split": split,
            "windows": windows,
            "positives": positives,
            "prevalence": positives / windows,
            "peaks": labels.peaks,
            "genome_coverage": labels.covered / genome_size,
        }
    )
