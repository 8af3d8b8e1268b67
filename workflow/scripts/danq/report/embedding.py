"""The report's section on inserted motifs: what each raises most, and the pictures of their effects."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..explain.embedding_tables import EFFECTS
from ..files import existing

MOST = 200  # rows shown
OTHERS = 2  # further targets named in a row


def section(results: Path, models: Sequence[str], pairs: bool) -> dict:
    """A row for each model and insert with the target that it raises most over the control, and pictures by model.

    pairs : whether there are pictures of pairs
    """
    rows, pictures = [], []
    for model in models:
        folder = results / "models" / model / "explain"
        table = EFFECTS.read(folder / "embedding.tsv")
        rows += [_row(model, part) for _, part in table.groupby("insert", sort=False)]
        pictures += [(model, kind, _picture(folder / f"{kind}.png")) for kind in _kinds(pairs)]
    return {"rows": rows[:MOST], "all": len(rows), "pictures": pictures, "titles": _kinds(True)}


def _kinds(pairs: bool) -> dict[str, str]:
    """Names of the pictures, and what they show."""
    kinds = {"embedding": "effects of inserted motifs", "embedding_pairs": "interactions of pairs of inserted motifs"}
    return kinds if pairs else {"embedding": kinds["embedding"]}


def _row(model: str, table: pd.DataFrame) -> dict:
    ranked = table.sort_values("excess", ascending=False, kind="stable").to_dict("records")
    return ranked[0] | {"model": model, "others": ranked[1 : 1 + OTHERS]}


def _picture(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(existing(path, "picture").read_bytes()).decode()
