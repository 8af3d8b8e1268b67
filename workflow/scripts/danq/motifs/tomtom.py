"""TOMTOM with Pearson correlation: how well motifs align with known motifs, and how surprising that is.

The method is that of Gupta et al. (2007) with the complete scores of Tanaka et al. (2011), as in MEME's `tomtom
-dist pearson -no-ssc -min-overlap 5`, which named the released motifs of DanQ. It is written from these descriptions:

1. Two columns score the Pearson correlation of their four probabilities; a uniform column has a correlation of 0.
2. From the scores of a query column, its median over all columns of all known motifs is subtracted, so that a column
   that aligns with nothing contributes 0, and a long overlap of unrelated columns does not add up.
3. The score of an alignment is the sum over its overlap. Its p-value is exact for a known motif of independent columns
   that are drawn from all known motifs (both strands): the distributions of the query's column scores are convolved.
4. The smallest p-value over all offsets and both strands is corrected for their number n: 1 - (1 - p)^n.

Scores are rounded to multiples of `STEP`. Distances other than the correlation are left out on purpose: with the
Euclidean distance, most matrices of noise match the long flat stretches of some known motif with small p-values.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

MIN_OVERLAP = 5  # columns; fewer only if one of the two motifs is narrower
STEP = 0.02  # of column scores, which lie between -2 and 2


@dataclass(frozen=True)
class Alignments:
    """The best alignment of each query with each target; all arrays are (queries, targets).

    pvalue : float64, corrected for all offsets and both strands
    offset : position of the target's first column relative to the query's first column; may be negative
    overlap : number of aligned columns
    reverse : whether the reverse complement of the target is aligned; `offset` then refers to it
    """

    pvalue: np.ndarray
    offset: np.ndarray
    overlap: np.ndarray
    reverse: np.ndarray


def align(queries: Sequence[np.ndarray], targets: Sequence[np.ndarray], threads: int | None = None) -> Alignments:
    """Align each query with each target on both strands.

    queries, targets : probabilities (width, 4), columns A, C, G, T
    threads : CPU threads (None: all)
    """
    if not queries:
        return Alignments(*(np.zeros((0, len(targets)), kind) for kind in (float, int, int, bool)))
    known = _Targets(targets)
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        found = list(pool.map(known.best, queries))
    return Alignments(*(np.stack(part) for part in zip(*found, strict=True)))


class Query:
    """A query's column scores against all columns of the targets, and the null distributions of its alignments.

    scores : int16 (width, columns), in units of `STEP`, relative to each row's median
    """

    def __init__(self, query: np.ndarray, columns: np.ndarray):
        levels = round(1 / STEP)
        scores = np.rint(standardized(query) @ columns.T * levels).astype(np.int16) + np.int16(levels)
        counts = np.stack([np.bincount(row, minlength=2 * levels + 1) for row in scores])
        medians = (counts.cumsum(axis=1) * 2 < scores.shape[1]).sum(axis=1)
        self.scores = scores - medians[:, None].astype(np.int16)
        self.width = len(scores)
        self._survival, self._begin, self._lowest = self._null(counts / scores.shape[1], -medians)

    def _null(self, shares: np.ndarray, lowest: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """P(score >= s) for every overlap, one after another in an array, with the place and score of its first value.

        The overlap of the query's columns i to j (exclusive) is entry [i, j] of the tables.

        shares : probabilities of the scores of each column (width, levels)
        lowest : the score that the first of them belongs to (width,)
        """
        shape = (self.width + 1, self.width + 1)
        survival, begin, base, used = [], np.zeros(shape, int), np.zeros(shape, int), 0
        for i in range(self.width):
            null = np.ones(1)
            for j in range(i + 1, self.width + 1):
                null = np.convolve(null, shares[j - 1])  # sums of positive terms: exact far into the tail
                begin[i, j], base[i, j] = used, lowest[i:j].sum()
                survival.append(null[::-1].cumsum()[::-1])
                used += len(null)
        return np.minimum(np.concatenate(survival), 1), begin, base

    def pvalue(self, first: np.ndarray, last: np.ndarray, score: np.ndarray) -> np.ndarray:
        """P(score or more) of an overlap of the query's columns `first` to `last` (exclusive) with random columns.

        All parameters are int arrays of one shape.
        """
        return self._survival[self._begin[first, last] + score - self._lowest[first, last]]


def standardized(columns: np.ndarray) -> np.ndarray:
    """Columns (n, 4) minus their mean, at length 1, so that their products are correlations; uniform ones are 0."""
    centred = columns - columns.mean(axis=1, keepdims=True)
    length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
    return np.where(length > 1e-9, centred / np.maximum(length, 1e-9), 0)


class _Targets:
    """All targets, each followed by its reverse complement, as one row of columns."""

    def __init__(self, targets: Sequence[np.ndarray]):
        strands = [matrix[::side, ::side] for matrix in targets for side in (1, -1)]
        self.columns = standardized(np.concatenate(strands))
        self.widths = np.array([len(matrix) for matrix in strands])
        self.begins = np.cumsum(self.widths) - self.widths
        self._layouts: dict[int, _Layout] = {}

    def best(self, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """The fields of `Alignments` for one query."""
        query = Query(matrix, self.columns)
        if query.width not in self._layouts:
            self._layouts[query.width] = _Layout(self, query.width)
        layout = self._layouts[query.width]
        pvalue = query.pvalue(layout.first, layout.last, layout.totals(query.scores))
        smallest = np.minimum.reduceat(pvalue, layout.begins)
        equal = np.flatnonzero(pvalue == smallest[layout.target])
        overlap = layout.last - layout.first
        equal = equal[np.lexsort((-overlap[equal], layout.target[equal]))]  # the longest of equally good alignments
        chosen = equal[np.unique(layout.target[equal], return_index=True)[1]]
        tries = np.diff(layout.begins, append=len(pvalue))
        corrected = -np.expm1(tries * np.log1p(-np.minimum(smallest, 1 - 1e-15)))
        return corrected, layout.offset[chosen], overlap[chosen], layout.strand[chosen] % 2 == 1


class _Layout:
    """All alignments of the targets with a query of one width, target by target, strand by strand.

    strand, offset : of each alignment; strand 2k is target k, and 2k + 1 is its reverse complement
    first, last : the query's columns in the overlap, last exclusive
    begins : where each target's alignments begin
    """

    def __init__(self, targets: _Targets, width: int):
        least = np.minimum(MIN_OVERLAP, np.minimum(targets.widths, width))
        counts = targets.widths + width + 1 - 2 * least
        self.strand = np.repeat(np.arange(len(counts)), counts)
        self.target = self.strand // 2
        ends = np.cumsum(counts)
        self.begins = (ends - counts)[::2]
        within = np.arange(ends[-1]) - np.repeat(ends - counts, counts)
        self.offset = (width - least)[self.strand] - within
        self.first = np.maximum(self.offset, 0)
        self.last = np.minimum(self.offset + targets.widths[self.strand], width)
        # The targets' columns with gaps between them (column -1), so that each alignment has a place of its own.
        gaps = width - least
        padded = targets.widths + 2 * gaps
        place = np.arange(padded.sum()) - np.repeat(np.cumsum(padded) - padded + gaps, padded)
        strand = np.repeat(np.arange(len(padded)), padded)
        inside = (place >= 0) & (place < targets.widths[strand])
        self._columns = np.where(inside, targets.begins[strand] + place, -1)
        self._alignments = np.repeat(np.cumsum(padded) - padded, counts) + within

    def totals(self, scores: np.ndarray) -> np.ndarray:
        """The score of each alignment, int (alignments,), from `Query.scores`."""
        total = np.zeros(len(self._columns), int)
        for i, row in enumerate(scores):
            total[: len(total) - i] += np.append(row, 0)[self._columns[i:]]
        return total[self._alignments]
