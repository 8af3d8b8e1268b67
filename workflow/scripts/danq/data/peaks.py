"""Reads peak files: narrowPeak, broadPeak, gappedPeak, BED, bedGraph and MACS's .xls, plain or gzip, and bigBed."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from .contig_names import genome_name, read_aliases
from .peak_formats import SIGNAL, SUMMIT, check_signal, format_of
from .peak_texts import HEADERS, text_of

CLIPPED_SHARE = 0.01  # of the peaks of a file, at most, may end beyond their contig
FAR = 10_000  # bp beyond the end of a contig that no peak caller reaches: the assembly is another one
DTYPES = {"contig": str, "start": np.int64, "end": np.int64, "signal": np.float64, "summit": np.int64}  # "1" stays text
LARGEST = 1 << 40  # bp, more than any contig


@dataclass(frozen=True)
class Peaks:
    """Intervals on a genome, 0-based and half-open as in BED.

    contig : int32 (n,), rank of each peak's contig in the genome
    start, end : int64 (n,), in bp
    skipped : number of peaks on each contig that the genome does not have
    outside : number of peaks that begin beyond the end of their contig
    weak : number of peaks below the signal threshold; of a bedGraph, of stretches
    clipped : number of peaks, among those kept, that were cut at the end of their contig
    joined : number of stretches of a bedGraph that belong to the peak of the stretch before
    summit : int64 (n,), in bp on the contig: of narrowPeak and MACS's .xls the highest base, otherwise the middle; None
        if summits were not asked for
    renamed : names of contigs in the file to other names in the genome
    kind : format of the file, such as narrowPeak
    """

    contig: np.ndarray
    start: np.ndarray
    end: np.ndarray
    skipped: dict[str, int]
    outside: int = 0
    weak: int = 0
    clipped: int = 0
    joined: int = 0
    summit: np.ndarray | None = None
    renamed: dict[str, str] = field(default_factory=dict)
    kind: str = ""

    @property
    def total(self) -> int:
        """The number of peaks (of a bedGraph, of stretches) in the file."""
        return len(self) + sum(self.skipped.values()) + self.outside + self.weak + self.joined

    def __len__(self) -> int:
        return len(self.start)


def read_peaks(
    path: str | Path,
    contigs: dict[str, int],
    min_signal: float | None = None,
    aliases: str | Path | None = None,
    summits: bool = False,
) -> Peaks:
    """Read the peaks of a file on a genome's contigs (name to length in bp).

    min_signal : least signal of a peak (signalValue of narrowPeak, broadPeak and gappedPeak, fold_enrichment of MACS,
        value of a bedGraph). Formats without a signal are a UserError. Neighbouring stretches of a bedGraph that reach
        it are one peak; without a threshold, a bedGraph is a UserError
    aliases : table of other names of the contigs, see `read_aliases`
    summits : read the summits of the peaks, too

    Contigs may be named in another way than in the genome (see `genome_name`). Peaks that end beyond their contig are
    cut there, as MACS extends some of them; those on contigs that the genome does not have are left out. All of them
    are counted.

    Raises UserError if a line is malformed, if no peak is left, or if the genome is another one: contigs with other
    names, a peak that ends far beyond its contig, or more than 1 % of the peaks that end beyond it.
    """
    data = text_of(path)
    first = next(_lines(data), None)
    if first is None:
        raise UserError(f"{path}: holds no peak; give a file with peaks or leave the file out")
    kind = "bedGraph" if _is_bed_graph(data) else format_of(path, first[1])
    check_signal(path, kind, min_signal)
    columns = _columns(kind, min_signal is not None, len(first[1]) if summits else 0)
    try:
        table = _parse(data, columns)
    except (ValueError, TypeError, IndexError, OverflowError, pd.errors.ParserError):
        table = _parse_slowly(path, data, columns)
    names = [name.strip() for name in table["contig"].cat.categories]
    rank = {name: i for i, name in enumerate(contigs)}
    known = _known_names(path, names, contigs, aliases)
    contig = np.array([rank.get(known[name], -1) for name in names], np.int32)[table["contig"].cat.codes]
    start, end = table["start"].to_numpy(), table["end"].to_numpy().copy()
    lengths = np.append(np.fromiter(contigs.values(), np.int64, len(contigs)), np.iinfo(np.int64).max)[contig]
    _check_coordinates(path, data, start, end, lengths)
    summit = _summits(path, data, table, start, end)
    skipped = Counter(names[code] for code in table["contig"].cat.codes.to_numpy()[contig < 0])
    inside = (contig >= 0) & (start < lengths)
    strong = inside if min_signal is None else inside & (table["signal"].to_numpy() >= min_signal)
    if inside.any() and not strong.any():
        raise UserError(f"{path}: no peak reaches the signal threshold of {min_signal:g}; lower min_signal")
    beyond = strong & (end > lengths)
    end[beyond] = lengths[beyond]
    counts = (int(((contig >= 0) & ~inside).sum()), int((inside & ~strong).sum()), int(beyond.sum()))
    summit = np.minimum(summit, end - 1)[strong] if summits else None
    renamed = {name: other for name, other in known.items() if other not in (None, name)}
    peaks = Peaks(
        contig[strong], start[strong], end[strong], dict(skipped), *counts, summit=summit, renamed=renamed, kind=kind
    )
    return _joined(peaks) if kind == "bedGraph" else peaks


def _is_bed_graph(data: bytes) -> bool:
    """Whether a track line says that a file is a bedGraph."""
    lines = (line for line in data[:10_000].splitlines() if line.startswith(b"track"))
    return any(b"type=bedGraph" in line.replace(b'"', b"") for line in lines)


def _columns(kind: str, with_signal: bool, number: int) -> dict[int, str]:
    """The columns to read, from 0, and what they hold. A summit is read if the `number` of columns includes it."""
    columns = {0: "contig", 1: "start", 2: "end"}
    if with_signal:
        columns[SIGNAL[kind]] = "signal"
    if SUMMIT.get(kind, number) < number:
        columns[SUMMIT[kind]] = "summit"
    return columns


def _known_names(path: str | Path, names: list[str], contigs: dict[str, int], aliases) -> dict[str, str | None]:
    """The name of each contig in the genome, or None; UserError if the genome has none of them."""
    table = read_aliases(path=aliases, contigs=contigs) if aliases else None
    known = {name: genome_name(name, contigs, table) for name in names}
    if not any(known.values()):
        raise UserError(
            f"{path}: none of its contigs ({names[0]!r}, ...) is in the genome ({next(iter(contigs))!r}, ...); "
            "use peaks and a genome of the same assembly, or give other names of its contigs "
            "(genome.aliases, --aliases)"
        )
    return known


def _summits(path: str | Path, data: bytes, table: pd.DataFrame, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Positions of the summits on the contig, int64 (n,): the middle where the file has none (-1)."""
    middle = start + (end - start) // 2
    if "summit" not in table:
        return middle
    offset = table["summit"].to_numpy()
    wrong = (offset < -1) | (offset >= np.maximum(end - start, 1))
    if wrong.any():
        row = int(wrong.argmax())
        number, _ = next(islice(_lines(data), row, None))
        raise UserError(
            f"{path}, line {number}: the summit {offset[row]} is not in the peak of {end[row] - start[row]} bp; "
            "column 10 is the summit relative to the start, or -1"
        )
    return np.where(offset < 0, middle, start + offset)


