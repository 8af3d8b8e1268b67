"""Files of count or probability matrices in the formats of JASPAR, HOMER and TRANSFAC.

JASPAR (.jaspar, .pfm): a line `>MA0139.1 CTCF`, then four rows, A, C, G and T, with or without their letters. HOMER
(.motif), and the matrices of HOCOMOCO: a line `>consensus <tab> name <tab> threshold`, or `>name`, then one row of
four columns for each position. TRANSFAC: `AC`, `ID` and `NA` lines, then `P0 A C G T` and one row for each position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.onehot import ALPHABET
from ..errors import UserError
from ..files import existing

FORMATS = "MEME, JASPAR, HOMER or TRANSFAC format"
_ROW = re.compile(r"(?P<base>[A-Za-z])?\s*\[?(?P<values>[^\]]*)\]?")
_P0 = re.compile(r"P[0O]((\s+[ACGTacgt]){4})\s*")


@dataclass(frozen=True)
class Matrix:
    """A matrix of a file: its id, its name, and its values (width, columns) as they stand, in the order A, C, G, T."""

    id: str
    name: str
    values: np.ndarray


def read(path: str | Path) -> list[Matrix]:
    """All matrices of a file, in its order. A file of another format is a UserError."""
    try:
        lines = existing(path, "motif file").read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not a text file in UTF-8 ({error.reason} at byte {error.start})") from None
    if any(_P0.fullmatch(line) for line in lines):
        return list(_transfac(path, lines))
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    if first.startswith(">"):
        return [_headed(path, head, rows) for head, rows in _records(lines)]
    raise UserError(f"{path}: not a file of motifs in {FORMATS}")


def _records(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each header line, without its ">", and the rows below it."""
    head, rows = "", []
    for line in lines:
        if line.startswith(">"):
            if head:
                yield head, rows
            head, rows = line[1:].strip() or "unnamed", []
        elif line.strip() and not line.startswith("#"):
            rows.append(line.strip())
    yield head, rows


def _headed(path: str | Path, head: str, lines: list[str]) -> Matrix:
    """A matrix below a header, in the format of JASPAR or HOMER."""
    fields = head.split("\t")
    homer = len(fields) >= 3
    name = fields[1].strip() if homer else head
    found = [_ROW.fullmatch(line) for line in lines]
    if not lines or not all(found):
        raise UserError(f"{path}: the matrix of {name} cannot be read; {FORMATS} is expected")
    rows = [_numbers(path, name, match["values"]) for match in found]
    if len({len(row) for row in rows}) > 1:
        raise UserError(f"{path}: the rows of the matrix of {name} differ in length")
    values, letters = np.array(rows), "".join(match["base"] or "" for match in found).upper()
    if letters:
        if sorted(letters) != sorted(ALPHABET) or len(rows) != 4:
            raise UserError(f"{path}: the matrix of {name} has the rows {letters}, not A, C, G and T")
        values = values[[letters.index(base) for base in ALPHABET]].T
    elif not homer and _bases_in_rows(path, name, values):
        values = values.T
    if homer:
        return Matrix(name, name, values)
    identifier, *rest = head.split(None, 1)
    return Matrix(identifier, rest[0] if rest else identifier, values)


def _bases_in_rows(path: str | Path, name: str, values: np.ndarray) -> bool:
    """Whether the rows of a matrix without letters are the bases; in one of four by four, the totals decide."""
    if values.shape != (4, 4):
        return len(values) == 4
    even = [bool(np.ptp(values.sum(axis=axis)) <= 0.01 * abs(values).sum(axis=axis).max()) for axis in (0, 1)]
    if even[0] == even[1]:
        raise UserError(f"{path}: the rows of {name} may be bases or positions; begin them with A, C, G and T")
    return even[0]


def _transfac(path: str | Path, lines: list[str]) -> Iterator[Matrix]:
    """The matrices of a TRANSFAC file."""
    facts: dict[str, str] = {}
    order, rows = "", []
    for line in [*lines, "//"]:
        key, _, text = line.partition(" ") if " " in line else line.partition("\t")
        if line.startswith("//"):
            if order:
                identifier = facts.get("AC") or facts.get("ID") or facts.get("NA") or "unnamed"
                yield _transfac_matrix(path, identifier, facts.get("NA") or facts.get("ID") or identifier, order, rows)
            facts, order, rows = {}, "", []
        elif match := _P0.fullmatch(line):
            order = "".join(match[1].split()).upper()
        elif order and re.match(r"\d+\s", line):
            rows.append(line.split()[1:5])
        elif key in ("AC", "ID", "NA"):
            facts[key] = text.strip()


def _transfac_matrix(path: str | Path, identifier: str, name: str, order: str, rows: list[list[str]]) -> Matrix:
    values = np.array([_numbers(path, identifier, " ".join(row)) for row in rows]).reshape(len(rows), -1)
    if sorted(order) != sorted(ALPHABET) or (len(rows) and values.shape[1] != 4):
        raise UserError(f"{path}: the matrix of {identifier} does not have the four columns A, C, G and T")
    return Matrix(identifier, name, values[:, [order.index(base) for base in ALPHABET]] if len(rows) else values)


def _numbers(path: str | Path, name: str, text: str) -> list[float]:
    try:
        return [float(word) for word in text.split()]
    except ValueError as error:
        raise UserError(f"{path}: the matrix of {name} cannot be read ({error})") from None
