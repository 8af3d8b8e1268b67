"""The measures of all targets, grouped by assay."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..evaluation.measures import MEASURES
from ..evaluation.roles import baselines, label
from . import pictures


def assays(auc: pd.DataFrame) -> Figure:
    """A panel per measure: one dot per target, grouped by assay and model, and bars at the medians.

    auc : of all models, as `evaluate` makes it
    """
    models, groups = list(auc["model"].unique()), list(auc["assay"].unique())
    simple = baselines(auc)
    colours = pictures.colours(models, simple)
    drawn = pictures.figure(max(6.4, 1.1 * len(models) * len(groups) + 2), 2.6 * len(MEASURES) + 1.2)
    jitter = np.random.default_rng(0)
    panels = drawn.subplots(len(MEASURES), 1, sharex=True)
    for axes, measure in zip(panels, MEASURES, strict=True):
        pictures.plain(axes)
        for k, model in enumerate(models):
            for g, assay in enumerate(groups):
                values = auc.loc[(auc["model"] == model) & (auc["assay"] == assay), measure.key].dropna()
                place = g + (k - (len(models) - 1) / 2) * 0.8 / len(models)
                spread = jitter.uniform(-0.15, 0.15, len(values)) / len(models)
                axes.plot(place + spread, values, "o", color=colours[model], alpha=0.5, markersize=4, markeredgewidth=0)
                if len(values):
                    half = 0.3 / len(models)
                    axes.hlines(values.median(), place - half, place + half, color=colours[model], linewidth=2)
        axes.set_ylabel(measure.title)
        axes.grid(axis="y", alpha=0.3)
    sizes = auc.drop_duplicates("index")["assay"].value_counts()
    axes.set_xticks(
        range(len(groups)), [f"{assay}\n{sizes[assay]} target{'s' if sizes[assay] > 1 else ''}" for assay in groups]
    )
    handles = [Line2D([], [], color=colours[model], marker="o", label=label(model, simple)) for model in models]
    drawn.legend(handles=handles, loc="outside upper center", ncols=min(len(models), 5), frameon=False)
    return drawn
