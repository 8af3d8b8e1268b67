"""Background windows for `windows.keep: any+matched:N`: places without a peak, of the composition of the kept windows.

Bins with a peak of any target are a biased background for one or few targets: their share of G and C is not the
genome's, and a model can answer by it. As in gkm-SVM's `genNullSeqs` (Ghandi et al. 2014), background windows are
drawn from the genome with the GC and repeat content of the kept windows, both within a cell of 2 %
(`composition_match`), and in each part of the split for itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from tqdm import tqdm

from ..errors import UserError
from ..tables import Table
from .composition_match import CELLS, MaskedGenome, by_contig, cells, draw
from .labels import Labels
from .rule import Rule
from .split import SPLITS, Split

log = logging.getLogger(__name__)
BLOCK = 1 << 20  # bins whose composition is in memory at a time
FEW = 0.9  # share of the wanted background windows below which a warning says so
FEATURES = ("gc", "repeats")
BACKGROUND = Table(
    "table of background windows",
    (
        *("split", "kept", "wanted", "matched", "no_candidate", "used_up", "candidates"),
        *(f"{feature}_{of}" for feature in FEATURES for of in ("kept", "background", "distance", "unmatched_distance")),
    ),
    words=("split",),
)


@dataclass
class _Candidates:
    """Bins that may become background windows, of one part: number, cell, and numbers of G and C and of lower case."""

    bins: np.ndarray
    cell: np.ndarray
    counts: np.ndarray  # int32 (n, 2)
    key: np.ndarray  # random; of a cell, those with the lowest keys are kept

    def joined(self, other: _Candidates, most: np.ndarray) -> _Candidates:
        """Both together; of each cell, at most as many as `most` (cells,) says."""
        names = ("bins", "cell", "counts", "key")
        both = _Candidates(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in names))
        order = np.lexsort((both.key, both.cell))
        cell = both.cell[order]
        order = order[np.arange(len(cell)) - np.searchsorted(cell, cell) < most[cell]]
        return _Candidates(*(getattr(both, name)[order] for name in names))


def background(
    genome: MaskedGenome,
    labels: Labels,
    free: np.ndarray,
    split: Split,
    rule: Rule,
    kept: tuple[np.ndarray, np.ndarray],
    seed: int,
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Choose `rule.matched` background bins for each kept bin, on average.

    A background window is on its contig, has no unknown base, touches no peak of any target (those below
    `rule.min_signal` included), and has the GC and repeat cell of a kept window of the same part; no bin is chosen
    twice. The choice among the candidates is random and follows from the seed.

    free : bool (bins of the grid,), whether a bin may be chosen apart from that
    kept : sorted bins int64 (n,) that become windows, and the part int8 (n,) of each

    Returns sorted bins int64 (m,), the part int8 (m,) of each, and a table with a row per part, columns of
    `BACKGROUND`: a background window that could not be found counts as `no_candidate` if no place has the cell of its
    kept window, and as `used_up` if all that have it are taken; the distance of two distributions is the largest
    difference of their cumulative shares (Kolmogorov-Smirnov), and the unmatched one is that of all candidates.
    Raises UserError if a part has none.
    """
    wanted, ours = _wanted(genome, labels, rule, kept, seed)
    most = [np.bincount(cell, minlength=CELLS**2) for cell in wanted]
    none = np.zeros(0, np.int64)
    found = [_Candidates(none, none, np.zeros((0, 2), np.int32), np.zeros(0)) for _ in SPLITS]
    theirs = np.zeros_like(ours)
    for code, more in _candidates(genome, labels, free, split, rule, seed):
        _count(theirs[code], more.counts, rule.window)
        found[code] = found[code].joined(more, most[code])
    if not theirs[:, 1, 1:].any():
        log.warning("the genome has no lower-case letters, which mark repeats; only the GC content is matched")
    chosen, rows = [], []
    for code, name in enumerate(SPLITS):
        picked, _, missing = draw(wanted[code], found[code].cell, 1, seed)
        if not len(picked):
            few = f"{int((kept[1] == code).sum()):,} windows with a target are too few for it; use a larger number"
            none = (
                "no place without a peak has the GC and repeat content of a window with a target; add contigs to it, "
                "or use windows.keep: all"
            )
            why = none if len(wanted[code]) else few
            raise UserError(f"windows.keep {rule.keep!r}: split.{name} gets no background window, because {why}")
        chosen.append(found[code].bins[picked])
        empty = int((~np.isin(wanted[code], found[code].cell)).sum())
        mine = np.zeros_like(ours[code])
        _count(mine, found[code].counts[picked], rule.window)
        counts = (int((kept[1] == code).sum()), len(wanted[code]), len(picked), empty, missing - empty)
        row = dict(zip(BACKGROUND.columns, (name, *counts, int(theirs[code, 0].sum())), strict=False))
        rows.append(row | _compared(ours[code], mine, theirs[code]))
        _log(rows[-1], rule)
    bins, part = np.concatenate(chosen), np.repeat(np.arange(3, dtype=np.int8), list(map(len, chosen)))
    order = np.argsort(bins)
    return bins[order], part[order], pd.DataFrame(rows)


