"""Negatives that are like the positives in their share of G and C and of repeats.

A model that is asked for peaks against random sequence can answer by composition alone. Ghandi et al. 2014 (gkm-SVM,
`genNullSeqs`) therefore draw negatives from the genome with the same length, GC and repeat content as the positives,
both within 2 %. Here a share is divided into 50 cells of 2 %, and a negative is drawn from the cell of its positive.

Repeats are the lower-case letters of a genome (RepeatMasker and Tandem Repeats Finder, as UCSC and Ensembl write them).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .genome import NIBBLE, Genome

CELLS = 51  # of a share: 0 to below 2 %, ..., 98 to below 100 %, and 100 %
SPAN = 1 << 22  # bp of the genome in memory at a time, if a window is not longer
_GC = np.zeros(256, np.int8)
_GC[list(b"GCgc")] = 1
_LOWER = np.zeros(256, np.int8)
_LOWER[ord("a") : ord("z") + 1] = 1


class MaskedGenome(Genome):
    """A genome whose lower-case letters are known."""

    def letters(self, contig: str, start: int, end: int) -> np.ndarray:
        """Letters of a part of a contig as uint8 (n,); start and end in bp, 0-based and half-open."""
        return np.frombuffer(self._fasta[contig][start:end].encode("latin-1", "replace"), np.uint8)

    def composition(self, contig: str, starts: np.ndarray, length: int) -> np.ndarray:
        """Numbers of G and C, of lower-case letters and of unknown bases of windows, int64 (n, 3).

        starts : int64 (n,), sorted; a window may reach beyond the contig, where it has no base
        """
        size = self.contigs[contig]
        counts = np.zeros((len(starts), 3), np.int64)
        first = 0
        while first < len(starts):
            stop = int(np.searchsorted(starts, starts[first] + SPAN, "right"))
            chosen, ends = (np.clip(starts[first:stop] + shift, 0, size) for shift in (0, length))
            letters = self.letters(contig, int(chosen[0]), int(ends[-1]))
            for column, kind in enumerate((_GC, _LOWER, NIBBLE == 0)):
                total = np.concatenate([[0], np.cumsum(kind[letters], dtype=np.int64)])
                counts[first:stop, column] = total[ends - chosen[0]] - total[chosen - chosen[0]]
            first = stop
        return counts


def composition_of(bases: bytes) -> tuple[int, int]:
    """Numbers of G and C, and of lower-case letters."""
    letters = np.frombuffer(bases, np.uint8)
    return int(_GC[letters].sum()), int(_LOWER[letters].sum())


def cells(gc: np.ndarray, lower: np.ndarray, length: int) -> np.ndarray:
    """The cell int64 (n,) of windows of `length` bp with these numbers of G and C and of lower-case letters."""
    return gc * 50 // length * CELLS + lower * 50 // length


def draw(
    wanted: np.ndarray, candidates: np.ndarray, per_positive: float, seed: int
) -> tuple[np.ndarray, np.ndarray, int]:
    """Choose candidates from the cells of the positives, none of them twice.

    wanted : cell int64 (p,) of each positive
    candidates : cell int64 (c,) of each candidate
    per_positive : number of negatives of a positive, on average

    Returns the chosen candidates int64 (n,), the positive int64 (n,) that each was chosen for, and the number of
    negatives that no candidate was left for.
    """
    draws = np.random.default_rng(seed)
    order = draws.permutation(len(wanted))
    number = np.diff(np.floor(np.arange(len(wanted) + 1) * per_positive + 1e-9).astype(np.int64))
    for_whom = np.repeat(order, number)
    rows = draws.permutation(len(candidates))
    rows = rows[np.argsort(candidates[rows], kind="stable")]
    sorted_cells = candidates[rows]
    for_whom = for_whom[np.argsort(wanted[for_whom], kind="stable")]
    cell = wanted[for_whom]
    first, stop = (np.searchsorted(sorted_cells, cell, side) for side in ("left", "right"))
    rank = np.arange(len(cell)) - np.searchsorted(cell, cell, "left")  # of the negative among those of its cell
    found = rank < stop - first
    return rows[(first + rank)[found]], for_whom[found], int((~found).sum())


def by_contig(contig: np.ndarray, names: list[str]) -> Iterator[tuple[str, slice]]:
    """Name and rows of each contig that has windows; contig int64 (n,), sorted ranks."""
    edges = np.searchsorted(contig, np.arange(len(names) + 1))
    for rank, name in enumerate(names):
        if edges[rank] < edges[rank + 1]:
            yield name, slice(int(edges[rank]), int(edges[rank + 1]))
