"""Reads peak files: narrowPeak, broadPeak, gappedPeak and BED, plain or gzip."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from ..files import opened
from .peak_formats import BOM, check_header, check_signal, check_text

CLIPPED_SHARE = 0.01  # of the peaks of a file, at most, may end beyond their contig
FAR = 10_000  # bp beyond the end of a contig that no peak caller reaches: the assembly is another one
COLUMNS = {0: "contig", 1: "start", 2: "end", 6: "signal"}  # signalValue of narrowPeak and broadPeak
DTYPES = {"contig": "category", "start": np.int64, "end": np.int64, "signal": np.float64}
LARGEST = 1 << 40  # bp, more than any contig
HEADERS = (b"#", b"track", b"browser")


@dataclass(frozen=True)
class Peaks:
    """Intervals on a genome, 0-based and half-open as in BED.

    contig : int32 (n,), rank of each peak's contig in the genome
    start, end : int64 (n,), in bp
    skipped : number of peaks on each contig that the genome does not have
    outside : number of peaks that begin beyond the end of their contig
    weak : number of peaks below the signal threshold
    clipped : number of peaks, among those kept, that were cut at the end of their contig
    """

    contig: np.ndarray
    start: np.ndarray
    end: np.ndarray
    skipped: dict[str, int]
    outside: int = 0
    weak: int = 0
    clipped: int = 0

    @property
    def total(self) -> int:
        """The number of peaks in the file."""
        return len(self) + sum(self.skipped.values()) + self.outside + self.weak

    def __len__(self) -> int:
        return len(self.start)


def read_peaks(path: str | Path, contigs: dict[str, int], min_signal: float | None = None) -> Peaks:
    """Read the peaks of a file on a genome's contigs (name to length in bp).

    With `min_signal`, only peaks with at least this signalValue (column 7) are kept, and formats without one are a
    UserError. Peaks that end beyond their contig are cut there, as MACS extends some of them; those on contigs that the
    genome does not have are left out. All of them are counted.

    Raises UserError if a line is malformed, if no peak is left, or if the genome is another one: contigs with other
    names (chr1 and 1), a peak that ends far beyond its contig, or more than 1 % of the peaks that end beyond it.
    """
    with opened(path, "peak or BED file") as handle:
        data = handle.read().removeprefix(BOM)
    check_text(path, data)
    if b"\n" not in data:  # line ends of old Macs
        data = data.replace(b"\r", b"\n")
    first = next(_lines(data), None)
    if first is None:
        raise UserError(f"{path}: holds no peak; give a file with peaks or leave the file out")
    check_header(path, first[1])
    if min_signal is not None:
        check_signal(path, first[1])
    try:
        table = _parse(data, min_signal is not None)
    except (ValueError, TypeError, IndexError, OverflowError, pd.errors.ParserError):
        table = _parse_slowly(path, data, min_signal is not None)
    names = [name.strip() for name in table["contig"].cat.categories]
    _check_naming(path, names, contigs)
    rank = {name: i for i, name in enumerate(contigs)}
    contig = np.array([rank.get(name, -1) for name in names], np.int32)[table["contig"].cat.codes]
    start, end = table["start"].to_numpy(), table["end"].to_numpy().copy()
    known = contig >= 0
    lengths = np.append(np.fromiter(contigs.values(), np.int64, len(contigs)), np.iinfo(np.int64).max)[contig]
    _check_coordinates(path, data, start, end, lengths)
    codes = table["contig"].cat.codes.to_numpy()[~known]
    skipped = Counter(names[code] for code in codes)
    inside = known & (start < lengths)
    strong = inside if min_signal is None else inside & (table["signal"].to_numpy() >= min_signal)
    if inside.any() and not strong.any():
        raise UserError(f"{path}: no peak reaches the signal threshold of {min_signal:g}; lower windows.min_signal")
    beyond = strong & (end > lengths)
    end[beyond] = lengths[beyond]
    counts = (int((known & ~inside).sum()), int((inside & ~strong).sum()), int(beyond.sum()))
    return Peaks(contig[strong], start[strong], end[strong], dict(skipped), *counts)


def _parse(data: bytes, with_signal: bool) -> pd.DataFrame:
    """Parse a well-formed file; any irregularity raises, and the file is then parsed line by line."""
    begin = 0
    while data.startswith(HEADERS, begin):
        begin = data.find(b"\n", begin) + 1
        if begin == 0:
            raise ValueError("only header lines")
    first_line = data[begin:].split(b"\n", 1)[0]
    columns = COLUMNS if with_signal else {i: name for i, name in COLUMNS.items() if i < 3}
    table = pd.read_csv(
        io.BytesIO(data[begin:]),
        sep="\t" if b"\t" in first_line else r"\s+",
        header=None,
        usecols=list(columns),
        dtype={0: str, 1: np.int64, 2: np.int64, 6: np.float64},  # a contig "1" stays text
        engine="c",
        quoting=csv.QUOTE_NONE,
        keep_default_na=False,
    )
    return table.rename(columns=columns).astype({"contig": "category"})


def _lines(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Number and fields of each line with a peak."""
    for number, line in enumerate(io.BytesIO(data), 1):
        if line.strip() and not line.startswith(HEADERS):
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            yield number, text.split("\t") if "\t" in text else text.split()


