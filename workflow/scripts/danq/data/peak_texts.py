"""Peak files that are no BED text, as BED text: bigBed and the tables of MACS (.xls).

bigBed: Kent et al. 2010, Bioinformatics 26:2204, read by pybigtools. MACS: https://macs3-project.github.io/MACS
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pybigtools

from ..errors import UserError
from ..files import opened
from .peak_formats import BIG_BED, BOM, check_text, is_macs_table

HEADERS = (b"#", b"track", b"browser")
DAMAGE = (pybigtools.BBIReadError, OSError, ValueError, KeyError)  # what pybigtools raises of a damaged file


def text_of(path: str | Path) -> bytes:
    """The lines of a peak file as BED, narrowPeak, broadPeak, gappedPeak or bedGraph text.

    A line of the text is the line of the same number in the file; of a bigBed file, its record.
    """
    with opened(path, "peak or BED file") as handle:
        data = handle.read().removeprefix(BOM)
    if data.startswith(BIG_BED):
        return b"".join(_records(path))
    check_text(path, data)
    if b"\n" not in data:  # line ends of old Macs
        data = data.replace(b"\r", b"\n")
    first = next((line for line in io.BytesIO(data) if line.strip() and not line.startswith(HEADERS)), b"")
    return b"".join(_of_macs(path, data)) if is_macs_table(first.decode("utf-8", "replace").split("\t")) else data


def _records(path: str | Path) -> Iterator[bytes]:
    """The records of a bigBed file; the number of columns tells a narrowPeak from a BED."""
    try:
        with pybigtools.open(str(path)) as file:
            for contig in file.chroms():
                for record in file.records(contig):
                    yield "\t".join(map(str, (contig, *record))).encode() + b"\n"
    except BaseException as error:
        if not isinstance(error, DAMAGE) and type(error).__name__ != "PanicException":  # of pybigtools' Rust code
            raise
        raise UserError(
            f"{path}: the bigBed file is truncated or damaged ({str(error)[:100]}); fetch or write it again"
        ) from error


def _of_macs(path: str | Path, data: bytes) -> Iterator[bytes]:
    """The rows of a table of MACS 2 or 3 as narrowPeak: the signal is `fold_enrichment`, as in MACS's own files."""
    columns: dict[str, int] = {}
    for number, line in enumerate(data.splitlines(), 1):
        fields = [field.strip() for field in line.decode("utf-8", "replace").split("\t")]
        if not line.strip() or line.startswith(HEADERS):
            yield b"\n"
        elif not columns:
            columns = {name: i for i, name in enumerate(fields)}
            if "fold_enrichment" not in columns or "summit" in columns:
                raise UserError(
                    f"{path}, line {number}: the table has no column fold_enrichment, or is of MACS 1; "
                    "give the .xls, .narrowPeak or .broadPeak file of MACS 2 or 3"
                )
            yield b"\n"
        else:
            yield _macs_row(f"{path}, line {number}", fields, columns)


def _macs_row(where: str, fields: list[str], columns: dict[str, int]) -> bytes:
    try:
        start = int(fields[columns["start"]]) - 1  # the table counts from 1
        summit = int(fields[columns["abs_summit"]]) - 1 - start if "abs_summit" in columns else -1
        signal = fields[columns["fold_enrichment"]]
        row = (fields[0], start, fields[columns["end"]], ".", 0, ".", signal, -1, -1, summit)
    except (ValueError, IndexError):
        raise UserError(
            f"{where}: not a row of the table's {len(columns)} columns; fetch or write the file again"
        ) from None
    return "\t".join(map(str, row)).encode() + b"\n"
