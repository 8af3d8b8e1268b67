"""Reads labels of records: a matrix of 0, 1 and missing values in TSV, CSV or .npy."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from ..files import existing, opened
from ..settings import hidden_character

ROWS = 1 << 13  # rows read at a time
MISSING = 2  # a label that is not known
VALUES = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, **dict.fromkeys(("", "NA", "NaN", "nan", ".", "<NA>"), MISSING)}


@dataclass(frozen=True)
class LabelTable:
    """Labels of records.

    path : the file
    targets : names of the columns that are labels; empty for .npy
    names : names of the rows; None for .npy, whose rows are the records in the order of the files
    packed : labels uint8 (n, ceil(T/8)), packed; 0 where they are missing
    missing : bool (n,), whether a label of the row is missing
    column : text (n,) of the column that tells the split; None without one
    """

    path: Path
    targets: list[str]
    names: list[str] | None
    packed: np.ndarray
    missing: np.ndarray
    column: list[str] | None = None


def code(text: str, where: str) -> int:
    """0, 1 or `MISSING` of the text of a label; anything else is a UserError."""
    if text not in VALUES:
        raise UserError(f"{where}: the label {text!r:.40} is neither 0, 1 nor NA; correct it")
    return VALUES[text]


def codes(text: str, where: str) -> list[int]:
    """Labels of a header, `1` or `1,0,NA`."""
    if not text:
        raise UserError(f"{where}: the record has no label; write it as the last word of the header, such as label=1")
    return [code(one.strip(), where) for one in text.split(",")]


def is_matrix(path: str | Path) -> bool:
    return Path(path).suffix.lower() == ".npy"


def columns_of(path: str | Path) -> list[str]:
    """The columns of a table of labels, that of the names first; empty for .npy."""
    if is_matrix(path):
        return []
    with opened(path, "table of labels") as file:
        first = file.readline(1 << 22)
    columns = [name.strip() for name in _fields(path, 1, _decoded(path, first))]
    if len(columns) < 2:
        raise UserError(
            f"{path}: its first line has one column; a table of labels has the names of the records in its first "
            "column, and one column for each target, separated by tabs (.tsv) or commas (.csv)"
        )
    for name in columns:
        if hidden := hidden_character(name):
            raise UserError(f"{path}: the column {name!r:.60} has the hidden character {hidden}; rename it")
        if columns.count(name) > 1:
            raise UserError(f"{path}: the column {name!r:.60} is there twice; rename one")
    return columns


def targets_of(columns: Sequence[str], wanted: Sequence[str], split_column: str | None, path: str | Path) -> list[str]:
    """The columns that are labels: those wanted, or all but the first and that of the split."""
    missing = [name for name in [*wanted, *([split_column] if split_column else [])] if name not in columns[1:]]
    if missing:
        raise UserError(f"{path}: there is no column {missing[0]!r}; it has {', '.join(columns[1:21])}")
    return list(wanted) or [name for name in columns[1:] if name != split_column]


def read(path: str | Path, wanted: Sequence[str] = (), split_column: str | None = None) -> LabelTable:
    """Read a matrix of labels.

    wanted : columns that are labels; by default all but the first, which has the names, and that of the split
    split_column : column that tells the split, if there is one

    A value other than 0, 1 and NA, a name that is there twice, or a file of another kind is a UserError.
    """
    path = existing(path, "table of labels")
    if is_matrix(path):
        return LabelTable(path, [], None, *_matrix(path))
    columns = columns_of(path)
    targets = targets_of(columns, wanted, split_column, path)
    if not targets:
        raise UserError(f"{path}: has no column of labels; give one column for each target")
    names: list[str] = []
    splits: list[str] = []
    parts: list[tuple[np.ndarray, np.ndarray]] = []
    for line, table in _chunks(path, columns):
        parts.append(packed(np.stack([_coded(path, line, name, table[name]) for name in targets], axis=1)))
        names += [name.strip() for name in table[columns[0]].astype(str)]
        splits += [text.strip() for text in table[split_column].astype(str)] if split_column else []
    if not names:
        raise UserError(f"{path}: has no row; give one row for each record")
    repeated = pd.Index(names).duplicated()
    if repeated.any():
        raise UserError(f"{path}: the record {names[int(repeated.argmax())]!r:.60} has two rows; remove one")
    bits, missing = (np.concatenate(part) for part in zip(*parts, strict=True))
    return LabelTable(path, targets, names, bits, missing, splits if split_column else None)


def packed(found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Packed labels uint8 (n, ceil(T/8)) and whether one is missing, bool (n,), of codes (n, T)."""
    return np.packbits(found == 1, axis=1), (found == MISSING).any(axis=1)


