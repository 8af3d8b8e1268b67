"""The report's tables of hits: the motifs that carry most of the predictions, and notable pairs of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..explain.hit_tables import ALL, CARRIED, NEIGHBOURS

MOTIFS = 3  # of each target
MOST = 200  # rows of each table
TOGETHER, SPACING = 0.001, 0.01  # p-values below which a pair is shown


def section(results: Path, models: Sequence[str], methods: Sequence[str]) -> dict:
    """Rows of both tables for all models and methods, and how many there are."""
    carried, pairs = [], []
    for model in models:
        for method in methods:
            folder = results / "models" / model / "explain/hits" / method
            names = {"model": model, "method": method.replace("_", " ")}
            carried += [row | names for row in _carrying(CARRIED.read(folder / "carried.tsv"))]
            pairs += [row | names for row in _notable(NEIGHBOURS.read(folder / "pairs.tsv"))]
    limits = {"together": TOGETHER, "spacing": SPACING}
    return {"carried": carried[:MOST], "rows": len(carried), "pairs": pairs[:MOST], "all_pairs": len(pairs)} | limits


def _carrying(table: pd.DataFrame) -> list[dict]:
    motifs = table[table["motif"] != ALL]
    return motifs.groupby("index", sort=False).head(MOTIFS).to_dict("records")  # the first carries most


def _notable(table: pd.DataFrame) -> list[dict]:
    wide = table[["together_pvalue", "apart_pvalue"]].min(axis=1) < TOGETHER
    return table[wide | (table["spacing_pvalue"] < SPACING)].to_dict("records")
