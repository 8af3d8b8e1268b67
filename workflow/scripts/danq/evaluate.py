"""The tables: how well each target is predicted, by each model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from . import curves, published
from .calibration import binned, calibration_table
from .errors import UserError
from .intervals import NONE, auprc_interval, auroc_interval
from .metrics import Counts, each_target
from .predictions import Predictions
from .tables import read_table
from .target_list import is_published
from .targets import Target

COLUMNS = (
    "model", "architecture", "index", "target", "assay", "windows", "positives", "prevalence", "auroc", "auprc", "note",
    "auroc_low", "auroc_high", "auprc_low", "auprc_high",
)  # fmt: skip
CURVE_COLUMNS = ("index", "curve", "x", "y")
RESAMPLES = 200  # of the windows, for the intervals of the AUPRC
MEASURES = ("auroc", "auprc")
SIGNIFICANT = 0.05  # of q, the share of chance differences among those that are called significant


@dataclass(frozen=True)
class Tables:
    """What one model's predictions come to.

    auc : a row per target, columns `COLUMNS`. A target of one class has no AUC and a note that says why. On the
        published 919 targets, each row also has the paper's medians for this architecture and assay.
    curves : a row per point, columns `CURVE_COLUMNS`; targets of one class have none
    calibration : a row per assay and bin of probability, as `calibration_table` makes it
    """

    auc: pd.DataFrame
    curves: pd.DataFrame
    calibration: pd.DataFrame


def evaluate(
    predictions: Predictions, model: str, *, resamples: int = RESAMPLES, seed: int = 1, threads: int | None = None
) -> Tables:
    """All tables of a model, in one pass over the targets.

    resamples : of the windows, for the intervals of the AUPRC; 0 leaves these out
    """
    if resamples < 0 or seed < 0:
        raise UserError("resamples and seed are whole numbers from 0; give such")

    def measure(i: int, counts: Counts) -> tuple:
        lines = {} if counts.one_class else {"roc": curves.roc(counts), "pr": curves.precision_recall(counts)}
        return _figures(counts, resamples, (seed, predictions.targets[i].index)), lines, binned(counts)

    n_targets = len(predictions.targets)
    figures, lines, bins = zip(*each_target(measure, predictions.columns, n_targets, threads), strict=True)
    calibration = calibration_table(model, predictions.targets, np.stack(bins))
    return Tables(_auc_table(predictions, model, figures), _curve_table(predictions.targets, lines), calibration)


def _figures(counts: Counts, resamples: int, seed: tuple[int, ...]) -> tuple:
    """A target's values for the AUC table, from its windows on."""
    n, positives = counts.positives + counts.negatives, counts.positives
    facts = (n, positives, positives / n)
    if counts.one_class:
        return (*facts, np.nan, np.nan, "no negatives" if positives else "no positives", *NONE, *NONE)
    ends = (*auroc_interval(counts), *auprc_interval(counts, resamples, seed))
    return (*facts, counts.auroc(), counts.auprc(), "", *ends)


def _auc_table(predictions: Predictions, model: str, figures: Iterable[tuple]) -> pd.DataFrame:
    rows = [
        (model, predictions.architecture, target.index, target.title, target.assay, *values)
        for target, values in zip(predictions.targets, figures, strict=True)
    ]
    table = pd.DataFrame(rows, columns=COLUMNS)
    if is_published(predictions.targets):
        medians = [published.medians(predictions.architecture, assay) for assay in table["assay"]]
        table = table.join(pd.DataFrame(medians))
    return table


def _curve_table(targets: Iterable[Target], lines: Iterable[dict[str, np.ndarray]]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"index": target.index, "curve": kind, "x": points[:, 0], "y": points[:, 1]})
        for target, kinds in zip(targets, lines, strict=True)
        for kind, points in kinds.items()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CURVE_COLUMNS)


def read_auc(path: str | Path) -> pd.DataFrame:
    """An AUC table that `evaluate` made, read back; a table of another kind is a UserError."""
    table = read_table(path, "AUC table")
    if tuple(table.columns[: len(COLUMNS)]) != COLUMNS:
        raise UserError(f"{path}: not an AUC table; make one with evaluate.py")
    return table


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
