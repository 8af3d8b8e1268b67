"""Recognises common assemblies by the length of a contig, and knows which JASPAR matrices suit them.

Lengths: chrom.sizes of the UCSC Genome Browser, and TAIR10, ASM294v2 of Ensembl Genomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Assembly:
    """Name of an assembly, the taxonomic group of its matrices in JASPAR, and held-out contigs that are customary."""

    name: str
    taxon: str
    test: tuple[str, ...] = ()
    valid: tuple[str, ...] = ()


PUBLISHED = {"test": ("8", "9"), "valid": ("7",)}  # Zhou & Troyanskaya 2015; Quang & Xie 2016
# Name of a contig without `chr`, and its length in bp.
BY_LENGTH = {
    ("1", 249_250_621): Assembly("hg19", "vertebrates", **PUBLISHED),
    ("1", 248_956_422): Assembly("hg38", "vertebrates", **PUBLISHED),
    ("1", 248_387_328): Assembly("hs1", "vertebrates", **PUBLISHED),
    ("1", 197_195_432): Assembly("mm9", "vertebrates"),
    ("1", 195_471_971): Assembly("mm10", "vertebrates"),
    ("1", 195_154_279): Assembly("mm39", "vertebrates"),
    ("1", 282_763_074): Assembly("rn6", "vertebrates"),
    ("1", 260_522_016): Assembly("rn7", "vertebrates"),
    ("1", 59_578_282): Assembly("danRer11", "vertebrates"),
    ("2L", 23_011_544): Assembly("dm3", "insects"),
    ("2L", 23_513_712): Assembly("dm6", "insects"),
    ("I", 15_072_423): Assembly("ce10", "nematodes"),
    ("I", 15_072_434): Assembly("ce11", "nematodes"),
    ("IV", 1_531_933): Assembly("sacCer3", "fungi"),
    ("I", 5_579_133): Assembly("ASM294v2", "fungi"),
    ("1", 30_427_671): Assembly("TAIR10", "plants"),
}


def recognised(contigs: Mapping[str, int]) -> Assembly | None:
    """The assembly with a contig of this name, with or without `chr`, and this length; None if it is no known one."""
    for name, length in contigs.items():
        if known := BY_LENGTH.get((name.removeprefix("chr").removeprefix("Chr"), length)):
            return known
    return None
