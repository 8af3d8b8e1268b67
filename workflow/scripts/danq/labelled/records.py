"""Reads records that are windows already: FASTA files, and tables with a column of sequences.

Tables are tab-separated with a header line, such as DeepBind's `.seq.gz` files (Alipanahi et al. 2015): the sequence is
in the column `seq`, the name in `EventID`, the label in `Bound`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from ..data.genome import NIBBLE, WRONG, check_kind, remedy
from ..errors import UserError
from ..files import existing, opened
from ..settings import hidden_character

LONGEST = 1 << 20  # bp of a record, which is a window and no contig
# Names of the columns of a table, in small letters.
SEQUENCE = ("seq", "sequence")
NAME = ("eventid", "name", "id", "seqid")
LABEL = ("bound", "label", "labels")
_PLACE = re.compile(r"(?:^|::|[\s|;=])(?P<contig>[^\s:|;=()]+):(?P<start>\d+)-(?P<end>\d+)")
_KEYED = re.compile(r"(?:^|[\s|;])(?:labels?|class|bound)\s*[=:]\s*(?P<value>[^\s|;]+)", re.IGNORECASE)
_LAST = re.compile(r"[\s|;](?P<value>[^\s|;]+)\s*$")


@dataclass(frozen=True)
class Record:
    """One sequence as a file has it.

    where : file and line, for messages
    name : first word of the header, or the column of the name
    header : the rest of what is known of it: the whole header of a FASTA record, the label of a row
    bases : letters, as in the file
    columns : the row of a table by column; empty for FASTA
    """

    where: str
    name: str
    header: str
    bases: bytes
    columns: dict[str, str] = field(default_factory=dict)

    def label(self) -> str:
        """The text of the labels, such as `1` or `1,0,NA`; "" if there is none.

        Of a header, it is the value of `label`, `labels`, `class` or `bound` (`class:1`), or else its last word or the
        last part after `|` or `;`.
        """
        if self.columns:
            return self.header
        found = _KEYED.search(self.header) or _LAST.search(self.header)
        return found["value"] if found else ""

    def place(self) -> tuple[str, int] | None:
        """Contig and first base (0-based) of a header with a place, such as `chr1:100-200`; None without one.

        The length tells how the place is counted: from 0 without its end, as bedtools does, or from 1 with both ends,
        as genome browsers do. A place of another length is a UserError.
        """
        found = None if self.columns else _PLACE.search(self.header)
        if found is None:
            return None
        start, end, size = int(found["start"]), int(found["end"]), len(self.bases)
        if end - start == size:
            return found["contig"], start
        if end - start + 1 == size and start > 0:
            return found["contig"], start - 1
        raise UserError(
            f"{self.where}: the record {self.name} has {size:,} bp, but its place is {end - start:,} bp long; "
            "correct the header, or remove the place from it"
        )

    def nibbles(self) -> np.ndarray:
        """Bases as uint8 (n,), four bits each, as in `danq.data.genome`. A letter that is no base is a UserError."""
        nibbles = NIBBLE[np.frombuffer(self.bases, np.uint8)]
        if len(nibbles) and nibbles.max() == WRONG:
            letter = self.bases[nibbles.argmax() :][:1].decode("latin-1")
            raise UserError(f"{self.where}: the record {self.name} has {letter!r}; {remedy(letter)}")
        return nibbles


def read(path: str | Path) -> Iterator[Record]:
    """The records of a FASTA file or table, plain or gzip, one by one. A malformed or empty file is a UserError."""
    path = existing(path, "file of sequences")
    check_kind(path)
    with opened(path, "file of sequences") as file:
        fasta = file.read(1 << 16).lstrip().startswith(b">")
    found = 0
    for record in _fasta(path) if fasta else _table(path):
        if not record.bases:
            raise UserError(f"{record.where}: the record {record.name} has no bases; remove it")
        if len(record.bases) > LONGEST:
            raise UserError(
                f"{record.where}: the record {record.name} has {len(record.bases):,} bp; a record with labels is a "
                "window, so give windows, or a genome and peaks with source: peaks"
            )
        found += 1
        yield record
    if not found:
        raise UserError(f"{path}: holds no sequence; give a file with sequences")


def header_of(path: str | Path) -> list[str]:
    """The columns of a table of sequences; empty for FASTA."""
    with opened(path, "file of sequences") as file:
        first = file.readline(1 << 16)
    return [] if first.lstrip().startswith(b">") else _text(path, 1, first).split("\t")


def _text(path: str | Path, number: int, line: bytes) -> str:
    try:
        return line.decode("utf-8").removeprefix("\ufeff").rstrip("\r\n")
    except UnicodeDecodeError:
        raise UserError(f"{path}, line {number}: not in UTF-8; save the file as UTF-8 text") from None


def _named(where: str, name: str) -> str:
    if not name:
        raise UserError(f"{where}: the record has no name; write one")
    if hidden := hidden_character(name):
        raise UserError(f"{where}: the name {name!r:.60} has the hidden character {hidden}; rename the record")
    return name


def _fasta(path: Path) -> Iterator[Record]:
    where, header, parts, size = "", None, [], 0
    with opened(path, "FASTA file") as file:
        for number, line in enumerate(file, 1):
            if line.startswith(b">"):
                if header is not None:
                    yield Record(where, _named(where, (header.split() or [""])[0]), header, b"".join(parts))
                where, header, parts, size = f"{path}, line {number}", _text(path, number, line)[1:], [], 0
            elif line.strip():
                if header is None:
                    raise UserError(f"{path}, line {number}: text before the first record; a record starts with '>'")
                if size <= LONGEST:  # a genome is refused without having it in memory
                    parts.append(line.strip())
                    size += len(parts[-1])
    if header is not None:
        yield Record(where, _named(where, (header.split() or [""])[0]), header, b"".join(parts))


def column_of(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """The first column that has one of the names, whatever the case of its letters."""
    return next((column for column in columns if column.lower() in names), None)


def _table(path: Path) -> Iterator[Record]:
    columns: list[str] = []
    with opened(path, "table of sequences") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            where, fields = f"{path}, line {number}", [item.strip() for item in _text(path, number, line).split("\t")]
            if not columns:
                columns = fields
                sequence, name, label = (column_of(columns, names) for names in (SEQUENCE, NAME, LABEL))
                if sequence is None:
                    raise UserError(
                        f"{path}: neither FASTA, whose records start with '>', nor a tab-separated table with the "
                        f"column {SEQUENCE[0]}; its first line is {' '.join(fields)!r:.60}"
                    )
                continue
            if len(fields) != len(columns):
                raise UserError(f"{where} has {len(fields)} fields, but the header has {len(columns)}; correct it")
            row = dict(zip(columns, fields, strict=True))
            named = _named(where, row[name]) if name else f"row{number}"
            yield Record(where, named, row[label] if label else "", row[sequence].encode(), row)
