"""Contigs that two files name differently: `chr1` and `1`, `chrM` and `MT`, `chrIV` and `4`, `NC_000001.11`.

Names follow a built-in rule (with or without `chr`, the mitochondrion, the numerals of yeast) or a table of aliases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import UserError
from ..files import opened

MITOCHONDRION = ("chrM", "chrMT", "MT", "M", "Mito", "chrMito")
YEAST = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI"]
NUMBER = {str(number): roman for number, roman in enumerate(YEAST, 1)}
ROMAN = {roman: number for number, roman in NUMBER.items()}


def genome_name(name: str, contigs: Iterable[str], aliases: Mapping[str, str] | None = None) -> str | None:
    """The name of a contig in the genome: the same, that of the aliases, or the one that the built-in rule finds.

    The rule: with or without `chr`, another name of the mitochondrion, or a Roman for an Arabic numeral and the reverse
    where the genome has the sixteen chromosomes of yeast (elsewhere, `X` is the sex chromosome).

    aliases : of `read_aliases`

    None if the genome does not have the contig.
    """
    if name in contigs:
        return name
    if aliases and name in aliases:
        return aliases[name]
    others = MITOCHONDRION if name in MITOCHONDRION else (name.removeprefix("chr"), f"chr{name}")
    found = next((one for one in others if one in contigs), None)
    return found or _in_other_numerals(name.removeprefix("chr"), contigs)


def _in_other_numerals(bare: str, contigs: Iterable[str]) -> str | None:
    numerals = NUMBER if bare in NUMBER else ROMAN
    if bare not in numerals:
        return None
    names = {contig.removeprefix("chr"): contig for contig in contigs}
    yeast = set(numerals.values()) <= set(names) and not {"17", "X" if numerals is ROMAN else "XVII"} & set(names)
    return names[numerals[bare]] if yeast else None


def read_aliases(path: str | Path, contigs: Iterable[str]) -> dict[str, str]:
    """Other names of a genome's contigs: alias to the name in the genome.

    path : tab-separated table, plain or gzip, each line with all names of one contig, such as UCSC's `chromAlias.txt`

    The column of UCSC's older tables that names the source (`ensembl`) is left out, because it is in the lines of
    several contigs. A line with two contigs of the genome, or a table that has none of them, is a UserError.
    """
    names = set(contigs)
    found: dict[str, set[str]] = {}
    with opened(path, "table of aliases") as file:
        lines = file.read().decode("utf-8-sig", "replace").splitlines()
    for number, line in enumerate(lines, 1):
        fields = {field.strip() for field in line.split("\t")} - {""}
        known = fields & names
        if line.startswith("#") or not known:
            continue
        if len(known) > 1:
            raise UserError(
                f"{path}, line {number}: has two contigs of the genome ({', '.join(sorted(known))}); fix it"
            )
        for alias in fields - known:
            found.setdefault(alias, set()).update(known)
    if not found:
        raise UserError(
            f"{path}: no line has a contig of the genome ({next(iter(contigs))!r}, ...) and another name of it, "
            "separated by tabs; give the chromAlias.txt of the same assembly"
        )
    return {alias: next(iter(known)) for alias, known in found.items() if len(known) == 1}
