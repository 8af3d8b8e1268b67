"""Replicates of models: a dot for each training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..evaluation.measures import MEASURES
from ..evaluation.replicates import means
from ..evaluation.roles import label
from . import pictures

Groups = Mapping[str, Sequence[pd.DataFrame]]


def replicates(groups: Groups, ensembles: Groups, baselines: Groups) -> Figure:
    """A panel per measure, with the means over all targets: a dot per replicate, a bar at their mean, whiskers of one
    standard deviation, and a diamond for the ensemble.

    groups, ensembles, baselines : AUC tables by model, as `evaluate` makes them
    """
    names = [*groups, *baselines]
    colours = pictures.colours(names, baselines)
    drawn = pictures.figure(max(6.4, 1.4 * len(names) + 1.6), 2.6 * len(MEASURES) + 1.2)
    panels = drawn.subplots(len(MEASURES), 1, sharex=True)
    for axes, measure in zip(panels, MEASURES, strict=True):
        pictures.plain(axes)
        axes.grid(axis="y", alpha=0.3)
        axes.set_ylabel(f"mean {measure.title}")
        for place, name in enumerate(names):
            of_model = groups.get(name) or baselines[name]
            found = means([*of_model, *ensembles.get(name, [])], measure.key)
            values, ensemble = found[: len(of_model)], found[len(of_model) :]
            spread = np.linspace(-0.15, 0.15, len(values)) if len(values) > 1 else [0.0]
            axes.plot(place + np.array(spread), values, "o", color=colours[name], alpha=0.7, markeredgewidth=0)
            axes.hlines(values.mean(), place - 0.28, place + 0.28, color=colours[name], linewidth=2)
            if len(values) > 1:
                axes.errorbar(place, values.mean(), values.std(ddof=1), color=colours[name], capsize=4, linewidth=1)
            axes.plot([place + 0.34] * len(ensemble), ensemble, "D", color=colours[name], markersize=6)
    axes.set_xticks(range(len(names)), [pictures.short(label(name, baselines), 24) for name in names])
    axes.tick_params(axis="x", rotation=30 if len(names) > 6 else 0)
    marks = {"one training": "o"} | ({"ensemble of the trainings": "D"} if ensembles else {})
    handles = [Line2D([], [], color="black", linestyle="", marker=mark, label=text) for text, mark in marks.items()]
    handles.append(Line2D([], [], color="black", linewidth=2, label="mean ± standard deviation"))
    drawn.legend(handles=handles, loc="outside upper center", ncols=3, frameon=False)
    return drawn
