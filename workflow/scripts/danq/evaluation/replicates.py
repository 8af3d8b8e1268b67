"""Replicates: trainings of one model that differ in the seed, or in the fold, and how much their measures differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..errors import UserError
from ..tables import Table
from .measures import MEASURES

ALL = "all"
REPLICATES = Table(
    "table of replicates",
    (
        *("model", "measure", "assay", "index", "target"),
        *("replicates", "mean", "sd", "lowest", "highest", "ensemble"),
    ),
    words=("model", "measure", "assay", "target"),
)


def check_alike(tables: Sequence[pd.DataFrame]) -> None:
    """Raise a UserError unless all AUC tables are of the same targets."""
    for table in tables:
        if not table[["index", "target"]].equals(tables[0][["index", "target"]]):
            names = [one["model"].iloc[0] for one in (tables[0], table)]
            raise UserError(f"the AUC tables of {names[0]} and {names[1]} are of other targets; compare the same")


def means(tables: Sequence[pd.DataFrame], key: str, chosen: np.ndarray | slice = slice(None)) -> np.ndarray:
    """The mean of a measure over some targets, of each AUC table; float64 (tables,).

    Targets without a value in one of the tables are left out of all.
    """
    values = np.stack([table[key].to_numpy(float)[chosen] for table in tables])
    valued = ~np.isnan(values).any(axis=0)
    return values[:, valued].mean(axis=1) if valued.any() else np.full(len(tables), np.nan)


def replicates_table(
    groups: Mapping[str, Sequence[pd.DataFrame]], ensembles: Mapping[str, pd.DataFrame] | None = None
) -> pd.DataFrame:
    """One row per model, measure, and all targets, each assay and each target; columns of `REPLICATES`.

    groups : the AUC tables of each model's replicates, as `evaluate` makes them
    ensembles : the AUC tables of their ensembles

    Rows of several targets are of the means over these targets: `sd` is the standard deviation (divisor n - 1) of the
    replicates' means. It is NaN for a single replicate.
    """
    ensembles = ensembles or {}
    check_alike([table for tables in groups.values() for table in tables] + list(ensembles.values()))
    rows = []
    for model, tables in groups.items():
        first = tables[0]
        assays = first["assay"].to_numpy()
        parts = [(ALL, np.nan, "", np.full(len(first), True))]
        parts += [(assay, np.nan, "", assays == assay) for assay in dict.fromkeys(assays)]
        numbers = np.arange(len(first))
        parts += [(row.assay, row.index, row.target, numbers == i) for i, row in enumerate(first.itertuples(False))]
        for measure in MEASURES:
            for assay, index, target, chosen in parts:
                found = means([*tables, *([ensembles[model]] if model in ensembles else [])], measure.key, chosen)
                values, ensemble = found[: len(tables)], found[len(tables) :]
                rows.append({
                    "model": model, "measure": measure.key, "assay": assay, "index": index, "target": target,
                    "replicates": len(values), "mean": values.mean(),
                    "sd": values.std(ddof=1) if len(values) > 1 else np.nan,
                    "lowest": values.min(), "highest": values.max(),
                    "ensemble": ensemble[0] if len(ensemble) else np.nan,
                })  # fmt: skip
    return pd.DataFrame(rows)
