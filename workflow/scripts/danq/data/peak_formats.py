"""The formats of files with intervals, and files that look like one but are something else.

Formats: https://genome.ucsc.edu/FAQ/FAQformat.html
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import UserError

SIGNAL = {"narrowPeak": 6, "broadPeak": 6, "gappedPeak": 12, "bedGraph": 3}  # column of the signal, from 0
SUMMIT = {"narrowPeak": 9}  # column of the summit, relative to the start; -1 if there is none
BIG_BED = (b"\xeb\xf2\x89\x87", b"\x87\x89\xf2\xeb")
BOM = b"\xef\xbb\xbf"
OTHER = {
    b"\xff\xfe": "UTF-16 text; save it as UTF-8 text",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8 text",
    b"PK\x03\x04": "a zip archive or a spreadsheet; unpack it, or save it as tab-separated text",
    **dict.fromkeys(BIG_BED, "a bigBed file; convert it with bigBedToBed"),
    b"\x26\xfc\x8f\x88": "a bigWig file, which has a signal and no peaks; use the peak file of the same experiment",
    b"\x88\x8f\xfc\x26": "a bigWig file, which has a signal and no peaks; use the peak file of the same experiment",
    b"BAM\x01": "a BAM file of reads; call peaks first, for example with MACS",
    b"BZh": "compressed with bzip2; unpack it, or compress it with gzip",
    b"\xfd7zXZ": "compressed with xz; unpack it, or compress it with gzip",
}


def check_text(path: str | Path, data: bytes) -> None:
    """Raise UserError if the content of a file is another kind than tab-separated text."""
    for magic, kind in OTHER.items():
        if data.startswith(magic):
            raise UserError(f"{path}: not a peak or BED file, but {kind}")
    if b"\0" in data[:1000]:
        raise UserError(f"{path}: not a peak or BED file, but binary data; give narrowPeak, broadPeak or BED text")


def is_macs_table(fields: Sequence[str]) -> bool:
    """Whether the first line that is not a comment is the heading of a MACS table (.xls)."""
    return [field.strip() for field in fields[:3]] == ["chr", "start", "end"]


def check_header(path: str | Path, fields: Sequence[str]) -> None:
    """Raise UserError if the first line that is not a comment is the heading of a MACS table."""
    if is_macs_table(fields):
        raise UserError(
            f"{path}: a table of MACS (.xls), whose coordinates begin at 1; use MACS's .narrowPeak or .broadPeak file"
        )


def format_of(path: str | Path, fields: Sequence[str]) -> str:
    """The format of a file with intervals: narrowPeak, broadPeak, gappedPeak, bedGraph, BED3 and so on.

    The name decides if it has the suffix of a format. Files of other names, such as `.bed.gz`, are recognised by
    the columns of a line: ENCODE's narrowPeak files are often called so.
    """
    suffixes = {suffix.lower() for suffix in Path(path).suffixes}
    for name in ("narrowPeak", "broadPeak", "gappedPeak", "bedGraph"):
        if f".{name.lower()}" in suffixes:
            return name
    if ".bdg" in suffixes:
        return "bedGraph"
    if len(fields) == 9:
        return _of_nine(fields)
    return {10: "narrowPeak", 15: "gappedPeak"}.get(len(fields), f"BED{len(fields)}")


def _of_nine(fields: Sequence[str]) -> str:
    """BED9 has two coordinates and a colour in columns 7 to 9, broadPeak three numbers."""
    thick = all(field.isdigit() for field in fields[6:8])
    colour = "," in fields[8] or fields[8] in ("0", ".")
    inside = thick and int(fields[1]) <= int(fields[6]) <= int(fields[7]) <= int(fields[2])
    return "BED9" if colour or inside else "broadPeak"


def check_signal(path: str | Path, kind: str, min_signal: float | None) -> None:
    """Raise UserError if there is a threshold and the format has no signal, or the reverse.

    kind : of `format_of`
    """
    if min_signal is not None and kind not in SIGNAL:
        raise UserError(
            f"{path}: min_signal needs a signal, which {', '.join(SIGNAL)} and MACS's .xls files have; this file is "
            f"{kind}: give peaks in one of these formats, or unset min_signal"
        )
    if kind == "bedGraph" and min_signal is None:
        raise UserError(
            f"{path}: a bedGraph has a value for every stretch of the genome; give the value that peaks begin at, "
            "in the column min_signal of the sheet or as windows.min_signal"
        )
