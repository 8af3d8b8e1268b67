"""The variants of a list with the largest effects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import tables
from .results import Results


def strongest(results: Results, number: int) -> tuple[pd.DataFrame, int]:
    """The rows of the table of effects with the largest |difference|, and how many alleles have another REF.

    The rows are sorted by |difference|; equal ones keep the order of the input. `rank` is the contig's in the genome.
    The second value counts all scored alleles whose `ref_match` is 0. The file is read in pieces.
    """
    ranks = {name: rank for rank, name in enumerate(results.contigs)}
    best, differing = pd.DataFrame(), 0
    for part in tables.parts(results):
        differing += int((part["ref_match"] == 0).sum())
        rows = pd.concat([best, part]) if len(best) else part
        best = rows.iloc[np.argsort(-rows["difference"].abs().to_numpy(), kind="stable")[:number]]
    return best.assign(rank=best["contig"].map(ranks)).reset_index(drop=True), differing
