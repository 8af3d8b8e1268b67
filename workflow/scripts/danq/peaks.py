"""Peak files: narrowPeak, broadPeak and BED, plain or gzip, read fast and checked line by line."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from .errors import UserError
from .files import opened

COLUMNS = {0: "contig", 1: "start", 2: "end", 6: "signal"}  # signalValue of narrowPeak and broadPeak
DTYPES = {"contig": "category", "start": np.int64, "end": np.int64, "signal": np.float64}
HEADERS = (b"#", b"track", b"browser")


@dataclass(frozen=True)
class Peaks:
    """Intervals on a genome, 0-based and half-open as in BED.

    contig : int32 (n,), the rank of each peak's contig in the genome
    start, end : int64 (n,), in bp
    skipped : how many peaks lay on each contig that the genome does not have
    """

    contig: np.ndarray
    start: np.ndarray
    end: np.ndarray
    skipped: dict[str, int]

    def __len__(self) -> int:
        return len(self.start)


def read_peaks(path: str | Path, contigs: dict[str, int], min_signal: float | None = None) -> Peaks:
    """Read a peak file against a genome's contigs (name to length in bp).

    `min_signal` keeps peaks whose signalValue (column 7) reaches it. Peaks on contigs that the
    genome lacks are counted in `skipped`; if the two name their contigs differently (chr1 and 1),
    if a line is malformed or if no peak is left, that is a UserError.
    """
    with opened(path, "peak or BED file") as handle:
        data = handle.read()
    try:
        table = _parse(data, min_signal is not None)
    except (ValueError, TypeError, IndexError, OverflowError, pd.errors.ParserError):
        table = _parse_slowly(path, data, min_signal is not None)
    if table.empty:
        raise UserError(f"{path}: holds no peak; give a file with peaks or leave the file out")
    names = table["contig"].cat.categories.tolist()
    _check_naming(path, names, contigs)
    rank = {name: i for i, name in enumerate(contigs)}
    ranks = np.array([rank.get(name, -1) for name in names], np.int32)
    contig = ranks[table["contig"].cat.codes]
    start, end = table["start"].to_numpy(), table["end"].to_numpy()
    known = contig >= 0
    lengths = np.fromiter(contigs.values(), np.int64, len(contigs))
    if ((start < 0) | (start >= end)).any() or (end[known] > lengths[contig[known]]).any():
        _raise_bad_line(path, data, contigs)
    skipped = Counter(table["contig"][~known].tolist())
    if min_signal is not None:
        known &= table["signal"].to_numpy() >= min_signal
        if not known.any():
            raise UserError(f"{path}: no peak reaches the signal threshold of {min_signal:g}; lower windows.min_signal")
    return Peaks(contig[known], start[known], end[known], dict(skipped))


def _parse(data: bytes, with_signal: bool) -> pd.DataFrame:
    """The columns of a well-formed file; anything odd raises and is looked at line by line."""
    begin = 0
    while data.startswith(HEADERS, begin):
        begin = data.find(b"\n", begin) + 1
        if begin == 0:
            raise ValueError("nothing but headers")
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
    """Number and fields of each line that holds a peak."""
    for number, line in enumerate(data.splitlines(), 1):
        if line.strip() and not line.startswith(HEADERS):
            text = line.decode("utf-8", "replace")
            yield number, text.split("\t") if "\t" in text else text.split()


def _parse_slowly(path: str | Path, data: bytes, with_signal: bool) -> pd.DataFrame:
    """The same columns, read line by line so that a malformed line can be named."""
    rows = []
    for number, fields in _lines(data):
        where = f"{path}, line {number}"
        if len(fields) < 3:
            raise UserError(f"{where}: a peak needs at least contig, start and end, separated by tabs")
        try:
            start, end = int(fields[1]), int(fields[2])
        except ValueError:
            raise UserError(
                f"{where}: start and end must be whole numbers, not {fields[1]!r} and {fields[2]!r}"
            ) from None
        signal = 0.0
        if with_signal:
            try:
                signal = float(fields[6])
            except (IndexError, ValueError):
                raise UserError(
                    f"{where}: windows.min_signal needs a number in column 7 (signalValue); "
                    "give narrowPeak files or unset it"
                ) from None
        rows.append((fields[0], start, end, signal))
    return pd.DataFrame(rows, columns=list(DTYPES)).astype(DTYPES)


def _check_naming(path: str | Path, names: list[str], contigs: dict[str, int]) -> None:
    """Contigs named in another style are an error; contigs that the genome just lacks are not."""
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


def _raise_bad_line(path, data: bytes, contigs: dict[str, int]) -> None:
    for number, fields in _lines(data):
        name, start, end = fields[0], int(fields[1]), int(fields[2])
        where = f"{path}, line {number}"
        if start < 0:
            raise UserError(f"{where}: the start {start} is negative; BED coordinates begin at 0")
        if start >= end:
            raise UserError(f"{where}: the start {start} is not below the end {end}; a peak has at least one base")
        if name in contigs and end > contigs[name]:
            raise UserError(
                f"{where}: the peak ends at {end:,}, beyond the end of {name} ({contigs[name]:,} bp); "
                "is this the right assembly?"
            )
