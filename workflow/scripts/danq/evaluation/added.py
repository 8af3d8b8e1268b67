"""What the best model adds over the best baseline: per assay, over all targets, and where a baseline wins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..errors import UserError
from ..tables import Table
from .compare_models import Comparison, Ranked
from .jackknife import FEWEST_HELD, FEWEST_PLACES, compared, freedom
from .measures import TESTED

ADDED = Table(
    "table of what the best model adds",
    (
        *("measure", "assay", "targets", "model", "mean", "baseline", "mean_baseline"),
        *("difference", "low", "high", "pvalue", "baseline_wins"),
    ),
    words=("measure", "assay", "model", "baseline"),
)
WINS = Table(
    "table of targets where a baseline wins",
    (
        *("measure", "index", "target", "assay", "positives", "places"),
        *("model", "value", "baseline", "value_baseline", "difference", "low", "high", "pvalue"),
    ),
    words=("measure", "target", "assay", "model", "baseline"),
)


def split_names(models: Sequence[str], baselines: Sequence[str]) -> tuple[list[int], list[int]]:
    """The numbers (from 0) of the models that are no baselines, and of the baselines; a UserError if one is missing."""
    unknown = [name for name in baselines if name not in models]
    if unknown:
        raise UserError(f"no predictions of the baseline {unknown[0]!r}; give them with the models' predictions")
    ours, theirs = [], []
    for i, name in enumerate(models):
        (theirs if name in baselines else ours).append(i)
    if not ours:
        raise UserError("all predictions are of baselines; give those of a model, too")
    return ours, theirs


def added_table(comparison: Comparison, baselines: Sequence[str]) -> pd.DataFrame:
    """One row per measure and assay ("all" first), columns of `ADDED`.

    The best model and the best baseline have the highest mean over the row's targets with a value. `difference` is
    `mean` - `mean_baseline`, and its interval and p come from the same blocks of the genome as those of single targets.
    They do not include the choice of the best. `baseline_wins` counts the targets on which a baseline has a higher
    value than all models.
    """
    ours, theirs = split_names(comparison.models, baselines)
    assays = np.array([target.assay for target in comparison.targets])
    rows = []
    for k, measure in enumerate(TESTED):
        for assay in ["all", *dict.fromkeys(assays)]:
            chosen = np.flatnonzero((assays == assay) | (assay == "all"))
            ranked = [one for one in (comparison.ranked[i] for i in chosen) if not np.isnan(one.measured).any()]
            if ranked:
                rows.append(
                    {"measure": measure.key, "assay": assay} | _added(ranked, comparison.models, ours, theirs, k)
                )
    return pd.DataFrame(rows, columns=list(ADDED.columns))


def _added(ranked: list[Ranked], models: Sequence[str], ours: list[int], theirs: list[int], k: int) -> dict:
    """The part of a row that depends on its targets."""
    values = np.stack([one.measured[:, k] for one in ranked])  # (targets, models)
    means = values.mean(axis=0)
    model, baseline = (max(part, key=lambda i: means[i]) for part in (ours, theirs))
    wins = int((values[:, theirs].max(axis=1) > values[:, ours].max(axis=1)).sum())
    difference = means[model] - means[baseline]
    low, high, pvalue = _of_means(ranked, difference, model, baseline, k)
    return {
        "targets": len(ranked), "model": models[model], "mean": means[model], "baseline": models[baseline],
        "mean_baseline": means[baseline], "difference": difference, "low": low, "high": high, "pvalue": pvalue,
        "baseline_wins": wins,
    }  # fmt: skip


def _of_means(ranked: list[Ranked], difference: float, i: int, j: int, k: int) -> tuple[float, float, float]:
    """Interval and p of a mean difference; NaN if all targets together are in few places.

    Without a block that holds all positives of a target, the mean is that of the other targets.
    """
    held = np.sum([one.held for one in ranked], axis=0)
    if sum(one.places for one in ranked) < FEWEST_PLACES or (held > 0).sum(axis=1).min() < FEWEST_HELD:
        return (np.nan,) * 3
    total = count = 0
    for one in ranked:
        without = one.without[i, k] - one.without[j, k]
        total, count = total + np.nan_to_num(without), count + ~np.isnan(without)
    return compared(difference, total / np.maximum(count, 1), freedom(*held))


def wins_table(comparison: Comparison, paired: pd.DataFrame, baselines: Sequence[str]) -> pd.DataFrame:
    """The targets on which a baseline has a higher value than all models, columns of `WINS`, largest difference first.

    model, baseline : the best of each on this target
    difference : `value_baseline` - `value`, with the interval and p of the paired test
    """
    ours, theirs = split_names(comparison.models, baselines)
    tests = paired.set_index(["model", "other", "measure", "index"]).sort_index()
    rows = []
    for target, one in zip(comparison.targets, comparison.ranked, strict=True):
        for k, measure in enumerate(TESTED):
            values = one.measured[:, k]
            if np.isnan(values).any() or values[theirs].max() <= values[ours].max():
                continue
            i, j = (max(part, key=lambda number, values=values: values[number]) for part in (ours, theirs))
            row = {"measure": measure.key, "index": target.index, "target": target.title, "assay": target.assay}
            row |= {"positives": int(one.held[0].sum()), "places": one.places}
            row |= {"model": comparison.models[i], "value": values[i], "baseline": comparison.models[j]}
            first, second = sorted((i, j))
            test = tests.loc[(comparison.models[first], comparison.models[second], measure.key, target.index)]
            low, high = (test["low"], test["high"]) if first == j else (-test["high"], -test["low"])
            row |= {"value_baseline": values[j], "difference": values[j] - values[i], "low": low, "high": high}
            rows.append(row | {"pvalue": test["pvalue"]})
    table = pd.DataFrame(rows, columns=list(WINS.columns))
    order = {measure.key: i for i, measure in enumerate(TESTED)}
    table = table.assign(order=table["measure"].map(order))
    return table.sort_values(["order", "difference"], ascending=[True, False]).drop(columns="order")
