"""The motifs that filters read: their sites stacked into matrices, and a table of all filters.

As published, DanQ's way (one site a sequence) takes the counts as they are against a uniform background; Basset's way
(every site) adds a pseudocount and wants at least ten sites (`DEFAULTS`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .meme import UNIFORM, Motif, filter_name
from .windows import Windows, blocks

if TYPE_CHECKING:
    from .scan import Sites  # which loads Keras

CHUNK = 1 << 16  # sites stacked at a time
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
    for block in blocks(len(samples), CHUNK // 4):
        reverse = samples[block] >= len(windows)
        packed = windows.packed(samples[block] - reverse * len(windows), reverse)
        per_byte = np.bincount(packed.ravel(), minlength=256)
        bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1).reshape(256, 2, 4).sum(axis=1)
        counts += per_byte @ bits
    return tuple((counts / counts.sum()).tolist())


def count_matrix(sites: Sites, found: np.ndarray) -> np.ndarray:
    """Counts int64 (width, 4) of A, C, G, T at each place of the stacked sites."""
    counts = np.zeros((sites.width, 4), np.int64)
    for block in blocks(len(found), CHUNK):
        bases = sites.bases(found[block])
        counts += np.stack([(bases == nibble).sum(axis=0) for nibble in (8, 4, 2, 1)], axis=1)
    return counts


def make_motif(filter: int, counts: np.ndarray, activation: np.ndarray, making: Making) -> tuple[Motif | None, dict]:
    """The motif of a filter (from 0), None when it has none, and its row of the table, `COLUMNS`.

    counts : int64 (width, 4); activation : float32 (n,) at the sites
    """
    n = len(activation)
    row = dict.fromkeys(COLUMNS, np.nan) | {"filter": filter + 1, "sites": n, "consensus": "", "note": ""}
    if n:
        row |= {"mean": float(activation.mean(dtype=float)), "std": float(activation.std(dtype=float))}
        row |= {"maximum": float(activation.max())}
    if n < making.min_sites:
        note = "dead: never active" if n == 0 else f"fewer than {making.min_sites} sites"
        return None, row | {"note": note}
    whole = Motif.from_counts(filter_name(filter), counts, making.pseudocount, making.background)
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
