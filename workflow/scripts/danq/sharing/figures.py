"""The figures of a model card: means over targets beside baselines and random predictions, and each target's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from ..evaluation.controls import CONTROL
from ..evaluation.evaluate import AUC
from ..evaluation.measures import MEASURES, TESTED

SAME = ["index", "target", "windows", "positives"]  # columns in which tables of the same test windows agree


def auc_of(folder: Path) -> pd.DataFrame:
    """The AUC table of a predictor's folder."""
    path = folder / "evaluation/auc.tsv"
    if not path.exists():
        raise UserError(f"{path}: no such file, and a model card states its figures; evaluate the model first")
    return AUC.read(path)


def baselines_of(results: Path, auc: pd.DataFrame) -> pd.DataFrame:
    """The rows of the dataset's AUC table of all baselines that were tested on the same windows; it may have none."""
    path = results / "auc.tsv"
    table = AUC.read(path) if path.exists() else auc.iloc[:0]
    table = table[table["architecture"] == "baseline"]
    same = [rows for _, rows in table.groupby("model", sort=False) if _agree(rows, auc)]
    return pd.concat(same) if same else table.iloc[:0]


def _agree(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one[SAME].reset_index(drop=True).equals(other[SAME].reset_index(drop=True))


def controls_of(results: Path) -> list[dict]:
    """The rows of the tables of controls."""
    return [
        row
        for path in sorted((results / "controls").glob("*/control.tsv"))
        for row in CONTROL.read(path).to_dict("records")
    ]


def means(auc: pd.DataFrame, baselines: pd.DataFrame) -> list[dict]:
    """One row for all targets, and one for each assay if there are several.

    `targets` counts those with a value; `values` has a pair for each measure: the mean over them, and the name and mean
    of the best baseline over the same targets (None without baselines), and `guess`, that of random predictions.
    """
    assays = list(dict.fromkeys(auc["assay"]))
    rows = []
    for assay in ["all", *(assays if len(assays) > 1 else [])]:
        mine = auc[((auc["assay"] == assay) | (assay == "all")) & auc["auroc"].notna()]
        theirs = baselines[baselines["index"].isin(mine["index"])]
        values = []
        for measure in MEASURES:
            ranked = theirs.groupby("model", sort=False)[measure.key].mean().sort_values(ascending=False, kind="stable")
            guess = np.mean([measure.guess(one) for one in mine["prevalence"]]) if len(mine) else np.nan
            best = (ranked.index[0], float(ranked.iloc[0])) if len(ranked) else None
            values.append({"title": measure.title, "mean": mine[measure.key].mean(), "best": best, "guess": guess})
        rows.append({"assay": assay, "targets": len(mine), "values": values})
    return rows


def beaten(auc: pd.DataFrame, baselines: pd.DataFrame) -> dict[str, list[str]]:
    """For each tested measure, the targets on which a baseline has a higher value than the model, by title."""
    found = {}
    for measure in TESTED:
        best = baselines.groupby("index")[measure.key].max()
        ahead = auc["index"].map(best) > auc[measure.key]
        found[measure.title] = [
            f"{index} {target}" for index, target in zip(auc["index"][ahead], auc["target"][ahead], strict=True)
        ]
    return found
