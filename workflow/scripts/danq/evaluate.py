"""The tables: how well each target is predicted, by each model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from . import published
from .errors import UserError
from .files import existing
from .metrics import each_target
from .predictions import Predictions
from .target_list import is_published

COLUMNS = (
    "model", "architecture", "index", "target", "assay", "windows", "positives", "prevalence", "auroc", "auprc", "note"
)  # fmt: skip
MEASURES = ("auroc", "auprc")


def auc_table(predictions: Predictions, model: str, threads: int | None = None) -> pd.DataFrame:
    """A row per target, columns `COLUMNS`. A target of one class has no AUC and a note that says why.

    On the published 919 targets, each row also has the paper's medians for this architecture and assay.
    """
    n = len(predictions.probabilities)
    rows = []
    measured = each_target(predictions.columns, len(predictions.targets), threads)
    for target, (positives, auroc, auprc) in zip(predictions.targets, measured, strict=True):
        note = "no positives" if positives == 0 else "no negatives" if positives == n else ""
        if note:
            auroc = auprc = float("nan")
        prevalence = positives / n
        facts = (model, predictions.architecture, target.index, target.title, target.assay)
        rows.append((*facts, n, positives, prevalence, auroc, auprc, note))
    table = pd.DataFrame(rows, columns=COLUMNS)
    if is_published(predictions.targets):
        figures = [published.medians(predictions.architecture, assay) for assay in table["assay"]]
        table = table.join(pd.DataFrame(figures))
    return table


def read_auc(path: str | Path) -> pd.DataFrame:
    """An AUC table that `auc_table` made, read back; a table of another kind is a UserError."""
    table = pd.read_csv(existing(path, "AUC table"), sep="\t", dtype={"note": str, "architecture": str}, na_values="NA")
    if tuple(table.columns[: len(COLUMNS)]) != COLUMNS:
        raise UserError(f"{path}: not an AUC table; make one with evaluate.py")
    return table.fillna({"note": "", "architecture": ""})


def compare(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """One row per target: every model's AUROC and AUPRC side by side, and the winner by each.

    The winner is the model with the higher value; equal values are a "tie", and a target without
    values has no winner. Tables of other targets or windows, or of one name, are a UserError.
    """
    first = tables[0]
    if len({table["model"].iloc[0] for table in tables}) < len(tables):
        raise UserError("two AUC tables call their model the same; give each its --name in evaluate.py")
    same = ["index", "target", "windows", "positives"]
    for table in tables[1:]:
        if not table[same].equals(first[same]):
            raise UserError(
                f"the AUC tables of {first['model'].iloc[0]} and {table['model'].iloc[0]} are of other targets "
                "or windows; compare predictions of the same windows"
            )
    wide = first[["index", "target", "assay", "windows", "positives", "prevalence"]].copy()
    models = [table["model"].iloc[0] for table in tables]
    for measure in MEASURES:
        values = np.column_stack([table[measure].to_numpy() for table in tables])
        for model, column in zip(models, values.T, strict=True):
            wide[f"{measure}_{model}"] = column
        wide[f"best_{measure}"] = [_winner(row, models) for row in values]
    wide["note"] = first["note"]
    return wide


def _winner(values: np.ndarray, models: list[str]) -> str:
    if np.isnan(values).any() or len(models) < 2:
        return ""
    order = np.argsort(values)
    return models[order[-1]] if values[order[-1]] > values[order[-2]] else "tie"


def assay_medians(auc: pd.DataFrame) -> pd.DataFrame:
    """Per model and assay, and over all: targets with a value, medians and means of AUROC and AUPRC.

    On the published 919 targets, the paper's medians stand beside.
    """
    rows = []
    valued = auc[auc["auroc"].notna()]
    for model in auc["model"].unique():
        of_model = valued[valued["model"] == model]
        groups = [("all", of_model)] + [
            (assay, of_model[of_model["assay"] == assay]) for assay in auc["assay"].unique()
        ]
        for assay, group in groups:
            medians = {f"median_{measure}": group[measure].median() for measure in MEASURES}
            means = {f"mean_{measure}": group[measure].mean() for measure in MEASURES}
            row = {"model": model, "assay": assay, "targets": len(group), **medians, **means}
            if published.COLUMNS[0] in auc:
                row |= published.medians(auc.loc[auc["model"] == model, "architecture"].iloc[0], assay)
            rows.append(row)
    return pd.DataFrame(rows)
