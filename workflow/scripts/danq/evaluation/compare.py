"""Models compared target by target, and summarised per assay."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..errors import UserError
from ..published import figures as published
from ..tables import Table
from .measures import KEYS

BEST = tuple(f"best_{key}" for key in KEYS)
COMPARISON = Table(
    "comparison of models",
    ("index", "target", "assay", "windows", "positives", "places", "prevalence", *BEST, "note"),
    words=("target", "assay", *BEST, "note"),
    others=True,  # auroc_danq: a column per measure and model
)
ASSAYS = Table(
    "table of assays",
    ("model", "assay", "targets", *(f"{average}_{key}" for average in ("median", "mean") for key in KEYS)),
    words=("model", "assay"),
    optional=published.COLUMNS,
)


def compare(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """One row per target: the values of all models, and the best model by each measure (columns of `COMPARISON`).

    tables : one per model, as `evaluate` makes them

    The best model is empty for one model and where a value is missing, and "tie" where the highest values are equal.
    Tables of different targets or windows, or with the same model name, are a UserError.
    """
    first = tables[0]
    models = [table["model"].iloc[0] for table in tables]
    if len(set(models)) < len(tables):
        raise UserError("two AUC tables call their model the same; give each its --name in evaluate.py")
    same = ["index", "target", "windows", "positives"]
    for model, table in zip(models, tables, strict=True):
        if not table[same].equals(first[same]):
            raise UserError(
                f"the AUC tables of {models[0]} and {model} are of other targets or windows; "
                "compare predictions of the same windows"
            )
    wide = first[["index", "target", "assay", "windows", "positives", "places", "prevalence"]].copy()
    for key in KEYS:
        values = np.column_stack([table[key].to_numpy() for table in tables])
        for model, column in zip(models, values.T, strict=True):
            wide[f"{key}_{model}"] = column
        wide[f"best_{key}"] = [_best(row, models) for row in values]
    notes = zip(*(table["note"] for table in tables), strict=True)
    wide["note"] = ["; ".join(dict.fromkeys(note for note in row if note)) for row in notes]
    return wide


def _best(values: np.ndarray, models: list[str]) -> str:
    if np.isnan(values).any() or len(models) < 2:
        return ""
    order = np.argsort(values)
    return models[order[-1]] if values[order[-1]] > values[order[-2]] else "tie"


def assay_medians(auc: pd.DataFrame) -> pd.DataFrame:
    """Medians and means of all measures, per model and assay and over all targets (columns of `ASSAYS`).

    auc : of all models, as `evaluate` makes it

    `targets` counts the targets with a value. On the published 919 targets, the paper's medians are added.
    """
    rows = []
    valued = auc[auc[list(KEYS)].notna().any(axis=1)]
    for model in auc["model"].unique():
        of_model = valued[valued["model"] == model]
        groups = [("all", of_model)] + [
            (assay, of_model[of_model["assay"] == assay]) for assay in auc["assay"].unique()
        ]
        for assay, group in groups:
            medians = {f"median_{key}": group[key].median() for key in KEYS}
            means = {f"mean_{key}": group[key].mean() for key in KEYS}
            row = {"model": model, "assay": assay, "targets": len(group), **medians, **means}
            if published.COLUMNS[0] in auc:
                row |= published.medians(auc.loc[auc["model"] == model, "architecture"].iloc[0], assay)
            rows.append(row)
    return pd.DataFrame(rows)
