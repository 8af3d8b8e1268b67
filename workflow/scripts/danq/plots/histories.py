"""Training histories: the loss by epoch of each model."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..tables import Table
from . import pictures

HISTORY = Table("training history", ("epoch", "loss", "val_loss"), others=True)


def histories(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Loss by epoch: dashed lines for training, solid lines for validation, a dot at each model's best epoch.

    tables : history (columns of `HISTORY`) of each model, by name
    """
    drawn = pictures.figure(6.4, 4)
    axes = drawn.subplots()
    pictures.plain(axes)
    for i, (model, table) in enumerate(tables.items()):
        axes.plot(table["epoch"], table["loss"], "--", color=pictures.colour(i), linewidth=1)
        axes.plot(table["epoch"], table["val_loss"], color=pictures.colour(i), label=model)
        best = table.loc[table["val_loss"].idxmin()]
        axes.plot(best["epoch"], best["val_loss"], "o", color=pictures.colour(i))
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set(xlabel="epoch", ylabel="loss (binary cross-entropy)")
    styles = [
        Line2D([], [], color="grey", linestyle="--", linewidth=1, label="training"),
        Line2D([], [], color="grey", label="validation"),
        Line2D([], [], color="grey", marker="o", linestyle="", label="best epoch"),
    ]
    axes.legend(handles=[*axes.get_legend_handles_labels()[0], *styles], frameon=False, fontsize=9)
    return drawn