def _parse_slowly(path: str | Path, data: bytes, with_signal: bool) -> pd.DataFrame:
    """Parse the same columns line by line, and name a malformed line in the UserError."""
    rows = []
    for number, fields in _lines(data):
        where = f"{path}, line {number}"
        if len(fields) < 3:
            raise UserError(f"{where}: a peak needs at least contig, start and end, separated by tabs")
        try:
            start, end = _whole(fields[1]), _whole(fields[2])
        except (ValueError, OverflowError):
            raise UserError(
                f"{where}: start and end must be whole numbers of bp, not {fields[1]!r:.40} and {fields[2]!r:.40}"
            ) from None
        signal = 0.0
        if with_signal:
            try:
                signal = float(fields[6])
            except (IndexError, ValueError):
                raise UserError(
                    f"{where}: windows.min_signal needs a number in column 7 (signalValue); "
                    "use narrowPeak files or unset it"
                ) from None
        rows.append((fields[0], start, end, signal))
    return pd.DataFrame(rows, columns=list(DTYPES)).astype(DTYPES)


def _whole(text: str) -> int:
    """A coordinate; `2401.` and `2401.0` are whole numbers, too. Anything else is a ValueError."""
    value = float(text)
    if not value.is_integer() or abs(value) > LARGEST:
        raise ValueError
    return int(value)


def _check_naming(path: str | Path, names: list[str], contigs: dict[str, int]) -> None:
    """Raise UserError if contigs are named in another style, or if the genome has none of them."""
    missing = [name for name in names if name not in contigs]
    for name in missing:
        other = name.removeprefix("chr") if name.startswith("chr") else f"chr{name}"
        if other in contigs:
            raise UserError(
                f"{path}: its contig {name!r} is called {other!r} in the genome; "
                "use peaks and a genome that name their contigs alike"
            )
    if len(missing) == len(names):
        raise UserError(
            f"{path}: none of its contigs ({missing[0]!r}, ...) is in the genome ({next(iter(contigs))!r}, ...); "
            "use peaks and a genome of the same assembly"
        )


def _check_coordinates(path, data: bytes, start: np.ndarray, end: np.ndarray, lengths: np.ndarray) -> None:
    """Raise UserError for the first line with impossible coordinates, or with those of another assembly."""
    beyond = end > lengths
    tolerated = int(beyond.sum()) <= max(1, CLIPPED_SHARE * len(end))
    bad = (start < 0) | (start >= end) | (beyond & ((end - lengths > FAR) | (not tolerated)))
    if not bad.any():
        return
    row = int(bad.argmax())
    number, fields = next(islice(_lines(data), row, None))
    where, first, last = f"{path}, line {number}", start[row], end[row]
    if first < 0:
        raise UserError(f"{where}: the start {first} is negative; BED coordinates begin at 0")
    if first >= last:
        raise UserError(f"{where}: the start {first} is not below the end {last}; a peak has at least one base")
    more = "" if tolerated else f", and so do {int(beyond.sum()) - 1:,} more of {len(end):,} peaks"
    raise UserError(
        f"{where}: the peak ends at {last:,}, beyond the end of {fields[0].strip()} ({lengths[row]:,} bp){more}; "
        "check that this is the right assembly"
    )
