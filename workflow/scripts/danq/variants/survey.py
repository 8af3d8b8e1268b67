"""A look at a whole list of variants before any of them is predicted."""

from __future__ import annotations

from pathlib import Path

from tqdm import tqdm

from .alleles import longest
from .checked import Counts, checked
from .contigs import Contigs
from .read import parts, records


def survey(path: str | Path, contigs: Contigs, length: int, mode: str, block_size: int) -> Counts:
    """What becomes of the alleles of a whole file. None that can be scored, or many mismatches, are a UserError.

    length : of a window in bp
    """
    counts = Counts()
    with tqdm(desc="comparing with the genome", unit=" records", disable=None) as progress:
        for part in parts(records(path), block_size):
            counts.add(checked(part.records, part.first, contigs, longest(length), mode)[1])
            progress.update(len(part.records))
    counts.check(str(path), mode)
    return counts
