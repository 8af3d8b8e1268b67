"""Models and baselines: both are predictors in the tables, and these functions tell them apart."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

import pandas as pd

BASELINE = "baseline"  # the architecture of every baseline, in predictions and AUC tables


def baselines(auc: pd.DataFrame) -> list[str]:
    """The names of the baselines in an AUC table."""
    return list(auc.loc[auc["architecture"] == BASELINE, "model"].unique())


def best_baseline(auc: pd.DataFrame) -> str | None:
    """The baseline with the highest mean AUROC over all targets; None without baselines."""
    means = auc[auc["architecture"] == BASELINE].groupby("model", sort=False)["auroc"].mean().dropna()
    return means.idxmax() if len(means) else None


def shown_pairs(auc: pd.DataFrame) -> list[tuple[str, str]]:
    """The pairs to draw: all pairs of models, and each model with the best baseline."""
    known, best = baselines(auc), best_baseline(auc)
    models = [model for model in auc["model"].unique() if model not in known]
    return [*combinations(models, 2), *((model, best) for model in models if best)]


def label(name: str, known: Collection[str]) -> str:
    """The name in pictures and the report: `kmer (baseline)` for one of the known baselines."""
    return f"{name} ({BASELINE})" if name in known else name
