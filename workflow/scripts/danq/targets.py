"""Targets: what is predicted. The sheet that lists them, and how they are named."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from .errors import UserError
from .files import opened

REQUIRED = ("name", "assay", "peaks")
OPTIONAL = ("cell", "treatment", "sha256")


@dataclass(frozen=True)
class Target:
    """One column of the label matrix. `index` counts from 1 and is the key: names may repeat."""

    index: int
    name: str
    assay: str
    cell: str = ""
    treatment: str = ""

    @property
    def title(self) -> str:
        """Cell type, name and treatment as far as they are known, as in `K562|CTCF|None`."""
        return "|".join(part for part in (self.cell, self.name, self.treatment) if part)


def read_sheet(path: str | Path) -> pd.DataFrame:
    """The target sheet (TSV; columns name, assay, peaks, and optionally cell, treatment, sha256).

    Every value is text, a missing one is ''. Rows keep their order, which is the targets' order.
    """
    try:
        with opened(path, "target sheet") as handle:
            sheet = pd.read_csv(handle, sep="\t", dtype=str, keep_default_na=False, index_col=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a tab-separated table ({str(error).strip()})") from error
    missing = [column for column in REQUIRED if column not in sheet]
    if missing:
        raise UserError(
            f"{path}: the column {missing[0]!r} is missing; a target sheet is tab-separated "
            f"and has the columns {', '.join(REQUIRED)} (optional: {', '.join(OPTIONAL)})"
        )
    unknown = [column for column in sheet if column not in REQUIRED + OPTIONAL]
    if unknown:
        raise UserError(f"{path}: unknown column {unknown[0]!r}; allowed are {', '.join(REQUIRED + OPTIONAL)}")
    for column in OPTIONAL:
        if column not in sheet:
            sheet[column] = ""
    if sheet.empty:
        raise UserError(f"{path}: lists no target; give one row for each peak file")
    for row, values in enumerate(sheet[list(REQUIRED)].to_numpy(), 2):
        for column, value in zip(REQUIRED, values, strict=True):
            if not value.strip():
                raise UserError(f"{path}: data row {row - 1} has no {column}; fill it in")
    twice = sheet.duplicated(["cell", "name", "treatment"])
    if twice.any():
        target = targets_of(sheet)[int(twice.to_numpy().argmax())]
        raise UserError(
            f"{path}: the target {target.title!r} is listed twice; "
            "rename one, or tell them apart by the columns cell and treatment"
        )
    return sheet


def targets_of(sheet: pd.DataFrame) -> list[Target]:
    """The sheet's rows as targets, numbered from 1."""
    return [
        Target(i, row.name_, row.assay, row.cell, row.treatment)
        for i, row in enumerate(sheet.rename(columns={"name": "name_"}).itertuples(), 1)
    ]


def to_json(targets: Iterable[Target]) -> str:
    return json.dumps([asdict(target) for target in targets])


def from_json(text: str | bytes) -> list[Target]:
    return [Target(**fields) for fields in json.loads(text)]


def find(targets: list[Target], wanted: str) -> Target:
    """The target with this number (from 1), name or title; a UserError when none or several fit."""
    if wanted.isdigit() and 1 <= int(wanted) <= len(targets):
        return targets[int(wanted) - 1]
    fits = [target for target in targets if wanted in (target.title, target.name)]
    if len(fits) == 1:
        return fits[0]
    if fits:
        some = ", ".join(f"{target.index} ({target.title})" for target in fits[:5])
        raise UserError(f"target {wanted!r} is ambiguous: {some}; give the number")
    raise UserError(
        f"no target {wanted!r}; give a number from 1 to {len(targets)} or a name such as {targets[0].title}"
    )
