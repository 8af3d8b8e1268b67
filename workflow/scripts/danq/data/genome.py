"""Reads genomes from FASTA files with pyfaidx, as one-hot nibbles."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pyfaidx

from ..errors import UserError
from ..files import existing
from .fasta_index import UNREADABLE, first_line, index_of
from .fasta_kinds import check_kind, needs_copy
from .genome_copy import copy_of

# A base is four bits in the order A, C, G, T, most significant bit first. An ambiguous base (IUPAC), X or a gap is 0.
WRONG = 255  # of a character that is no base
NIBBLE = np.full(256, WRONG, np.uint8)
for _letter in "NRYKMSWBDHVXnrykmswbdhvx-.":
    NIBBLE[ord(_letter)] = 0
for _bit, _base in zip((8, 4, 2, 1), "ACGT", strict=True):
    NIBBLE[ord(_base)] = NIBBLE[ord(_base.lower())] = _bit


class Genome:
    """A genome with random access by contig.

    Parameters
    ----------
    path : FASTA file, plain or compressed with bgzip; of a plain gzip or 2bit file, a bgzip copy is made once
    index_folder : folder for a missing index (`.fai`, `.gzi`) or copy if the folder of `path` is not writable

    Attributes
    ----------
    path : the file that is read, which is the copy if there is one
    contigs : name to length in bp

    Raises UserError if the file cannot be indexed as FASTA.
    """

    def __init__(self, path: str | Path, index_folder: str | Path | None = None):
        path = existing(path, "genome FASTA")
        self.path = copy_of(path, index_folder) if needs_copy(path) else path
        check_kind(self.path)
        fai, gzi = index_of(self.path, index_folder)
        try:
            self._fasta = pyfaidx.Fasta(str(self.path), indexname=fai, gzi_indexname=gzi, as_raw=True, rebuild=False)
        except UNREADABLE as error:
            raise UserError(
                f"{self.path}: cannot be read as FASTA ({first_line(error)}); check that the file is complete"
            ) from error
        self.contigs: dict[str, int] = {name: len(self._fasta[name]) for name in self._fasta.keys()}  # noqa: SIM118
        for name in self.contigs:
            if not name.isprintable():
                raise UserError(f"{self.path}: the contig name {name!r} has a control character; rename the contig")

    def nibbles(self, contig: str, start: int = 0, end: int | None = None) -> np.ndarray:
        """Read a contig as uint8 (length,): 8, 4, 2, 1 for A, C, G, T and 0 for an ambiguous base.

        start, end : first base and the one after the last, 0-based, on the contig; by default all of it

        A character that is no base, such as white space, is a UserError.
        """
        end = self.contigs[contig] if end is None else end
        try:
            text = self._fasta[contig][start:end]
        except (pyfaidx.FetchError, OSError, *UNREADABLE) as error:
            raise UserError(f"{self.path}: contig {contig} cannot be read ({first_line(error)})") from error
        if len(text) != end - start:
            raise UserError(
                f"{self.path}: contig {contig} is {start + len(text):,} bp, its index says {self.contigs[contig]:,}; "
                "delete the .fai (and .gzi) file, and it is made again"
            )
        nibbles = NIBBLE[np.frombuffer(text.encode("latin-1", "replace"), np.uint8)]
        if len(nibbles) and nibbles.max() == WRONG:
            position = int(nibbles.argmax())
            raise UserError(self._wrong(contig, start + position, text[position]))
        return nibbles

    @property
    def size(self) -> int:
        """Total length of all contigs in bp."""
        return sum(self.contigs.values())

    def _wrong(self, contig: str, position: int, found: str) -> str:
        """A sentence on a character that is no base; position on the contig, 0-based."""
        line = _line_of(self.path, contig, found)
        return f"{self.path}, line {line}: contig {contig} has {found!r} at base {position + 1:,}; {remedy(found)}"


def remedy(found: str) -> str:
    """What to do about a character that is no base."""
    if found in "Uu":
        return "this is RNA; replace U by T"
    if found.isspace():
        return "remove white space from the lines"
    if found.isalpha() or found == "*":
        return "this is a protein; give DNA"
    return "a FASTA file has bases only"


def _line_of(path: Path, contig: str, character: str) -> int:
    """The number of the first line of a contig with a character; 0 if there is none."""
    opener = gzip.open if path.suffix.lower() in (".gz", ".bgz") else open
    inside = False
    with opener(path, "rt", encoding="latin-1", newline="\n") as file:
        for number, line in enumerate(file, 1):
            if line.startswith(">"):
                inside = line[1:].split()[:1] == [contig]
            elif inside and character in line.rstrip("\r\n"):
                return number
    return 0