def _joined(peaks: Peaks) -> Peaks:
    """One peak for each run of stretches that touch or overlap."""
    order = np.lexsort((peaks.start, peaks.contig))
    contig = peaks.contig[order].astype(np.int64)
    far = contig * (int(peaks.end.max(initial=0)) + 1)  # puts the contigs one behind the other
    reach = np.maximum.accumulate(far + peaks.end[order])
    opens = np.flatnonzero(np.append(True, (far + peaks.start[order])[1:] > reach[:-1])[: len(order)])
    start, end = peaks.start[order][opens], (reach - far)[np.append(opens[1:], len(order))[: len(opens)] - 1]
    summit = None if peaks.summit is None else start + (end - start) // 2
    joined = len(order) - len(opens)
    return replace(peaks, contig=peaks.contig[order][opens], start=start, end=end, summit=summit, joined=joined)


def _parse(data: bytes, columns: dict[int, str]) -> pd.DataFrame:
    """Parse a well-formed file; any irregularity raises, and the file is then parsed line by line."""
    begin = 0
    while data.startswith((*HEADERS, b"\n"), begin):
        begin = data.find(b"\n", begin) + 1
        if begin == 0:
            raise ValueError("only header lines")
    first_line = data[begin:].split(b"\n", 1)[0]
    table = pd.read_csv(
        io.BytesIO(data[begin:]),
        sep="\t" if b"\t" in first_line else r"\s+",
        header=None,
        usecols=list(columns),
        dtype={i: DTYPES[name] for i, name in columns.items()},
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


def _parse_slowly(path: str | Path, data: bytes, columns: dict[int, str]) -> pd.DataFrame:
    """Parse the same columns line by line, and name a malformed line in the UserError."""
    rows = []
    for number, fields in _lines(data):
        where = f"{path}, line {number}"
        if len(fields) < 3:
            raise UserError(f"{where}: a peak needs at least contig, start and end, separated by tabs")
        try:
            row = [fields[0], _whole(fields[1]), _whole(fields[2])]
        except (ValueError, OverflowError):
            raise UserError(
                f"{where}: start and end must be whole numbers of bp, not {fields[1]!r:.40} and {fields[2]!r:.40}"
            ) from None
        for column, name in [*columns.items()][3:]:
            try:
                row.append((float if name == "signal" else _whole)(fields[column]))
            except (IndexError, ValueError, OverflowError):
                raise UserError(
                    f"{where}: needs a number in column {column + 1} ({name}); fix the line, or give a BED file"
                ) from None
        rows.append(row)
    table = pd.DataFrame(rows, columns=list(columns.values()))
    return table.astype({name: DTYPES[name] for name in columns.values()}).astype({"contig": "category"})


def _whole(text: str) -> int:
    """A coordinate; `2401.` and `2401.0` are whole numbers, too. Anything else is a ValueError."""
    value = float(text)
    if not value.is_integer() or abs(value) > LARGEST:
        raise ValueError
    return int(value)


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
