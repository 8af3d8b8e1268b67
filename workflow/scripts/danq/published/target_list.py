"""Reads names of the published targets from the various lists that exist.

The row number identifies a target: of the 919 published names only 844 are distinct, and some are spelled
differently in some lists. The assay is also taken from the row, not from the name (H2AZ is a histone mark,
EZH2 a factor).
"""

from __future__ import annotations

import csv
from pathlib import Path

from ..data.targets import Target
from ..errors import UserError
from ..files import opened

# Zhou & Troyanskaya 2015: assays of the 919 rows, in their order
PUBLISHED_ASSAYS = {"DNase": 125, "TF": 690, "histone": 104}
UNKNOWN = "unknown"
COLUMNS = {
    "cell": ("cell", "cell type", "cell_type", "celltype"),
    "name": ("name", "target", "tf/dnase/histonemark", "feature", "factor", "mark"),
    "treatment": ("treatment",),
    "assay": ("assay", "type"),
}  # column headings in lower case


def published_assays() -> list[str]:
    """The assay of each of the 919 published targets, in order."""
    return [assay for assay, count in PUBLISHED_ASSAYS.items() for _ in range(count)]


def is_published(targets: list[Target]) -> bool:
    """Whether these are the published 919 targets, by number and assays."""
    return [target.assay for target in targets] == published_assays()


def numbered_targets(n: int) -> list[Target]:
    """Targets without names, numbered from 1; if there are 919, they have the published assays."""
    return _targets([("", f"target_{i}", "") for i in range(1, n + 1)])


def read_targets(path: str | Path) -> list[Target]:
    """Read the targets of a list, in its order.

    A list has one `cell|target|treatment` or `cell_target_treatment` per line, or is a table (with tabs or
    commas) with headings such as Cell Type, TF/DNase/HistoneMark, Treatment, Assay. Raises UserError if it
    is neither.
    """
    with opened(path, "list of targets") as file:
        try:
            lines = file.read().decode("utf-8-sig").splitlines()  # spreadsheets write a byte-order mark
        except UnicodeDecodeError as error:
            raise UserError(f"{path}: not a text file; give a text file with a list of targets") from error
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise UserError(f"{path}: lists no target; give one line for each target")
    separator = "\t" if "\t" in lines[0] else ","
    if separator in lines[0]:
        return _from_table(path, list(csv.reader(lines, delimiter=separator)))
    if any("|" in line for line in lines):
        return _targets([_three(path, number, line.split("|")) for number, line in enumerate(lines, 1)])
    return _targets(_from_underscores(lines))


def _three(path, number: int, parts: list[str]) -> tuple[str, str, str]:
    if len(parts) != 3 or not parts[1]:
        raise UserError(f"{path}, line {number}: {'|'.join(parts)!r} is not cell|target|treatment; correct the line")
    return parts[0], parts[1], parts[2]


def _targets(names: list[tuple[str, str, str]], assays: list[str] | None = None) -> list[Target]:
    """Make targets from (cell, name, treatment); the treatment "None" is read as none."""
    known = published_assays()
    assays = assays or (known if len(names) == len(known) else [UNKNOWN] * len(names))
    return [
        Target(i, name.strip(), assay, cell.strip(), "" if treatment.strip() == "None" else treatment.strip())
        for i, ((cell, name, treatment), assay) in enumerate(zip(names, assays, strict=True), 1)
    ]


def _from_table(path, rows: list[list[str]]) -> list[Target]:
    headings = [heading.strip().lower() for heading in rows[0]]
    places = {
        column: next((headings.index(known) for known in names if known in headings), None)
        for column, names in COLUMNS.items()
    }
    if places["name"] is None:
        raise UserError(f"{path}: no column of target names; name it Target (the table has {', '.join(rows[0])})")
    for number, row in enumerate(rows[1:], 2):
        if len(row) != len(headings):
            raise UserError(
                f"{path}, line {number}: has {len(row)} columns, the heading has {len(headings)}; correct the line"
            )

    def column(name: str) -> list[str]:
        return [row[places[name]] if places[name] is not None else "" for row in rows[1:]]

    names = list(zip(column("cell"), column("name"), column("treatment"), strict=True))
    return _targets(names, [assay.strip() for assay in column("assay")] if places["assay"] is not None else None)


def _from_underscores(lines: list[str]) -> list[tuple[str, str, str]]:
    """Split `cell_name_treatment` into its parts, although cells and treatments may contain underscores.

    Lines that end in _None give the known names. Other lines are divided at the first known name. If a line has
    no known name, its name follows the longest known cell, or else the first underscore.
    """
    plain = [line.removesuffix("_None").rsplit("_", 1) for line in lines if line.endswith("_None")]
    known = {parts[-1] for parts in plain}
    cells = {parts[0] for parts in plain if len(parts) == 2}
    names = []
    for line in lines:
        words = line.split("_")
        if line.endswith("_None") or len(words) < 3:
            cell, _, name = line.removesuffix("_None").rpartition("_")
            names.append((cell, name, "None" if line.endswith("_None") else ""))
            continue
        ends = [i for i in range(1, len(words)) if "_".join(words[:i]) in cells]
        place = next((i for i in range(1, len(words)) if words[i] in known), max(ends, default=1))
        names.append(("_".join(words[:place]), words[place], "_".join(words[place + 1 :])))
    return names
