"""Two models compared, one dot per target."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ..evaluation.compare_models import SIGNIFICANT
from ..evaluation.measures import MEASURES
from ..evaluation.roles import baselines, label
from . import pictures
from .scatter import scatter


def two_models(auc: pd.DataFrame, tests: pd.DataFrame, first: str, second: str) -> Figure:
    """A panel per measure, as in the DanQ paper: y is the first model, so dots above the diagonal are its wins.

    auc : of all models, as `evaluate` makes it
    tests : of all pairs, as `compare_models.paired_table` makes them; titles give the number of
        significant differences
    """
    drawn = pictures.figure(4.5 * len(MEASURES), 5.3)
    ours, others = (auc[auc["model"] == model].set_index("index") for model in (first, second))
    tests = tests[tests["model"].isin([first, second]) & tests["other"].isin([first, second])]
    first, second = (label(model, baselines(auc)) for model in (first, second))
    for axes, measure in zip(drawn.subplots(1, len(MEASURES)), MEASURES, strict=True):
        pairs = pd.DataFrame({"assay": ours["assay"], "x": others[measure.key], "y": ours[measure.key]}).dropna()
        scatter(axes, pairs)
        won, lost = int((pairs["y"] > pairs["x"]).sum()), int((pairs["y"] < pairs["x"]).sum())
        title = f"{first} wins {won}, {second} {lost} of {len(pairs)}"
        if measure.tested:
            differ = int((tests.loc[tests["measure"] == measure.key, "qvalue"] < SIGNIFICANT).sum())
            title += f"\nin these two trainings, {differ} differ significantly (q < {SIGNIFICANT})"
        axes.set_title(title, fontsize=10)
        axes.set(xlabel=f"{second}: {measure.title}", ylabel=f"{first}: {measure.title}")
    handles, labels = drawn.axes[0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False, fontsize=9, markerscale=2)
    return drawn
