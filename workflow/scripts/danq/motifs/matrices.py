"""Motifs from the sites of filters, and a table of all filters.

The published settings (`DEFAULTS`) differ: DanQ uses plain counts of one site per sequence and a uniform background;
Basset adds a pseudocount to the counts of all sites. It requires ten sites. Here, 30 are required, because a motif
of 26 positions made of 10 random sites has .25 bits at 4 of them even after the small-sample correction, of 30 random
sites at .1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..data.sources import Source
from ..data.windows import blocks
from ..errors import UserError
from ..tables import Table
from .meme import UNIFORM, Motif, filter_name

CHUNK = 1 << 14  # sequences counted at a time
FILTERS = Table(
    "table of filters",
    ("filter", "sites", "merged", "consensus", "information", "first", "last", "mean", "std", "maximum", "note"),
    words=("consensus", "note"),
    digits=4,
)


@dataclass(frozen=True)
class MotifOptions:
    """How counts of sites become motifs.

    pseudocount : added to the count of each base with a uniform background; otherwise, four times this is distributed
        according to the background
    min_sites : a filter with fewer distinct sites has no motif
    trim : positions at both ends with less information than this, in bits, are removed
    background : probabilities of A, C, G, T that information is relative to
    """

    pseudocount: float = 0.0
    min_sites: int = 30
    trim: float = 0.0
    background: tuple[float, ...] = UNIFORM

    def __post_init__(self):
        for name in ("pseudocount", "min_sites", "trim"):
            value = getattr(self, name)
            if not 0 <= value < np.inf:
                raise UserError(f"{name} must be a number of at least 0, not {value}")


# By `scan.PLACES`; background is "uniform" or "windows", the composition of the scanned sequences.
DEFAULTS = {
    "best": {"pseudocount": 0.0, "min_sites": 30, "background": "uniform"},
    "all": {"pseudocount": 1.0, "min_sites": 30, "background": "windows"},
}


def options(places: str, source: Source, samples: np.ndarray, trim: float = 0.0, **given) -> MotifOptions:
    """The `DEFAULTS` of a way to choose sites, with the options that are given and not None.

    source, samples : the scanned sequences, which the background "windows" is taken from
    """
    chosen = DEFAULTS[places] | {name: value for name, value in given.items() if value is not None}
    background = composition(source, samples) if chosen.pop("background") == "windows" else UNIFORM
    return MotifOptions(trim=trim, background=background, **chosen)


def composition(source: Source, samples: np.ndarray) -> tuple[float, ...]:
    """Fractions of A, C, G, T among the known bases of the samples."""
    counts = np.zeros(4)
    for block in blocks(len(samples), CHUNK):
        packed = source.packed(*source.strands(samples[block]))
        per_byte = np.bincount(packed.ravel(), minlength=256)
        bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).reshape(256, 2, 4).sum(axis=1)
        counts += per_byte @ bits
    return tuple((counts / counts.sum()).tolist())


class Stack:
    """Running counts and statistics of a filter's sites.

    counts : number of A, C, G, T at each position, int64 (width, 4); unknown bases are not counted
    n : number of sites
    mean, std, maximum : of their activations
    """

    def __init__(self, width: int):
        self.counts = np.zeros((width, 4), np.int64)
        self.n, self.maximum = 0, 0.0
        self._sum = self._squares = 0.0

    def add(self, bases: np.ndarray, activation: np.ndarray) -> None:
        """Add sites.

        bases : one-hot nibbles uint8 (n, width)
        activation : float32 (n,)
        """
        self.counts += np.stack([(bases == nibble).sum(axis=0) for nibble in (8, 4, 2, 1)], axis=1)
        activation = activation.astype(float)
        self.n += len(activation)
        self.maximum = max(self.maximum, float(activation.max(initial=0)))
        self._sum += activation.sum()
        self._squares += (activation**2).sum()

    @property
    def mean(self) -> float:
        return self._sum / self.n if self.n else np.nan

    @property
    def std(self) -> float:
        return float(np.sqrt(max(self._squares / self.n - self.mean**2, 0))) if self.n else np.nan


def make_motif(filter: int, stack: Stack, options: MotifOptions, merged: int = 0) -> tuple[Motif | None, dict]:
    """The motif of a filter (from 0), or None, and the filter's row of the table `FILTERS`.

    merged : sites that other windows show, too, and that are not counted in the stack
    """
    n = stack.n
    row = dict.fromkeys(FILTERS.columns, np.nan) | {"filter": filter + 1, "consensus": "", "note": ""}
    row |= {"sites": n, "merged": merged}
    row |= {"mean": stack.mean, "std": stack.std, "maximum": stack.maximum if n else np.nan}
    if n < options.min_sites:
        note = "dead: never active" if n == 0 else f"fewer than {options.min_sites} sites"
        return None, row | {"note": note}
    whole = Motif.from_counts(filter_name(filter), stack.counts, options.pseudocount, options.background)
    kept = informative(whole, options.trim)
    if not kept:
        return None, row | {"note": f"no position has {options.trim:g} bits"}
    motif = whole.part(kept)
    facts = {"first": kept.start + 1, "last": kept.stop}
    return motif, row | facts | {"consensus": motif.consensus, "information": motif.information}


def informative(motif: Motif, trim: float) -> range:
    """Positions (from 0) from the first to the last one with at least `trim` bits."""
    enough = np.flatnonzero(motif.bits().sum(axis=1) >= trim)
    return range(enough[0], enough[-1] + 1) if len(enough) else range(0)


def table_of(rows: list[dict]) -> pd.DataFrame:
    """The table `FILTERS` from its rows."""
    return pd.DataFrame(rows, columns=FILTERS.columns).astype({"first": "Int64", "last": "Int64"})
