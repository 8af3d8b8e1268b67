"""Calibration curves: observed fraction of positives against mean predicted probability."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..evaluation.roles import label
from . import pictures

MOST_PANELS = 6  # assays with a panel each


def calibration(table: pd.DataFrame, baselines: Collection[str] = ()) -> Figure:
    """Calibration curves of all models on the same log-log axes: a panel for all targets and one per assay.

    With more than `MOST_PANELS` assays, only the panel for all targets is drawn. Bins without positives have no place
    on the logarithmic axis and are left out.

    table : of all models, as `calibration_table` makes it
    baselines : those of the models that are baselines
    """
    groups = list(table["assay"].unique())
    groups = groups if len(groups) <= MOST_PANELS + 1 else groups[:1]
    columns = 2 if len(groups) == 4 else min(3, len(groups))
    rows = -(-len(groups) // columns)
    drawn = pictures.figure(3.4 * columns + 0.4, 3.4 * rows + 0.6)
    models = list(table["model"].unique())
    colours = pictures.colours(models, baselines)
    table = table[table["observed"] > 0]
    lowest = np.fmin(0.1, table[["predicted", "observed"]].min().min()) / 1.5
    for i, group in enumerate(groups, 1):
        axes = drawn.add_subplot(rows, columns, i)
        pictures.plain(axes)
        axes.axline((0.1, 0.1), (1, 1), linestyle=":", color="grey")
        for model in models:
            part = table[(table["assay"] == group) & (table["model"] == model)]
            axes.plot(part["predicted"], part["observed"], "o-", color=colours[model], markersize=3, linewidth=1)
        axes.set(xscale="log", yscale="log", xlim=(lowest, 1.3), ylim=(lowest, 1.3), aspect="equal")
        axes.set_title("all targets" if group == "all" else group, fontsize=10)
    drawn.supxlabel("mean predicted probability", fontsize=10)
    drawn.supylabel("observed fraction of positives", fontsize=10)
    handles = [Line2D([], [], color=colours[model], marker="o", label=label(model, baselines)) for model in models]
    drawn.legend(handles=handles, loc="outside upper center", ncols=min(len(models), 2 * columns), frameon=False)
    return drawn
