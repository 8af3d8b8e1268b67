"""Contigs that two files name differently: `chr1` and `1`, `chrM` and `MT`."""

from __future__ import annotations

from collections.abc import Container

MITOCHONDRION = ("chrM", "chrMT", "MT", "M")


def genome_name(name: str, contigs: Container[str]) -> str | None:
    """The name of a contig in the genome: the same, or with or without `chr`, or another name of the mitochondrion.

    None if the genome does not have the contig.
    """
    others = MITOCHONDRION if name in MITOCHONDRION else (name.removeprefix("chr"), f"chr{name}")
    return next((one for one in (name, *others) if one in contigs), None)
