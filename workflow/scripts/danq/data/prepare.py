"""Prepares packed windows from a genome and peak files, as DeepSEA does (Zhou & Troyanskaya 2015).

The genome is divided into bins. A bin is positive for each target whose peaks cover more than half
of it. The chosen bins are kept, and each becomes a window centred on its bin.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from ..errors import UserError
from . import onehot
from .account import Account
from .background import BACKGROUND, background
from .genome import Genome
from .genome_copy import SUFFIX
from .grid import Grid
from .labels import Labels, grid_of, label, read_on, smaller_bin
from .rule import Rule, check_negatives
from .scarcity import between_bins, findings
from .split import BORDER, NOWHERE, SPLITS, Split
from .targets import Target
from .windows import BLOCK, blocks, writing

log = logging.getLogger(__name__)


def kept_bins(
    labels: Labels, targets: Sequence[Target], rule: Rule, account: Account, blacklisted: np.ndarray
) -> np.ndarray:
    """Sorted numbers of the bins that become windows, before the split and before unknown bases are looked for.

    blacklisted : numbers of the bins on the blacklist
    """
    grid, keep = labels.grid, rule.keep
    mask = np.zeros(len(grid), bool)
    if keep == "all":
        mask = grid.whole.copy()
    elif keep.startswith("bed:"):
        mask[grid.positive(read_on(keep.removeprefix("bed:"), grid, aliases=rule.aliases), 0.5, "union")] = True
    else:
        assay = keep.removeprefix("assay:") if keep.startswith("assay:") else None
        chosen = [t.index - 1 for t in targets if assay in (None, t.assay)]
        if not chosen:
            known = ", ".join(sorted({target.assay for target in targets}))
            raise UserError(f"windows.keep: no target has the assay {assay!r}; the sheet has {known}")
        for target in chosen:
            mask[labels.bins[target]] = True
    bins = np.flatnonzero(mask)
    mask[blacklisted] = False
    bins = account.drop(bins, mask[bins], "blacklist")
    if rule.off_contig == "drop":
        contig, start = grid.locate(bins)
        inside = (start >= rule.flank) & (start + grid.bin + rule.flank <= grid.lengths[contig])
        bins = account.drop(bins, inside, "off_contig")
    return bins


def prepare(
    genome: Genome,
    targets: Sequence[Target],
    peak_files: Sequence[str | Path],
    rule: Rule,
    output: str | Path,
    *,
    assembly: str = "",
    processes: int = 1,
    min_signals: Sequence[float | None] | None = None,
    seed: int = 0,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write train.h5, valid.h5 and test.h5 into `output`, and return the table of targets and the account of bins.

    With `rule.matched`, the genome is a `MaskedGenome`, background windows are added, chosen by the seed, and their
    table is written to background.tsv; see `background`.

    The first table has one row per target and split: windows, positives, prevalence, peaks, those that make no bin
    positive or were left out by reason, and the share of the genome that the peaks cover. The second has one row per
    contig (`account.ACCOUNT`). What is too little is logged. Raises UserError if no bin, or no window of a split, is
    left.

    min_signals : the signal threshold of each target, if it is not that of the rule
    """
    check_negatives(rule.keep, targets)
    grid = grid_of(genome.contigs, peak_files, rule, processes, min_signals)
    split = Split(rule.split, grid)
    labels = label(grid, peak_files, rule, processes, min_signals)
    account = Account(grid)
    blacklisted = (
        grid.touched(read_on(rule.blacklist, grid, aliases=rule.aliases)) if rule.blacklist else np.zeros(0, np.int64)
    )
    bins = kept_bins(labels, targets, rule, account, blacklisted)
    if not len(bins):
        raise UserError(f"windows.keep {rule.keep!r} keeps no bin; check the peaks, or keep more bins")
    part = split.assign(bins, rule.flank)
    bins, part = account.drop(bins, part != NOWHERE, "in_no_split"), part[part != NOWHERE]
    bins, part = account.drop(bins, part != BORDER, "split_border"), part[part != BORDER]
    if rule.unknown_bases == "drop":
        known = _known_sequence(genome, grid, bins, rule)
        bins, part = account.drop(bins, known, "unknown_bases"), part[known]
    made_by = {"rule": rule.record(), "genome": genome.path.name.removesuffix(SUFFIX), "genome_size": genome.size}
    account.keep(bins, part)
    log.info("bins of %d bp: %s", rule.bin, account)
    for code, name in enumerate(SPLITS):
        if not (part == code).any():
            raise UserError(
                f"split.{name}: no window is left in {', '.join(rule.split[name])}; choose other contigs or regions"
            )
    background_table = None
    if rule.matched:
        free = grid.whole.copy()
        free[blacklisted] = False
        *added, background_table = background(genome, labels, free, split, rule, (bins, part), seed)
        account.keep(*added)
        bins, part = (np.concatenate(pair) for pair in zip((bins, part), added, strict=True))
        order = np.argsort(bins)
        bins, part = bins[order], part[order]
        made_by["background"] = {"per_window": rule.matched, "seed": seed}
    tables = []
    for code, name in enumerate(SPLITS):
        chosen = bins[part == code]
        positives = _write(
            Path(output) / f"{name}.h5", genome, labels, chosen, targets, rule, assembly, {**made_by, "split": name}
        )
        tables.append(_table(name, targets, labels, positives, len(chosen), genome.size))
        log.info("%s: %s windows", name, f"{len(chosen):,}")
    if background_table is not None:
        BACKGROUND.write(background_table, Path(output) / "background.tsv")
    table = pd.concat(tables, ignore_index=True)
    between = [len(lengths) for lengths in labels.between]
    suggested = smaller_bin(np.concatenate(labels.between), rule) if any(between) and not rule.resize else 0
    named = [target.title for target in targets]
    for sentence in findings(table) + between_bins(named, labels.peaks.tolist(), between, suggested):
        log.warning("%s", sentence)
    table = table.sort_values(["index", "split"], key=lambda c: c.map(SPLITS.index) if c.name == "split" else c)
    return table, account.table()


def _by_contig(grid: Grid, bins: np.ndarray, rule: Rule):
    """Yield for each contig with bins: rank, name, slice of its rows, and starts of its windows in bp."""
    contig, start = grid.locate(bins)
    edges = np.searchsorted(contig, np.arange(len(grid.contigs) + 1))
    for rank, name in enumerate(grid.contigs):
        rows = slice(int(edges[rank]), int(edges[rank + 1]))
        if rows.stop > rows.start:
            yield rank, name, rows, start[rows] - rule.flank


def _known_sequence(genome: Genome, grid: Grid, bins: np.ndarray, rule: Rule) -> np.ndarray:
    """Whether all bases of the window that are on the contig are known; bool (bins,)."""
    known = np.empty(len(bins), bool)
    for _, name, rows, starts in _by_contig(grid, bins, rule):
        unknown = np.flatnonzero(genome.nibbles(name) == 0)
        known[rows] = np.searchsorted(unknown, starts) == np.searchsorted(unknown, starts + rule.window)
    return known


def _write(path, genome, labels: Labels, bins, targets, rule: Rule, assembly, made_by) -> np.ndarray:
    """Write the windows of one split and return the number of positives of each target, int64 (T,)."""
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
            "peaks_between_bins": [len(lengths) for lengths in labels.between],
            "genome_coverage": labels.covered / genome_size,
            **labels.unused.to_dict("list"),
        }
    )
