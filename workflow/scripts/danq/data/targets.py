"""Prediction targets, and the sheet that lists them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import zip_longest
from pathlib import Path

import pandas as pd

from ..errors import UserError
from ..files import opened
from ..settings import hidden_character
from ..tables import Table

REQUIRED = ("name", "assay", "peaks")
OPTIONAL = ("cell", "treatment", "sha256", "min_signal")
# Numbers of peaks that were left out (the last: cut at the end of their contig).
UNUSED = ("peaks_unknown_contig", "peaks_outside_contig", "peaks_below_min_signal", "peaks_clipped")
TARGETS = Table(
    "table of targets",
    ("index", "name", "assay", "cell", "treatment", "split", "windows", "positives", "prevalence"),
    words=("name", "assay", "cell", "treatment", "split"),
    optional=("peaks", "peaks_between_bins", "genome_coverage", *UNUSED),
)


@dataclass(frozen=True)
class Target:
    """One column of the label matrix. `index` starts at 1 and identifies the target, because names may repeat."""

    index: int
    name: str
    assay: str
    cell: str = ""
    treatment: str = ""

    @property
    def title(self) -> str:
        """Those of cell type, name and treatment that are known, joined as in `K562|CTCF|None`."""
        return "|".join(part for part in (self.cell, self.name, self.treatment) if part)


FIELDS = {"index": int, "name": str, "assay": str, "cell": str, "treatment": str}


def read_sheet(path: str | Path) -> pd.DataFrame:
    """Read the target sheet (TSV; columns name, assay, peaks, and optionally cell, treatment, sha256, min_signal).

    All values are text without spaces around it, and missing values are ''. The order of rows is the order of targets.
    There are no quotes and no comments. A mistake in the sheet raises UserError.
    """
    try:
        with opened(path, "target sheet") as handle:
            text = handle.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not a tab-separated table in UTF-8 ({error.reason}); save it as such") from error
    lines = {number: line.rstrip("\r") for number, line in enumerate(text.split("\n"), 1) if line.strip()}
    if not lines:
        raise UserError(f"{path}: is empty; a target sheet is tab-separated and begins with {', '.join(REQUIRED)}")
    rows = {number: _fields(f"{path}: line {number}", line) for number, line in lines.items()}
    columns = rows.pop(next(iter(rows)))
    _check_columns(path, columns)
    if not rows:
        raise UserError(f"{path}: lists no target; give one row for each peak file")
    seen: dict[tuple[str, ...], int] = {}
    for number, fields in rows.items():
        _check_row(f"{path}: line {number}", fields, columns)
        values = dict(zip(columns, fields, strict=False))
        target = tuple(values.get(column, "") for column in ("cell", "name", "treatment"))
        first = seen.setdefault(target, number)
        if first != number:
            title = "|".join(filter(None, target))
            raise UserError(
                f"{path}: the target {title!r} is listed twice, in lines {first} and {number}; "
                "rename one, or distinguish them by the columns cell and treatment"
            )
    sheet = pd.DataFrame([fields + [""] * (len(columns) - len(fields)) for fields in rows.values()], columns=columns)
    return sheet.assign(**{column: "" for column in OPTIONAL if column not in columns})


def _fields(place: str, line: str) -> list[str]:
    """The fields of a line, stripped; empty ones at its end are left out."""
    fields = [field.strip() for field in line.split("\t")]
    while fields and not fields[-1]:
        fields.pop()
    if line.lstrip().startswith("#"):
        raise UserError(f"{place} begins with '#'; a target sheet has no comments, so remove the line")
    for field in fields:
        if '"' in field:
            raise UserError(f"{place} has a quotation mark in {field!r}; write the sheet without quotation marks")
        if hidden := hidden_character(field):
            raise UserError(f"{place} has the hidden character {hidden} in {field!r}; remove it")
    return fields


def _check_columns(path: str | Path, columns: list[str]) -> None:
    for column in REQUIRED:
        if column not in columns:
            raise UserError(
                f"{path}: the column {column!r} is missing; a target sheet is tab-separated "
                f"and has the columns {', '.join(REQUIRED)} (optional: {', '.join(OPTIONAL)})"
            )
    for column in columns:
        if column not in REQUIRED + OPTIONAL:
            raise UserError(f"{path}: unknown column {column!r}; allowed are {', '.join(REQUIRED + OPTIONAL)}")
        if columns.count(column) > 1:
            raise UserError(f"{path}: the column {column!r} is there twice; remove one")


def _check_row(place: str, fields: list[str], columns: list[str]) -> None:
    if len(fields) > len(columns):
        raise UserError(
            f"{place} has {len(fields)} fields, but the sheet has {len(columns)} columns; "
            "remove the surplus field, or a second tab between two fields"
        )
    for column, value in zip_longest(columns, fields, fillvalue=""):
        if column in REQUIRED and not value:
            raise UserError(f"{place} has no {column}; fill it in, with one tab between two fields")
        if column == "min_signal" and value and not _is_finite(value):
            raise UserError(f"{place}: min_signal is {value!r}; write a number, or leave it empty")


def _is_finite(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def min_signals_of(sheet: pd.DataFrame, default: float | None = None) -> list[float | None]:
    """The signal threshold of each row: its own, or the default."""
    return [float(text) if text else default for text in sheet["min_signal"]]


def targets_of(sheet: pd.DataFrame) -> list[Target]:
    """Convert the rows of the sheet to targets, numbered from 1."""
    return [
        Target(i, row.name_, row.assay, row.cell, row.treatment)
        for i, row in enumerate(sheet.rename(columns={"name": "name_"}).itertuples(), 1)
    ]


def to_json(targets: Iterable[Target]) -> str:
    return json.dumps([asdict(target) for target in targets])


def from_json(text: str | bytes) -> list[Target]:
    """The targets of a list in JSON; anything else is a ValueError."""
    found = json.loads(text)
    try:
        targets = [Target(**fields) for fields in found]
        if any(type(getattr(target, name)) is not kind for target in targets for name, kind in FIELDS.items()):
            raise TypeError("a field of another type")
    except TypeError as error:
        raise ValueError(f"not a list of targets: {error}") from error
    if [target.index for target in targets] != list(range(1, len(targets) + 1)):
        raise ValueError("its targets are not numbered from 1")
    return targets


def find(targets: list[Target], wanted: str) -> Target:
    """Find a target by number (from 1), name or title; raise UserError if none or several match."""
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted) <= len(targets):
        return targets[int(wanted) - 1]
    fits = [target for target in targets if wanted in (target.title, target.name)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        some = ", ".join(f"{target.index} ({target.title})" for target in fits[:5])
        raise UserError(f"target {wanted!r} is ambiguous: {some}; give the number")
    raise UserError(
        f"no target {wanted!r}; "
        + UserError.did_you_mean(
            wanted,
            [name for target in targets for name in (target.name, target.title)],
            f"give a number from 1 to {len(targets)} or a name such as {targets[0].title}",
        )
    )
