"""Scatters: each target a dot, one set of AUROCs and AUPRCs against another."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import pictures
from .evaluate import MEASURES, SIGNIFICANT


def _scatter(axes: Axes, pairs: pd.DataFrame) -> None:
    """Dots of the columns x and y, coloured by assay, and the diagonal where both are equal."""
    pictures.plain(axes)
    for k, (assay, part) in enumerate(pairs.groupby("assay", sort=False)):
        axes.plot(
            part["x"], part["y"], "o", color=pictures.colour(k), alpha=0.5, markersize=3.5, markeredgewidth=0,
            label=assay,
        )  # fmt: skip
    axes.axline((0.5, 0.5), slope=1, linestyle=":", color="grey")
    values = pairs[["x", "y"]].to_numpy()
    low, high = (values.min(), values.max()) if len(values) else (0, 1)
    ends = low - 0.05 * (high - low) - 0.005, high + 0.05 * (high - low) + 0.005
    axes.set(xlim=ends, ylim=ends, aspect="equal")
    axes.locator_params(nbins=6)


def two_models(auc: pd.DataFrame, tests: pd.DataFrame, first: str, second: str) -> Figure:
    """Two models against each other, as in the DanQ paper: the first upwards, so that its wins are above the diagonal.

    auc : of all models, as `evaluate.read_auc` gives it
    tests : of all pairs, as `paired.paired_table` makes them; titles say how many differences have q below .05
    """
    drawn = pictures.figure(9, 5.3)
    ours, others = (auc[auc["model"] == model].set_index("index") for model in (first, second))
    tests = tests[tests["model"].isin([first, second]) & tests["other"].isin([first, second])]
    differ = int((tests["qvalue"] < SIGNIFICANT).sum())
    for axes, measure in zip(drawn.subplots(1, 2), MEASURES, strict=True):
        pairs = pd.DataFrame({"assay": ours["assay"], "x": others[measure], "y": ours[measure]}).dropna()
        _scatter(axes, pairs)
        won, lost = int((pairs["y"] > pairs["x"]).sum()), int((pairs["y"] < pairs["x"]).sum())
        title = f"{first} wins {won}, {second} {lost} of {len(pairs)}"
        if measure == "auroc":
            title += f"\n{differ} differences are significant (q < {SIGNIFICANT})"
        axes.set_title(title, fontsize=10)
        axes.set(xlabel=f"{second} {measure.upper()}", ylabel=f"{first} {measure.upper()}")
    handles, labels = drawn.axes[0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False, fontsize=9, markerscale=2)
    return drawn


def against_published(compared: pd.DataFrame) -> Figure:
    """Published figures against ours; a column a model, beside its own architecture's figures.

    compared : as `published.against` makes it
    """
    columns = []
    for model, group in compared.groupby("model", sort=False):
        known, own = list(group["published_model"].unique()), group["architecture"].iloc[0]
        columns.append((model, own if own in known else known[0]))
    drawn = pictures.figure(4.2 * len(columns) + 0.6, 8)
    for column, (model, other) in enumerate(columns):
        group = compared[(compared["model"] == model) & (compared["published_model"] == other)]
        for row, measure in enumerate(MEASURES):
            axes = drawn.add_subplot(2, len(columns), row * len(columns) + column + 1)
            pairs = pd.DataFrame({"assay": group["assay"], "x": group[f"published_{measure}"], "y": group[measure]})
            pairs = pairs.dropna()
            _scatter(axes, pairs)
            axes.set_title(f"{model} wins {int((pairs['y'] > pairs['x']).sum())} of {len(pairs)}", fontsize=10)
            axes.set(xlabel=f"{other}, published {measure.upper()}", ylabel=f"{model} {measure.upper()}")
    drawn.axes[0].legend(frameon=False, fontsize=9, markerscale=2)
    return drawn
