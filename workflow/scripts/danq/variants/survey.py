"""A look at a whole list of variants before any of them is predicted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from tqdm import tqdm

from ..tables import Table
from .alleles import longest
from .checked import Counts, checked
from .contigs import Contigs
from .read import parts, records

AT_A_TIME = 1 << 16  # records
CHECKED = Table("table of checked variants", ("records", "alleles", "scored", "compared", "mismatches"))


def survey(path: str | Path, contigs: Contigs, length: int, mode: str) -> Counts:
    """What becomes of the alleles of a whole file. None that can be scored, or many mismatches, are a UserError.

    length : of a window in bp
    """
    counts = Counts()
    with tqdm(desc="comparing with the genome", unit=" records", disable=None) as progress:
        for part in parts(records(path), AT_A_TIME):
            counts.add(checked(part.records, part.first, contigs, longest(length), mode)[1])
            progress.update(len(part.records))
    counts.check(str(path), mode)
    return counts


def write_checked(counts: Counts, path: str | Path) -> None:
    """Write the numbers of records, of alleles, of those that can be scored, of compared ones and of mismatches."""
    row = (counts.records, counts.alleles, counts.scored, counts.compared, counts.mismatches)
    CHECKED.write(pd.DataFrame([row], columns=list(CHECKED.columns)), path)
