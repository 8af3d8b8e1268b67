"""Attributions compared with known places: planted sites of a simulation, or motif hits.

A base counts by the absolute value of its contribution. Two figures say whether bases in known places stand out: the
enrichment, which is their share of the summed |contribution| over their share of the length, and the AUROC of
|contribution| for being in a place, over all bases of all windows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

from ..data.regions import Region
from ..data.targets import Target
from ..errors import UserError
from .attributions import Attributions


@dataclass(frozen=True)
class Agreement:
    """How attributions agree with known places.

    windows : number of windows
    places : bases in known places, as a share of all bases
    share : their share of the summed |contribution|; NaN if all contributions are 0
    auroc : of |contribution| for being in a place; NaN if all bases are in places, or none
    """

    windows: int
    places: float
    share: float
    auroc: float

    @property
    def enrichment(self) -> float:
        """Share of the summed |contribution| over the share of the length; 1 is chance."""
        return self.share / self.places if self.places else float("nan")


def agreement(contributions: np.ndarray, inside: np.ndarray) -> Agreement:
    """Compare the contributions of bases (n, L) with bool (n, L), whether they are in known places."""
    values, inside = np.abs(contributions, dtype=np.float64).ravel(), inside.ravel()
    total, positives = values.sum(), int(inside.sum())
    negatives, auroc = len(values) - positives, float("nan")
    if positives and negatives:
        above = rankdata(values)[inside].sum() - positives * (positives + 1) / 2  # the Mann-Whitney statistic
        auroc = above / (positives * negatives)
    share = values[inside].sum() / total if total else float("nan")
    return Agreement(len(contributions), float(inside.mean()), float(share), float(auroc))


def covered(places: Iterable[Region], contigs: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """Whether each base of some windows is in a place, bool (n, L).

    contigs, starts : contig names (n,) and 0-based starts (n,) of the windows
    """
    found = np.zeros((len(starts), length), bool)
    by_contig: dict[str, list[tuple[int, int]]] = {}
    for place in places:
        by_contig.setdefault(place.contig, []).append((place.start, place.end))
    for contig, ends in by_contig.items():
        rows = np.flatnonzero(contigs == contig)
        rows = rows[np.argsort(starts[rows], kind="stable")]
        for start, end in ends:
            first, last = np.searchsorted(starts[rows], [start - length + 1, end])  # windows that overlap the place
            for row in rows[first:last]:
                found[row, max(0, start - starts[row]) : max(0, end - starts[row])] = True
    return found


def compared(found: Attributions, target: Target, places: Iterable[Region]) -> Agreement:
    """Compare a target's attributions with known places; windows whose places are not known are a UserError."""
    where = found.places()
    if where is None:
        raise UserError(f"{found.path}: its windows have no places on a genome; explain windows of a genome")
    windows = found.windows(target)
    inside = covered(places, where[0][windows], where[1][windows], found.length)
    return agreement(np.concatenate([one.sum(axis=2) for *_, one in found.chunks(target)]), inside)
