"""The table of trials (trials.tsv) and the table of results (results.tsv): settings as words, figures as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..tables import Table
from .space import Dimension, shown

FIGURES = ("rung", "epochs", "best_epoch", "parameters", "seconds")


def trials_table(space: Sequence[Dimension]) -> Table:
    """The kind of table with a row per trial and a column per setting."""
    columns = ("trial", *(dimension.name for dimension in space))
    return Table("table of trials", columns, words=columns)


def results_table(space: Sequence[Dimension]) -> Table:
    """Trials with their figures: `rank`, the highest `rung` reached (from 1) and its figures, and a score per rung."""
    settings = tuple(dimension.name for dimension in space)
    words = ("trial", "status", *settings)
    return Table("results of a search", ("rank", "trial", "status", *settings, *FIGURES), words=words, others=True)


def write_trials(trials: Mapping[str, Mapping[str, Any]], space: Sequence[Dimension], path: str | Path) -> None:
    rows = [{"trial": trial} | {name: shown(value) for name, value in row.items()} for trial, row in trials.items()]
    kind = trials_table(space)
    kind.write(pd.DataFrame(rows, columns=list(kind.columns)), path)


def read_settings(table: pd.DataFrame, space: Sequence[Dimension]) -> dict[str, dict[str, Any]]:
    """The settings of each trial from the words of a table, by its id."""
    rows = table.to_dict("records")
    return {row["trial"]: {dimension.name: dimension.read(row[dimension.name]) for dimension in space} for row in rows}


def results(trials: pd.DataFrame, rungs: Sequence[pd.DataFrame], space: Sequence[Dimension]) -> pd.DataFrame:
    """The table of results from the table of trials and the rankings of all rungs, best trials first.

    A trial ranks by the highest rung that it reached, and there by its score.
    """
    table = trials.set_index("trial")
    table["rung"], table["place"], table["seconds"] = 0, 0, 0.0
    for number, ranking in enumerate(rungs, 1):
        ranking = ranking.set_index("trial")
        here = ranking.index
        table[f"score_{number}"] = ranking["score"].reindex(table.index)
        table.loc[here, "rung"], table.loc[here, "place"] = number, ranking["rank"]
        table.loc[here, ["status"]] = ranking[["status"]]
        for name in ("epochs", "best_epoch", "parameters"):
            table.loc[here, name] = ranking[name].astype(float)
        table.loc[here, "seconds"] += ranking["seconds"].fillna(0)
    table = table.sort_values(["rung", "place"], ascending=[False, True], kind="stable").reset_index()
    table["rank"] = np.arange(1, len(table) + 1)
    scores = [f"score_{number}" for number in range(1, len(rungs) + 1)]
    return table[[*results_table(space).columns, *scores]]
