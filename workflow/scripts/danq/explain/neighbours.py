"""Pairs of motifs: whether their hits occur together, and at which spacing.

Two controls say what chance gives. Together: the windows with each motif are independent of each other (hypergeometric
tests for more and for fewer windows with both, on windows that do not overlap). Spacing: the second motif of each pair
is moved to a random place of its window, many times; the p-value compares the most frequent spacing with the most
frequent one of each repetition, so that it allows for the number of spacings.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from scipy import stats

from ..data.targets import Target
from ..motifs.known import Known
from ..tables import Table
from .hit_tables import NEIGHBOURS, SPACINGS

FEWEST = 10  # windows with a motif, for it to be in pairs
MOST = 20  # motifs in pairs, those in most windows
REPETITIONS = 200


def independent(contig: np.ndarray, start: np.ndarray, length: int) -> np.ndarray:
    """Which windows to take so that no two overlap, bool (n,): the first of each contig, the next beyond its end, ...

    contig, start : names or numbers (n,), and first bases in bp
    """
    chosen = np.zeros(len(start), bool)
    last = (None, 0)
    for i in np.lexsort((start, contig)):
        if contig[i] != last[0] or start[i] >= last[1]:
            chosen[i] = True
            last = (contig[i], start[i] + length)
    return chosen


def neighbours(
    found: np.ndarray,
    target: Target,
    motifs: Sequence[Known],
    windows: int,
    length: int,
    places: tuple[np.ndarray, np.ndarray] | None = None,
    seed: int = 1,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All pairs of frequent motifs: the tables `NEIGHBOURS` and `SPACINGS` of one target.

    Neighbouring windows show the same place of the genome; each pair of places counts once.

    found : `hits.HIT` records in all windows
    windows, length : number of windows, and their length in bp
    places : contigs (n,) and starts (n,) of the windows, if known
    """
    chosen = independent(*places, length) if places else np.ones(windows, bool)
    widths = np.array([len(one.motif.probabilities) for one in motifs])
    holds = {int(motif): np.unique(found["window"][found["motif"] == motif]) for motif in np.unique(found["motif"])}
    frequent = sorted((motif for motif in holds if len(holds[motif]) >= FEWEST), key=lambda motif: -len(holds[motif]))
    rows, spacings = [], []
    draw = np.random.default_rng(seed)
    for first, second in combinations_with_replacement(sorted(frequent[:MOST]), 2):
        names = {"index": target.index, "target": target.title}
        names |= {"first": motifs[first].motif.name, "second": motifs[second].motif.name}
        pairs = _pairs(found[found["motif"] == first], found[found["motif"] == second], places)
        spaced = Spaced(pairs, int(widths[first]), int(widths[second]), length, first == second)
        facts, counts = spaced.facts(draw)
        together = _together(holds[first], holds[second], chosen) if first != second else {}
        rows.append(
            names
            | {"first_name": motifs[first].name, "second_name": motifs[second].name}
            | {"windows": int(chosen.sum()), **together, **facts}
        )
        if len(counts):
            spacings.append(counts.assign(**names))
    table = pd.DataFrame(rows, columns=list(NEIGHBOURS.columns))
    return table, pd.concat(spacings, ignore_index=True)[list(SPACINGS.columns)] if spacings else _none(SPACINGS)


def _none(table: Table) -> pd.DataFrame:
    return pd.DataFrame(columns=list(table.columns))


def _together(first: np.ndarray, second: np.ndarray, chosen: np.ndarray) -> dict:
    """How many of the chosen windows have both motifs, and how many would by chance."""
    total = int(chosen.sum())
    one, other = first[chosen[first]], second[chosen[second]]
    both = len(np.intersect1d(one, other))
    return {
        "first_windows": len(one),
        "second_windows": len(other),
        "both_windows": both,
        "expected_windows": len(one) * len(other) / max(total, 1),
        "together_pvalue": float(stats.hypergeom.sf(both - 1, total, len(one), len(other))),
        "apart_pvalue": float(stats.hypergeom.cdf(both, total, len(one), len(other))),
    }


