"""Sequences that a user gives to predict: a FASTA file, or regions of a genome by name or from a BED file."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..tables import Table
from .fasta_records import FastaRecords
from .genome import Genome
from .regions import named_regions, read_bed
from .tiles import GenomeTiles, Tiles

log = logging.getLogger(__name__)
ACCOUNT = Table("account of sequences", ("what", "count"), words=("what",))


def tiles_of(
    length: int,
    *,
    fasta: str | Path | None = None,
    bed: str | Path | None = None,
    regions: Sequence[str] = (),
    genome: str | Path | None = None,
    index_folder: str | Path | None = None,
    stride: int | None = None,
    pad: bool = False,
) -> tuple[Tiles, dict[str, int]]:
    """Windows of `length` bp along the sequences, and what became of these: counts, the first ones of all and windows.

    fasta : FASTA file; without it, `genome` and either `bed` or `regions` are needed
    index_folder : for the genome's index, see `Genome`
    stride, pad : see `Tiles` and `FastaRecords`
    """
    if fasta:
        records = FastaRecords(fasta, length, stride, pad)
        account = {"records": len(records.names), "windows": len(records)}
        account |= {"padded": records.short, "repeated_name": records.repeated}
        source: Tiles = records
    else:
        opened = Genome(genome, index_folder)
        found, counts = read_bed(bed, opened.contigs) if bed else (named_regions(regions, opened.contigs), {})
        tiles = GenomeTiles(opened, found, length, stride)
        account = {"regions": len(found)} | counts | {"windows": len(tiles)}
        account |= {"shorter_than_window": tiles.short, "window_beyond_contig": tiles.beyond}
        source = tiles
    log.info("%s: %s", source, ", ".join(f"{name} {count:,}" for name, count in account.items()))
    return source, account


def write_account(account: dict[str, int], path: str | Path) -> None:
    """Write the counts of `tiles_of` as a table."""
    ACCOUNT.write(pd.DataFrame({"what": list(account), "count": list(account.values())}), path)
