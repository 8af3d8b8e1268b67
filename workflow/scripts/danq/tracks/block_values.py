"""The predictions of a block of cells, and the table of what became of all of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..tables import Table

SKIPPED = ("beyond_contig", "unknown_bases")  # why a cell has no value
TRACKS = Table(
    "table of tracks",
    ("index", "target", "assay", "file", "stride", "cells", "mean", "max", *SKIPPED, "incomplete"),
    words=("target", "assay", "file"),
)


@dataclass(frozen=True)
class BlockValues:
    """The predictions of a block.

    contig : name of its contig
    number : of the block on the contig
    cells : numbers of the predicted cells, int64 (n,)
    probabilities : of the chosen targets, float32 (n, T)
    skipped : number of cells without a value, by the reasons of `SKIPPED`
    """

    contig: str
    number: int
    cells: np.ndarray
    probabilities: np.ndarray
    skipped: dict[str, int] = field(default_factory=dict)