def _pairs(first: np.ndarray, second: np.ndarray, places: tuple[np.ndarray, np.ndarray] | None) -> pd.DataFrame:
    """Two hits of one window in each row: window, and position and reverse of both (`_1` and `_2`)."""
    columns = ["window", "position", "reverse"]
    one, other = (pd.DataFrame({name: hits[name] for name in columns}) for hits in (first, second))
    pairs = one.merge(other, on="window", suffixes=("_1", "_2"))
    if places is None:
        return pairs
    contig, start = (place[pairs["window"]] for place in places)
    on_genome = pairs.drop(columns="window").assign(contig=contig)
    on_genome[["position_1", "position_2"]] += np.asarray(start)[:, None]
    return pairs[~on_genome.duplicated().to_numpy()]


class Spaced:
    """Counts of the spacings of pairs of hits.

    A spacing is the side of the first hit that the second is on, as the first motif reads, the number of bases between
    the two (negative if they overlap), and whether they are on the same strand. Of two hits of one motif, the left one
    on the forward strand is the first.
    """

    def __init__(self, pairs: pd.DataFrame, first_width: int, second_width: int, length: int, same: bool):
        self._widths, self._length, self._same = (first_width, second_width), length, same
        one, other = pairs["position_1"].to_numpy(np.int64), pairs["position_2"].to_numpy(np.int64)
        turned = pairs["reverse_1"].to_numpy(bool), pairs["reverse_2"].to_numpy(bool)
        if same:  # each two hits are there twice, and each hit with itself
            once = one < other
            one, other, turned = one[once], other[once], (turned[0][once], turned[1][once])
        self._one, self._other, self._turned = one, other, turned
        self._codes = 4 * (2 * length + 1)

    def __len__(self) -> int:
        return len(self._one)

    def facts(self, draw: np.random.Generator) -> tuple[dict, pd.DataFrame]:
        """The most frequent spacing and its control, columns of `NEIGHBOURS`, and all spacings, columns of `SPACINGS`.

        count : pairs of this spacing; control : the mean over repetitions, of the highest count in `NEIGHBOURS`
        """
        observed = self._counts(self._other)
        if not len(self):
            return {"pairs": 0}, pd.DataFrame(columns=["side", "gap", "strand", "count", "control"])
        highest, total = np.zeros(REPETITIONS), np.zeros(self._codes)
        for i in range(REPETITIONS):
            counts = self._counts(self._moved(draw))
            highest[i] = counts.max()
            total += counts
        codes = np.flatnonzero(observed)
        table = self._table(codes).assign(count=observed[codes], control=total[codes] / REPETITIONS)
        best = table.loc[table["count"].idxmax()].to_dict()
        above = (highest >= best["count"]).sum()
        best |= {"control": highest.mean(), "spacing_pvalue": (1 + above) / (1 + REPETITIONS)}
        return {"pairs": len(self)} | best, table

    def _moved(self, draw: np.random.Generator) -> np.ndarray:
        """Random places of the second hits that overlap the first ones by at most half of the narrower motif."""
        most = self._length - self._widths[1] + 1
        places = draw.integers(0, most, len(self))
        for _ in range(20):
            left, right = np.minimum(self._one, places), np.maximum(self._one, places)
            left_width = np.where(self._one <= places, *self._widths)
            wrong = left + left_width - right > min(self._widths) / 2
            if not wrong.any():
                break
            places[wrong] = draw.integers(0, most, int(wrong.sum()))
        return places

    def _counts(self, other: np.ndarray) -> np.ndarray:
        """The number of pairs of each spacing, by code, int (codes,)."""
        one, turned = self._one, self._turned
        width, other_width = self._widths
        if self._same:
            swapped = other < one
            one, other = np.minimum(one, other), np.maximum(one, other)
            turned = np.where(swapped, turned[1], turned[0]), np.where(swapped, turned[0], turned[1])
        right = 2 * other + other_width >= 2 * one + width
        gap = np.where(right, other - one - width, one - other - other_width)
        left = right == turned[0]  # as the first motif reads
        return np.bincount(4 * (gap + self._length) + 2 * left + (turned[0] != turned[1]), minlength=self._codes)

    def _table(self, codes: np.ndarray) -> pd.DataFrame:
        gap, rest = np.divmod(codes, 4)
        columns = {"side": np.where(rest >= 2, "left", "right"), "gap": gap - self._length}
        return pd.DataFrame(columns | {"strand": np.where(rest % 2, "-", "+")})
