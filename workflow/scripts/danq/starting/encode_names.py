"""Names of ENCODE's files: those of 2012, such as wgEncodeAwgTfbsBroadHelas3CtcfUniPk, and the portal's metadata.tsv.

Sources: https://genome.ucsc.edu/ENCODE/ (names of files), https://www.encodeproject.org/help/batch-download/
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError
from ..files import existing
from .vocabulary import CELLS, HISTONE, OPEN

OLD = re.compile(r"wgEncode(?P<rest>[A-Z]\w*)")
WORD = re.compile(r"[A-Z][a-z0-9]*|\d+")
KINDS = {"Tfbs": "TF", "Histone": "histone", "Dnase": "DNase", "Faire": "FAIRE", "Chip": "TF"}
LABS = (
    "Broad",
    "Haib",
    "Sydh",
    "Uchicago",
    "Uta",
    "Uw",
    "Uwduke",
    "Duke",
    "Open",
    "Chrom",
    "Psu",
    "Lic",
    "Ucd",
    "Yale",
)
LAST = re.compile(r"Uni|Std|Pk|Peaks?|Sig|Hotspots|Rep\d+|V\d{7,}|V\d|Pcr\dx|Ucd|Igg\w*|Input|Control|Aln\w*")
LOT = re.compile(r"(?:sc|ab|nb|m|ht|c)\d{3,}\w*$")  # number of the antibody, behind the factor
# Cells in the spelling of these names, where a known pattern does not find them.
OLD_CELLS = {"Sknsh": "SK-N-SH", "Sknmc": "SK-N-MC", "T47d": "T-47D", "Huvec": "HUVEC", "Panc1": "PANC-1"}
METADATA = "metadata.tsv"
COLUMNS = ("File accession", "Assay", "Biosample term name")
ASSAYS = {
    "DNase-seq": "DNase",
    "ATAC-seq": "ATAC",
    "FAIRE-seq": "FAIRE",
    "Histone ChIP-seq": "histone",
    "Mint-ChIP-seq": "histone",
}


@dataclass(frozen=True)
class Named:
    """What a name says: target, assay, cell type, treatment, and number of the replicate ("" for none)."""

    name: str
    assay: str
    cell: str = ""
    treatment: str = ""
    replicate: str = ""


def old_name(stem: str) -> Named | None:
    """What a name of 2012 says; None for another name.

    Its words are the lab and the kind of the assay in either order, the cell, the factor (of ChIP-seq), the treatment,
    and the kind of the file.
    """
    match = OLD.search(stem)
    words = WORD.findall(match["rest"]) if match else []
    kind = next((i for i, word in enumerate(words[:4]) if word in KINDS), None)
    if kind is None:
        return None
    assay = KINDS[words[kind]]
    left = words[kind + 1 :]
    while left and left[0] in LABS:
        left = left[1:]
    replicate = next((word[3:] for word in left if re.fullmatch(r"Rep\d+", word)), "")
    left = [word for word in left if not LAST.fullmatch(word)]
    if not left or (assay in ("TF", "histone") and len(left) < 2):
        return None
    cell = known_cell(left[0])
    if assay in OPEN:
        return Named(assay, assay, cell, "".join(left[1:]), replicate)
    target = _target(left[1])
    return Named(target, "histone" if HISTONE.fullmatch(target) else "TF", cell, "".join(left[2:]), replicate)


def known_cell(word: str) -> str:
    """The usual spelling of a cell type: HeLa-S3 for Helas3; an unknown one as it is."""
    for spelling, pattern in CELLS.items():
        if match := pattern.fullmatch(word):
            return spelling.format(match.groupdict().get("number"))
    return OLD_CELLS.get(word, word)


def _target(word: str) -> str:
    """CTCF for Ctcf, ELF1 for Elf1sc631, H3K4me3 for H3k04me3."""
    mark = re.sub(r"(?<=[A-Za-z])0(?=\d)", "", word)
    return histone(mark) if HISTONE.fullmatch(mark) else LOT.sub("", word).upper()


def histone(mark: str) -> str:
    """A mark in the usual spelling: H3K27ac, H2A.Z; another word as it is."""
    match = re.fullmatch(r"(H\d[AB]?)([KRST])(\d+)([a-z]+)(\d*[as]?)", mark, re.I)
    if match:
        return f"{match[1].upper()}{match[2].upper()}{match[3]}{match[4].lower()}{match[5]}"
    return "H2A.Z" if re.fullmatch(r"H2A\.?Z|H2AFZ", mark, re.I) else mark


def read_metadata(folder: Path) -> dict[str, Named]:
    """By accession, what the metadata.tsv of ENCODE's batch download says of its files; empty without such a file.

    A table of this name that lacks ENCODE's columns is a UserError.
    """
    path = folder / METADATA
    if not path.exists():
        return {}
    try:
        with existing(path, "table of ENCODE's files").open(encoding="utf-8-sig", errors="replace", newline="") as file:
            table = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            columns, rows = table.fieldnames or (), list(table)
    except csv.Error as error:
        raise UserError(f"{path}: not a tab-separated table ({error}); download it again or rename it") from error
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        raise UserError(
            f"{path}: has no column {missing[0]!r}, unlike ENCODE's table of files; download it again or rename it"
        )
    return {row["File accession"]: _of_row(row) for row in rows if row["File accession"]}


def _of_row(row: dict[str, str]) -> Named:
    cell, assay = (row["Biosample term name"] or "").strip(), (row["Assay"] or "").strip()
    target = (row.get("Experiment target") or "").strip().rpartition("-")  # CTCF-human
    name = target[0] or target[2]
    replicates = (row.get("Biological replicate(s)") or "").strip()
    treatment = (row.get("Biosample treatments") or "").strip()
    kind = ASSAYS.get(assay, "histone" if HISTONE.fullmatch(name) else "TF")
    name = name or (kind if kind in OPEN else row["File accession"].strip())
    return Named(name, kind, cell, treatment, replicates if replicates.isdigit() else "")
