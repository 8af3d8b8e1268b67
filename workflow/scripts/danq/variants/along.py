"""Effects of variants along the genome: the points of a Manhattan plot, thinned so that memory stays flat.

Manhattan plots are those of genome-wide association studies: contigs side by side, a point per variant.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .results import Results

TOP = 2000  # points that are never left out
COLUMNS, LEVELS = 1200, 250  # cells of the plot that hold one of the other points each
HELD = 1 << 18  # points that are collected before they are thinned


@dataclass(frozen=True)
class Points:
    """n variants: rank of the contig, 1-based position, height in the plot, and row in the file of effects."""

    contig: np.ndarray
    position: np.ndarray
    height: np.ndarray
    row: np.ndarray

    def __len__(self) -> int:
        return len(self.row)

    def __getitem__(self, index) -> Points:
        return Points(self.contig[index], self.position[index], self.height[index], self.row[index])

    @staticmethod
    def joined(parts: list[Points]) -> Points:
        return Points(*(np.concatenate([getattr(part, name) for part in parts]) for name in Points.__annotations__))


@dataclass(frozen=True)
class Axis:
    """Where contigs lie beside each other, in the order of the genome; only those with variants.

    names, lengths : of the m contigs, in bp
    ranks : int64 (m,), of the contigs in the genome
    offsets : int64 (m,), what is added to a position on each contig
    begin, end : ends of the axis; those of the variants if there is one contig, else of all contigs
    """

    names: list[str]
    lengths: np.ndarray
    ranks: np.ndarray
    offsets: np.ndarray
    begin: int
    end: int

    def places(self, points: Points) -> np.ndarray:
        """Places on the axis, int64 (n,)."""
        return points.position + self.offsets[np.searchsorted(self.ranks, points.contig)]


def axis(points: Points, contigs: dict[str, int]) -> Axis:
    """The axis of some points, at least one.

    contigs : names to lengths in bp, of the genome
    """
    ranks = np.unique(points.contig).astype(np.int64)
    names = [list(contigs)[rank] for rank in ranks]
    lengths = np.array([contigs[name] for name in names], np.int64)
    offsets = np.cumsum(lengths) - lengths
    ends = (0, int(lengths.sum()))
    if len(ranks) == 1:
        ends = (int(points.position.min()), int(points.position.max()))
    return Axis(names, lengths, ranks, offsets, ends[0], max(ends[1], ends[0] + 1))


def thinned(points: Points, contigs: dict[str, int], top: int = TOP) -> Points:
    """The points that differ in a picture: all above the height of the `top`-th highest, and one per cell of the rest.

    The order is kept. Of a cell, the first point stays.
    """
    if len(points) <= top:
        return points
    threshold = np.partition(points.height, -top)[-top]
    along = axis(points, contigs)
    column = (along.places(points) - along.begin) * COLUMNS // (along.end - along.begin)
    level = (points.height / max(points.height.max(), 1e-12) * LEVELS).astype(np.int64)
    keep = points.height > threshold
    keep[np.unique(column * (LEVELS + 1) + level, return_index=True)[1]] = True
    return points[keep]


def has_mean(results: Results) -> bool:
    """Whether the height is the mean of -log10 E; without a background it is the largest |difference|."""
    return results.facts.background > 0


def points(results: Results, means: bool) -> Points:
    """The thinned points of a file of effects, read in pieces.

    means : whether the height is the mean of -log10 E over the targets, else the |difference| of the best target
    """
    held, size = [], 0
    for rows in results.pieces():
        row = np.arange(rows.start, rows.stop)
        contig, position = results.read("contig", rows), results.read("position", rows)
        held.append(Points(contig, position, _heights(results, rows, means), row))
        size += len(row)
        if size > HELD:
            held = [thinned(Points.joined(held), results.contigs)]
            size = 0
    return thinned(Points.joined(held), results.contigs)


def _heights(results: Results, rows: slice, means: bool) -> np.ndarray:
    """float64 (n,)"""
    if means:
        return results.read("mean_log_e", rows).astype(np.float64)
    best = results.read("best", rows)
    reference, alternative = (results.read(name, rows)[np.arange(len(best)), best] for name in ("p_ref", "p_alt"))
    return np.abs(alternative.astype(np.float64) - reference)


def name(results: Results, row: int) -> str:
    """The id of an allele, or its place and alleles if it has none."""
    one = slice(row, row + 1)
    if found := results.read("id", one)[0]:
        return found
    contig = list(results.contigs)[results.read("contig", one)[0]]
    ref, alt = (results.read(key, one)[0] for key in ("ref", "alt"))
    return f"{contig}:{results.read('position', one)[0]} {ref}>{alt}"
