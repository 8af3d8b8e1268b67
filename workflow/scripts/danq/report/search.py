"""The report's section on searches: the best trials, the pictures, and the best recipe."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..errors import UserError
from ..files import existing
from ..search.importance import IMPORTANCE
from ..search.table import FIGURES
from .data import picture

MOST = 10  # rows shown of each search
TITLES = {"best_epoch": "best epoch"}
FIRST = ["rank", "trial", "status"]


def section(results: Path, names: list[str]) -> list[dict]:
    """Of each search: its trials, best first, as the words of results.tsv; its pictures; and its best recipe."""
    return [_search(results / "search" / name, name) for name in names]


def _search(folder: Path, name: str) -> dict:
    path = existing(folder / "results.tsv", "results of a search")
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    if missing := [column for column in (*FIRST, *FIGURES) if column not in table]:
        raise UserError(f"{path}: not the results of a search (no column {missing[0]}); write it again")
    scores = [column for column in table if column.startswith("score_")]
    table = table[[*FIRST, *scores, *(column for column in table if column not in (*FIRST, *scores))]]
    table["parameters"] = [number if number == "NA" else f"{float(number):.0f}" for number in table["parameters"]]
    explained = IMPORTANCE.read(folder / "importance.tsv")["explained"]
    status = table["status"].value_counts()
    return {
        "name": name,
        "trials": len(table),
        "status": {one: int(number) for one, number in status.items()},
        "minutes": pd.to_numeric(table["seconds"], errors="coerce").sum() / 60,
        "columns": [TITLES.get(column, column) for column in table],
        "numeric": [pd.to_numeric(column, errors="coerce").notna().any() for _, column in table.items()],
        "rows": table.head(MOST).to_numpy().tolist(),
        "explained": float(explained.iloc[0]) if len(explained) else None,
        "best": existing(folder / "best.yaml", "recipe").read_text(encoding="utf-8"),
        "pictures": {one: picture(folder / f"{one}.png") for one in ("trials", "importance")},
    }
