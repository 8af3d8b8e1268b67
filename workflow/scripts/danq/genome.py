"""Genomes: FASTA files, plain or bgzip, read through pyfaidx as one-hot nibbles."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pyfaidx

from .errors import UserError
from .files import GZIP_MAGIC, existing

# One base is four bits in the order A, C, G, T, most significant bit first; anything else is 0.
NIBBLE = np.zeros(256, np.uint8)
for _bit, _base in zip((8, 4, 2, 1), "ACGT", strict=True):
    NIBBLE[ord(_base)] = NIBBLE[ord(_base.lower())] = _bit


UNREADABLE = (
    *(pyfaidx.FastaIndexingError, pyfaidx.IndexNotFoundError),
    *(ValueError, EOFError, AssertionError, struct.error, zlib.error),  # of a bgzip file that was cut short
)


class Genome:
    """A FASTA file with random access by contig.

    Parameters
    ----------
    path : FASTA, plain or compressed with bgzip. Its index (`.fai`, `.gzi`) is made when missing,
        beside the file or, where that folder cannot be written to, in `index_folder`.
    """

    def __init__(self, path: str | Path, index_folder: str | Path | None = None):
        self.path = existing(path, "genome FASTA")
        with self.path.open("rb") as file:
            if file.read(2) == GZIP_MAGIC and self.path.suffix.lower() not in (".gz", ".bgz"):
                raise UserError(f"{self.path}: compressed, but not named so; call it {self.path.name}.gz")
        fai, gzi = (_index(self.path, suffix, index_folder) for suffix in (".fai", ".gzi"))
        try:
            self._fasta = pyfaidx.Fasta(str(self.path), indexname=fai, gzi_indexname=gzi, as_raw=True)
        except pyfaidx.UnsupportedCompressionFormat as error:
            raise UserError(
                f"{self.path}: compressed with gzip, which allows no random access; "
                "run `gunzip` on it, and `bgzip` if it should stay compressed"
            ) from error
        except UNREADABLE as error:
            raise UserError(
                f"{self.path}: cannot be indexed as FASTA ({_first_line(error)}); check that it is whole"
            ) from error
        self.contigs: dict[str, int] = {name: len(self._fasta[name]) for name in self._fasta.keys()}  # noqa: SIM118
        if not self.contigs:
            raise UserError(f"{self.path}: holds no sequence; a FASTA record starts with '>'")

    def nibbles(self, contig: str) -> np.ndarray:
        """The contig as uint8 (length,): 8, 4, 2, 1 for A, C, G, T and 0 for any other letter."""
        try:
            text = self._fasta[contig][:]
        except (pyfaidx.FetchError, OSError, *UNREADABLE) as error:
            raise UserError(f"{self.path}: contig {contig} cannot be read ({_first_line(error)})") from error
        if len(text) != self.contigs[contig]:
            raise UserError(
                f"{self.path}: contig {contig} is {len(text):,} bp, its index says {self.contigs[contig]:,}; "
                "delete the .fai (and .gzi) file so that it is made again"
            )
        return NIBBLE[np.frombuffer(text.encode("ascii", "replace"), np.uint8)]

    @property
    def size(self) -> int:
        """Total length of all contigs in bp."""
        return sum(self.contigs.values())


def _index(path: Path, suffix: str, other_folder: str | Path | None) -> str:
    """Where the index is or will be: beside the FASTA when it is up to date or can be written there."""
    index = Path(f"{path}{suffix}")
    up_to_date = index.exists() and index.stat().st_mtime >= path.stat().st_mtime
    if up_to_date or other_folder is None or os.access(path.parent, os.W_OK):
        return str(index)
    index = Path(other_folder) / index.name
    index.parent.mkdir(parents=True, exist_ok=True)
    return str(index)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