def _coded(path: Path, line: int, name: str, column: pd.Series) -> np.ndarray:
    """Codes uint8 (n,) of a column of text."""
    found = column.astype(str).str.strip().map(VALUES)
    if found.isna().any():
        row = int(found.isna().to_numpy().argmax())
        raise UserError(
            f"{path}, line {line + row}: the label of {name!r:.60} is {column.iloc[row]!r:.40}, neither 0, 1 nor NA; "
            "correct it, or name the columns that are labels as targets"
        )
    return found.to_numpy(np.uint8)


def _decoded(path: str | Path, line: bytes) -> str:
    try:
        return line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise UserError(f"{path}: not text in UTF-8; save the table as such") from None


def _fields(path: str | Path, number: int, text: str) -> list[str]:
    """The fields of a line; none for an empty one."""
    try:
        return next(csv.reader([text], delimiter=_separator(path)), [])
    except csv.Error as error:
        raise UserError(f"{path}, line {number}: not a line of a table ({error}); save the table again") from None


def _separator(path: str | Path) -> str:
    return "," if ".csv" in [suffix.lower() for suffix in Path(path).suffixes] else "\t"


def _chunks(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, pd.DataFrame]]:
    """Parts of a table as text, each with the number of its first line in the file."""
    line, rows = 2, []
    with opened(path, "table of labels") as file:
        next(file)
        for number, raw in enumerate(file, 2):
            text = _decoded(path, raw)
            if not text.strip():
                continue
            fields = _fields(path, number, text)
            if len(fields) != len(columns):
                raise UserError(
                    f"{path}, line {number} has {len(fields)} fields, but the header has {len(columns)}; correct it"
                )
            if not rows:
                line = number
            rows.append(fields)
            if len(rows) == ROWS:
                yield line, pd.DataFrame(rows, columns=list(columns))
                rows = []
    if rows:
        yield line, pd.DataFrame(rows, columns=list(columns))


def matrix(path: str | Path) -> np.ndarray:
    """The numbers (n, T) of a .npy file of (n, T) or (n,), as a memory map."""
    path = existing(path, "table of labels")
    try:
        values = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, OSError, SyntaxError) as error:
        raise UserError(f"{path}: not a .npy matrix of numbers ({error}); save it with numpy.save") from error
    if values.ndim not in (1, 2) or values.dtype.kind not in "biuf" or 0 in values.shape:
        raise UserError(
            f"{path}: {values.dtype} {values.shape} is no matrix of labels; save numbers, one row for each record"
        )
    return values.reshape(len(values), -1)


def _matrix(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """As `packed`, of a .npy file."""
    values, parts = matrix(path), []
    for first in range(0, len(values), ROWS):
        part = np.asarray(values[first : first + ROWS])
        unknown = np.isnan(part) if part.dtype.kind == "f" else np.zeros(part.shape, bool)
        wrong = ~unknown & (part != 0) & (part != 1)
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise UserError(
                f"{path}: row {first + row + 1}, column {column + 1} is {part[row, column]}, neither 0, 1 nor NaN; "
                "correct it"
            )
        parts.append(packed(np.where(unknown, MISSING, np.where(unknown, 0, part)).astype(np.uint8)))
    bits, missing = (np.concatenate(part) for part in zip(*parts, strict=True))
    return bits, missing
