"""Negatives that are made for positives: shuffled sequences, or places of a genome of the same composition."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..data import dinucleotide, onehot
from ..data.composition_match import CELLS, MaskedGenome, by_contig, cells, draw
from ..data.contig_names import genome_name
from ..data.grid import Grid
from ..data.labels import read_on
from ..data.peaks import Peaks
from ..data.split import REST, SPLITS
from .collection import Collection
from .parts import regions_of

log = logging.getLogger(__name__)
ROWS = 1 << 10  # sequences shuffled at a time


@dataclass(frozen=True)
class Negatives:
    """Windows that are negative for all targets.

    packed : uint8 (m, ceil(L/2)), a memory map
    source : int64 (m,), the record that each was made for
    contig, start : int64 (m,), number among the contigs of the genome and first base; None for shuffled sequences
    missing : number of negatives that could not be made
    """

    packed: np.ndarray
    source: np.ndarray
    contig: np.ndarray | None = None
    start: np.ndarray | None = None
    missing: int = 0


def numbers(n: int, per_positive: float) -> np.ndarray:
    """How many negatives each of n positives gets, int64 (n,): `per_positive` on average."""
    return np.diff(np.floor(np.arange(n + 1) * per_positive + 1e-9).astype(np.int64))


def shuffle(records: Collection, positives: np.ndarray, scratch: str | Path) -> Negatives:
    """Shuffle the positives (rows, int64 (p,)) with their counts of dinucleotides; see `dinucleotide`."""
    source = np.repeat(positives, numbers(len(positives), records.rule.per_positive))
    packed, draws = _map(scratch, len(source), records), np.random.default_rng(records.rule.seed)
    with tqdm(desc="shuffling", total=len(source), unit=" sequences", disable=None) as progress:
        for first in range(0, len(source), ROWS):
            rows = source[first : first + ROWS]
            packed[first : first + ROWS] = dinucleotide.shuffle(records.packed[rows], records.length, draws)
            progress.update(len(rows))
    return Negatives(packed, source)


def from_genome(
    records: Collection, positives: np.ndarray, part: np.ndarray, genome: MaskedGenome, scratch: str | Path
) -> Negatives:
    """Choose tiles of the genome with the GC and repeat content of the positives (rows, int64 (p,)).

    The genome is cut into tiles of one window. Those with an unknown base, and those that touch the place of a record
    or an interval of `rule.exclude`, are not used, and no tile is used twice. Where regions split the records, they
    split the tiles, too.

    part : int8 (n,), part of each record
    """
    rule, grid = records.rule, Grid(genome.contigs, records.length)
    free = grid.whole.copy()
    free[grid.touched(_places(records, grid))] = False
    if rule.exclude:
        free[grid.touched(read_on(rule.exclude, grid))] = False
    code = _parts_of_tiles(records, grid)
    tiles = np.flatnonzero(free & (code >= 0))
    contig, start = grid.locate(tiles)
    counts = np.empty((len(tiles), 3), np.int64)
    for name, rows in by_contig(contig, list(genome.contigs)):
        counts[rows] = genome.composition(name, start[rows], records.length)
    known = counts[:, 2] == 0
    tiles, contig, start, counts = tiles[known], contig[known], start[known], counts[known]
    lower = records.lower[positives], counts[:, 1]
    if not (lower[0].any() and lower[1].any()):
        what = "genome" if lower[0].any() else "positives"
        log.warning("the %s have no lower-case letters, which mark repeats; only the GC content is matched", what)
        lower = tuple(np.zeros_like(one) for one in lower)
    listed = [SPLITS.index(name) for name, chosen in rule.split.items() if not isinstance(chosen, float)]
    where = np.where(np.isin(part[positives], listed) & (rule.by == "contig"), part[positives], 0)
    size = np.minimum(records.sizes[positives], records.length)
    wanted = where.astype(np.int64) * CELLS**2 + cells(records.gc[positives], lower[0], size)
    candidates = code[tiles] * CELLS**2 + cells(counts[:, 0], lower[1], records.length)
    chosen, source, missing = draw(wanted, candidates, rule.per_positive, rule.seed)
    order = np.argsort(tiles[chosen], kind="stable")
    chosen, source = chosen[order], source[order]
    packed = _map(scratch, len(chosen), records)
    for name, rows in by_contig(contig[chosen], list(genome.contigs)):
        packed[rows] = onehot.Cutter(genome.nibbles(name), records.length)(start[chosen][rows])
    return Negatives(packed, positives[source], contig[chosen], start[chosen], missing)


def _places(records: Collection, grid: Grid) -> Peaks:
    """The places of the records on the genome."""
    ranks = {name: i for i, name in enumerate(grid.contigs)}
    names = [genome_name(name, ranks) for name in records.contigs]
    rank = np.array([-1 if name is None else ranks[name] for name in names] + [-1], np.int32)[records.contig]
    there = rank >= 0
    start = np.maximum(records.start[there], 0)
    end = np.minimum(records.start[there] + records.length, grid.lengths[rank[there]])
    inside = start < end
    return Peaks(rank[there][inside], start[inside], end[inside], {})


def _parts_of_tiles(records: Collection, grid: Grid) -> np.ndarray:
    """The part int64 (tiles,) whose records a tile may be drawn for: 0 train and fractions, 1 valid, 2 test, or -1."""
    rule = records.rule
    if rule.by != "contig":
        return np.zeros(len(grid), np.int64)
    contig, start = grid.locate(np.arange(len(grid)))
    code = np.full(len(grid), 0 if list(rule.split["train"]) == [REST] else -1)
    lists = {name: chosen for name, chosen in rule.split.items() if not isinstance(chosen, float)}
    for name in SPLITS:
        for rank, first, stop in regions_of([one for one in lists.get(name, []) if one != REST], list(grid.contigs)):
            touches = (contig == rank) & (start < stop) & (start + grid.bin > first)
            inside = touches & (start >= first) & (start + grid.bin <= stop)
            code[touches] = np.where(inside[touches], SPLITS.index(name), -1)
    return code


def _map(scratch: str | Path, n: int, records: Collection) -> np.ndarray:
    shape = (n, onehot.packed_width(records.length))
    return np.memmap(Path(scratch, "negatives"), np.uint8, "w+", shape=shape) if n else np.empty(shape, np.uint8)
