"""Training histories: loss and AUPRC by epoch of each model."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..tables import Table
from . import pictures

HISTORY = Table("training history", ("epoch", "loss", "val_loss"), others=True)
AUPRC = "val_auprc"


def histories(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Loss by epoch: dashed lines for training, solid lines for validation, a dot at each model's best epoch.

    A second panel has the mean AUPRC of the validation windows, if a history has it.

    tables : history (columns of `HISTORY`) of each model, by name
    """
    panels = {"val_loss": "loss (binary cross-entropy)"}
    if any(AUPRC in table for table in tables.values()):
        panels[AUPRC] = "validation AUPRC (mean over targets)"
    drawn = pictures.figure(6.4 if len(panels) == 1 else 10, 4)
    for axes, (column, title) in zip(drawn.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
        pictures.plain(axes)
        for i, (model, table) in enumerate(tables.items()):
            if column not in table:
                continue
            if column == "val_loss":
                axes.plot(table["epoch"], table["loss"], "--", color=pictures.colour(i), linewidth=1)
            axes.plot(table["epoch"], table[column], color=pictures.colour(i), label=model)
            best = _best(table)
            axes.plot(best["epoch"], best[column], "o", color=pictures.colour(i))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set(xlabel="epoch", ylabel=title)
    styles = [
        Line2D([], [], color="grey", linestyle="--", linewidth=1, label="training"),
        Line2D([], [], color="grey", label="validation"),
        Line2D([], [], color="grey", marker="o", linestyle="", label="best epoch"),
    ]
    axes = drawn.axes[0]
    axes.legend(handles=[*axes.get_legend_handles_labels()[0], *styles], frameon=False, fontsize=9)
    return drawn


def _best(table: pd.DataFrame) -> pd.DataFrame:
    """The row of the epoch whose weights are kept, or none; in histories that do not say, that of the lowest loss."""
    chosen = table["best"] == 1 if "best" in table else table["val_loss"] == table["val_loss"].min()
    return table[chosen].head(1)
