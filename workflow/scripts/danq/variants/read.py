"""Reads variants from VCF (plain, gzip or bgzip), BCF or a table, one record at a time.

A table is tab-separated text, plain or gzip, with the columns contig, position (1-based), ref, alt and, optionally, id.
A heading with these names (or CHROM, POS) may give another order; further columns are ignored. Several alternative
alleles are separated by commas. Empty lines and lines that begin with # are skipped. VCF is read as such a table, BCF
with pysam.
"""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pysam

from ..errors import UserError
from ..files import GZIP_MAGIC, existing, opened

COLUMNS = ("contig", "position", "ref", "alt", "id")
OF_VCF = ("contig", "position", "id", "ref", "alt")
NAMES = {  # of columns, in lower case
    **{name: name for name in COLUMNS},
    **dict.fromkeys(("chrom", "chr", "chromosome"), "contig"),
    "pos": "position",
}
DIGITS = 12  # of a position, more than any contig needs
VCF, BCF = b"##fileformat=VCF", b"BCF\2"
DAMAGE = (OSError, ValueError, EOFError, RuntimeError, zlib.error)  # of gzip and pysam, on damaged files


class Record(NamedTuple):
    """A line of the file. `position` is the 1-based place of the first base of `ref`; a missing id is ""."""

    contig: str
    position: int
    id: str
    ref: str
    alts: tuple[str, ...]


def records(path: str | Path) -> Iterator[Record]:
    """The records of a file in their order. A file that cannot be read is a UserError."""
    head = _head(existing(path, "file of variants"))
    if head.startswith(BCF):
        yield from _from_bcf(Path(path))
    else:
        yield from _from_text(Path(path), head.startswith(VCF))


class Part(NamedTuple):
    """Consecutive records of a file.

    first : number of the first, from 0
    records : at most as many as a block has
    last : whether no record follows
    """

    first: int
    records: list[Record]
    last: bool


def parts(found: Iterable[Record], size: int, only: int | None = None) -> Iterator[Part]:
    """Divide records into blocks of `size`, at least one.

    only : number (from 0) of the only block to give; it is empty beyond the end of the file
    """
    found = iter(found)
    first = 0 if only is None else only * size
    ahead = list(islice(found, first, first + 1))
    while True:
        block = [*ahead, *islice(found, size - len(ahead))]
        ahead = list(islice(found, 1))
        yield Part(first, block, last=not ahead)
        if only is not None or not ahead:
            return
        first += len(block)


def _head(path: Path) -> bytes:
    """The first bytes of a file, unpacked."""
    with path.open("rb") as file:
        head = file.read(len(VCF))
    if not head.startswith(GZIP_MAGIC):
        return head
    try:
        with gzip.open(path) as file:
            return file.read(len(VCF))
    except DAMAGE as error:
        raise UserError(f"{path}: the gzip file is truncated or damaged ({error}); fetch or write it again") from error


def _from_bcf(path: Path) -> Iterator[Record]:
    number = 0
    verbosity = pysam.set_verbosity(0)  # htslib writes its own messages to stderr
    try:
        with pysam.VariantFile(str(path), drop_samples=True) as file:
            for one in file:
                number += 1
                name = _id(f"{path}, record {number:,}", one.id or "")
                yield Record(one.contig, one.pos, name, one.ref or "", one.alts or ())
    except DAMAGE as error:
        raise UserError(
            f"{path}: cannot be read after record {number:,} ({error}); check that the BCF file is complete"
        ) from error
    finally:
        pysam.set_verbosity(verbosity)


def _from_text(path: Path, is_vcf: bool) -> Iterator[Record]:
    columns, errors = (OF_VCF, "replace") if is_vcf else (COLUMNS, "strict")  # INFO may be in any encoding
    started = False
    with opened(path, "file of variants") as binary, io.TextIOWrapper(binary, "utf-8-sig", errors) as text:
        try:
            for number, line in enumerate(text, 1):
                fields = line.rstrip("\r\n").split("\t", len(columns) if started else -1)
                if not started and (named := _heading(fields)):
                    columns, started = named, True
                elif line.strip() and not line.startswith("#"):
                    started = True
                    yield _record(f"{path}, line {number}", dict(zip(columns, fields, strict=False)))
        except UnicodeDecodeError as error:
            raise UserError(
                f"{path}: neither VCF, BCF nor a table of text ({error.reason}); give variants in one of these formats"
            ) from error


def _heading(fields: list[str]) -> tuple[str, ...]:
    """The columns that a line names, which may begin with # as in VCF; none if it is not a heading.

    Columns behind the last one that is used are left out.
    """
    named = [NAMES.get(field.strip().lstrip("#").lower(), "") for field in fields]
    if not {"contig", "position"} <= set(named):
        return ()
    return tuple(named[: max(i for i, name in enumerate(named) if name) + 1])


def _record(where: str, row: dict[str, str]) -> Record:
    contig, position, ref, alt = (row.get(name, "").strip() for name in COLUMNS[:4])
    if not (contig and position and ref and alt):
        missing = next(name for name in COLUMNS[:4] if not row.get(name, "").strip())
        raise UserError(
            f"{where}: the {missing} is missing; a table of variants has tab-separated columns "
            "contig, position, ref, alt and, optionally, id"
        )
    if not (position.isascii() and position.isdigit() and len(position) <= DIGITS):
        raise UserError(f"{where}: the position must be a whole number (1-based), not {position!r:.40}")
    return Record(contig, int(position), _id(where, row.get("id", "").strip()), ref, tuple(alt.split(",")))


def _id(where: str, text: str) -> str:
    if not text.isprintable():
        raise UserError(f"{where}: the id {text!r:.40} has a control character; remove it")
    return "" if text == "." else text
