"""Successive halving: all trials train for a short time, and the best of each rung go on to a longer one.

Source: Jamieson & Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import UserError
from ..tables import Table

MEASURES = {"loss": "val_loss", "auprc": "val_auprc"}  # what `monitor` may be, and the column of the history
FINISHED, DIVERGED = "finished", "diverged"
RECORD = ("status", "epochs", "parameters", "seconds")  # what the ranking takes from the record of a trial
HISTORY = Table("history of a trial", ("epoch", "val_loss"), others=True)
RUNG = Table(
    "ranking of a rung",
    ("rank", "trial", "score", "status", "promoted", "best_epoch", "epochs", "parameters", "seconds"),
    words=("trial", "status", "promoted"),
    digits=9,  # those of the histories
)


@dataclass(frozen=True)
class Rung:
    """One round of trainings.

    trials : number of trials
    epochs : largest number of epochs of each
    max_windows : number of training windows; None for all
    """

    trials: int
    epochs: int
    max_windows: int | None = None


def rungs(trials: int, epochs: int, max_windows: int | None = None, factor: int = 1, number: int = 1) -> list[Rung]:
    """The rungs: each has 1 / factor of the trials of the one below, rounded up, and `factor` times its budget.

    The budget is the number of training windows if `max_windows` is given, otherwise the number of epochs. A rung with
    as many trials as the one below is a UserError.
    """
    found = [Rung(trials, epochs, max_windows)]
    for i in range(1, number):
        below = found[-1]
        more = -(-below.trials // factor)
        if more >= below.trials:
            raise UserError(f"rung {i + 1} of {number} has no trial to leave out; lower halving.rungs, or add trials")
        windows = max_windows and below.max_windows * factor
        found.append(Rung(more, below.epochs if max_windows else below.epochs * factor, windows))
    return found


def score(history: pd.DataFrame, monitor: str) -> tuple[float, int]:
    """The best value of the monitored measure on the validation windows, and its epoch; NaN and 0 without an epoch.

    A history without the measure is a UserError.
    """
    column = MEASURES[monitor]
    if column not in history:
        raise UserError(f"the history of a trial has no column {column}; monitor the loss instead")
    values = history[column].to_numpy(float)
    if not np.isfinite(values).any():
        return np.nan, 0
    best = int(np.nanargmin(values) if monitor == "loss" else np.nanargmax(values))
    return float(values[best]), int(history["epoch"].iloc[best])


def ranking(
    histories: Mapping[str, pd.DataFrame], records: Mapping[str, Mapping], monitor: str, promoted: int
) -> pd.DataFrame:
    """The trials of a rung from best to worst, with the columns of `RUNG`.

    histories : history of each trial, by its id; ties keep this order
    records : the record of each trial, as `trial.run` writes it
    promoted : how many go on to the next rung. A trial that diverged never does.
    """
    rows = []
    for trial, history in histories.items():
        value, epoch = score(history, monitor)
        record = records[trial]
        if record["status"] == DIVERGED:
            value, epoch = np.nan, 0
        facts = {key: record[key] for key in RECORD}
        rows.append({"trial": trial, "score": value, "best_epoch": epoch} | facts)
    table = pd.DataFrame(rows)
    table = table.sort_values("score", ascending=monitor == "loss", kind="stable", na_position="last")
    table = table.reset_index(drop=True)
    table["rank"] = table.index + 1
    goes_on = (table["rank"] <= promoted) & table["score"].notna()
    table["promoted"] = np.where(goes_on, "yes", "no")
    if table["score"].isna().all():
        raise UserError("all trials of the rung diverged; lower the learning rates of the space")
    return table[list(RUNG.columns)]


def best(tables: Sequence[pd.DataFrame]) -> str:
    """The id of the best trial: the first of the last rung."""
    last = tables[-1]
    return str(last.loc[last["rank"].idxmin(), "trial"])