def _wanted(genome, labels: Labels, rule: Rule, kept, seed: int) -> tuple[list[np.ndarray], np.ndarray]:
    """For each part, the cells of the background windows to find; and the histograms (3, 2, L + 1) of kept windows."""
    bins, part = kept
    contig, start = labels.grid.locate(bins)
    start -= rule.flank
    cell, counts = np.empty(len(bins), np.int64), np.empty((len(bins), 2), np.int64)
    for name, rows in by_contig(contig, list(genome.contigs)):
        found = genome.composition(name, start[rows], rule.window)
        on_contig = np.minimum(start[rows] + rule.window, genome.contigs[name]) - np.maximum(start[rows], 0)
        known = np.maximum(on_contig - found[:, 2], 1)
        lower = np.minimum(found[:, 1], known)
        cell[rows] = cells(found[:, 0], lower, known)
        counts[rows] = np.stack([found[:, 0], lower], axis=1) * rule.window // known[:, None]
    wanted, histograms = [], np.zeros((len(SPLITS), len(FEATURES), rule.window + 1), np.int64)
    for code in range(len(SPLITS)):
        mine = np.flatnonzero(part == code)
        _count(histograms[code], counts[mine], rule.window)
        number = np.diff(np.floor(np.arange(len(mine) + 1) * rule.matched + 1e-9).astype(np.int64))
        wanted.append(cell[np.repeat(np.random.default_rng((seed, code)).permutation(mine), number)])
    return wanted, histograms


def _candidates(genome, labels: Labels, free, split: Split, rule: Rule, seed: int) -> Iterator[tuple[int, _Candidates]]:
    """Part and candidates of consecutive pieces of the genome."""
    grid, draws = labels.grid, np.random.default_rng((seed, len(SPLITS)))
    with tqdm(desc="reading the background", total=len(grid), unit=" bins", disable=None) as progress:
        for rank, name in enumerate(genome.contigs):
            for first in range(int(grid.first_bin[rank]), int(grid.first_bin[rank + 1]), BLOCK):
                stop = min(first + BLOCK, int(grid.first_bin[rank + 1]))
                bins = first + np.flatnonzero(free[first:stop] & ~labels.near[first:stop])
                start = grid.locate(bins)[1] - rule.flank
                part = split.assign(bins, rule.flank)
                use = (part >= 0) & (start >= 0) & (start + rule.window <= genome.contigs[name])
                bins, start, part = bins[use], start[use], part[use]
                counts = genome.composition(name, start, rule.window)
                known = counts[:, 2] == 0
                bins, part, counts = bins[known], part[known], counts[known, :2].astype(np.int32)
                cell = cells(counts[:, 0].astype(np.int64), counts[:, 1].astype(np.int64), rule.window)
                key = draws.random(len(bins))
                for code in range(len(SPLITS)):
                    mine = part == code
                    if mine.any():
                        yield code, _Candidates(bins[mine], cell[mine], counts[mine], key[mine])
                progress.update(stop - first)


def _count(histograms: np.ndarray, counts: np.ndarray, window: int) -> None:
    """Add windows with these numbers of G and C and of lower-case letters (n, 2) to histograms (2, L + 1)."""
    for column in range(len(FEATURES)):
        histograms[column] += np.bincount(counts[:, column], minlength=window + 1)


def _compared(kept: np.ndarray, chosen: np.ndarray, candidates: np.ndarray) -> dict[str, float]:
    """Means and distances of the compositions, from histograms (2, L + 1)."""
    found = {}
    share = np.arange(kept.shape[1]) / (kept.shape[1] - 1)
    for column, feature in enumerate(FEATURES):
        of = [one[column] / one[column].sum() for one in (kept, chosen, candidates)]
        distances = [float(np.abs(np.cumsum(of[0] - other)).max()) for other in of[1:]]
        values = (float(of[0] @ share), float(of[1] @ share), *distances)
        names = ("kept", "background", "distance", "unmatched_distance")
        found |= {f"{feature}_{name}": value for name, value in zip(names, values, strict=True)}
    return found


def _log(row: dict, rule: Rule) -> None:
    level = logging.WARNING if row["matched"] < FEW * row["wanted"] else logging.INFO
    log.log(
        level,
        "%s: %s of %s background windows found (%s without a candidate of their composition, %s whose candidates were "
        "used up); distance of the distributions of GC %.3f (all candidates: %.3f), of repeats %.3f (%.3f)%s",
        row["split"],
        *(f"{row[name]:,}" for name in ("matched", "wanted", "no_candidate", "used_up")),
        *(row[f"{feature}_{name}"] for feature in FEATURES for name in ("distance", "unmatched_distance")),
        f"; {_remedy(row, rule)}" if level == logging.WARNING else "",
    )


def _remedy(row: dict, rule: Rule) -> str:
    """What to do about many windows without background."""
    if row["used_up"] >= row["no_candidate"]:
        return f"ask for fewer than any+matched:{rule.matched:g}"
    return "leave out targets whose composition no place without a peak has, or use windows.keep: all"
