"""The motifs that filters read: their sites stacked into matrices, and a table of all filters.

As published, DanQ's way (one site a sequence) takes the counts as they are against a uniform background; Basset's way
(every site) adds a pseudocount and wants at least ten sites (`DEFAULTS`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .meme import UNIFORM, Motif, filter_name
from .windows import Windows, blocks

CHUNK = 1 << 14  # windows counted at a time
COLUMNS = (
    "filter", "sites", "consensus", "information", "first", "last", "mean", "std", "maximum", "note"
)  # fmt: skip


@dataclass(frozen=True)
class Making:
    """How counts become motifs.

    pseudocount : added to the count of each base, shared out as the background is (1 adds 1 to each of a uniform one)
    min_sites : a filter with fewer gets no motif
    trim : places at both ends with less information than this, in bits, are cut off
    background : probabilities of A, C, G, T that information is measured against
    """

    pseudocount: float = 0.0
    min_sites: int = 10
    trim: float = 0.0
    background: tuple[float, ...] = UNIFORM


# By `scan.PLACES`: what the two ways add to the counts, and what they measure information against.
DEFAULTS = {
    "best": {"pseudocount": 0.0, "min_sites": 10, "background": "uniform"},
    "all": {"pseudocount": 1.0, "min_sites": 10, "background": "windows"},
}


def composition(windows: Windows, samples: np.ndarray) -> tuple[float, ...]:
    """Shares of A, C, G, T in the samples; unknown bases are left out."""
    counts = np.zeros(4)
    for block in blocks(len(samples), CHUNK):
        reverse = samples[block] >= len(windows)
        packed = windows.packed(samples[block] - reverse * len(windows), reverse)
        per_byte = np.bincount(packed.ravel(), minlength=256)
        bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).reshape(256, 2, 4).sum(axis=1)
        counts += per_byte @ bits
    return tuple((counts / counts.sum()).tolist())


class Stack:
    """A filter's sites, counted as they come.

    counts : int64 (width, 4) of A, C, G, T at each place
    n, mean, std, maximum : of the activation
    """

    def __init__(self, width: int):
        self.counts = np.zeros((width, 4), np.int64)
        self.n, self.maximum = 0, 0.0
        self._sum = self._squares = 0.0

    def add(self, bases: np.ndarray, activation: np.ndarray) -> None:
        """bases : one-hot nibbles uint8 (n, width); activation : float32 (n,)"""
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


def make_motif(filter: int, stack: Stack, making: Making) -> tuple[Motif | None, dict]:
    """The motif of a filter (from 0), None when it has none, and its row of the table, `COLUMNS`."""
    n = stack.n
    row = dict.fromkeys(COLUMNS, np.nan) | {"filter": filter + 1, "sites": n, "consensus": "", "note": ""}
    row |= {"mean": stack.mean, "std": stack.std, "maximum": stack.maximum if n else np.nan}
    if n < making.min_sites:
        note = "dead: never active" if n == 0 else f"fewer than {making.min_sites} sites"
        return None, row | {"note": note}
    whole = Motif.from_counts(filter_name(filter), stack.counts, making.pseudocount, making.background)
    kept = informative(whole, making.trim)
    if not kept:
        return None, row | {"note": f"no place has {making.trim:g} bits"}
    motif = whole.part(kept)
    facts = {"first": kept.start + 1, "last": kept.stop}
    return motif, row | facts | {"consensus": motif.consensus, "information": motif.information}


def informative(motif: Motif, trim: float) -> range:
    """Places (from 0) from the first to the last with at least `trim` bits."""
    enough = np.flatnonzero(motif.bits().sum(axis=1) >= trim)
    return range(enough[0], enough[-1] + 1) if len(enough) else range(0)


def table_of(rows: list[dict]) -> pd.DataFrame:
    """All filters' rows as a table, counts as whole numbers."""
    return pd.DataFrame(rows, columns=COLUMNS).astype({"first": "Int64", "last": "Int64"})
