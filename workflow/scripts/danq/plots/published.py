"""Models compared with published figures, one dot per target."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ..evaluation.measures import MEASURES
from . import pictures
from .scatter import scatter


def against_published(compared: pd.DataFrame) -> Figure:
    """A column per model and a row per published measure: x is the published figure, y the model's.

    A model is compared with the published figures of its own architecture if there are any, else with the first ones.

    compared : as `compare_published.against` makes it
    """
    measures = [measure for measure in MEASURES if measure.published]
    columns = []
    for model, group in compared.groupby("model", sort=False):
        known, own = list(group["published_model"].unique()), group["architecture"].iloc[0]
        columns.append((model, own if own in known else known[0]))
    drawn = pictures.figure(4.2 * len(columns) + 0.6, 4 * len(measures) + 0.3)
    for column, (model, other) in enumerate(columns):
        group = compared[(compared["model"] == model) & (compared["published_model"] == other)]
        for row, measure in enumerate(measures):
            axes = drawn.add_subplot(len(measures), len(columns), row * len(columns) + column + 1)
            pairs = pd.DataFrame(
                {"assay": group["assay"], "x": group[f"published_{measure.key}"], "y": group[measure.key]}
            )
            pairs = pairs.dropna()
            scatter(axes, pairs)
            axes.set_title(f"{model} wins {int((pairs['y'] > pairs['x']).sum())} of {len(pairs)}", fontsize=10)
            axes.set(xlabel=f"{other}, published: {measure.title}", ylabel=f"{model}: {measure.title}")
    handles, labels = drawn.axes[0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False, fontsize=9, markerscale=2)
    return drawn
