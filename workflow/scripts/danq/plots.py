"""Pictures of training and of how well targets are predicted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import curves as lines
from . import pictures
from .metrics import count
from .predictions import Predictions
from .targets import Target

MOST_CURVES = 25
MOST_PANELS = 6


def histories(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Loss by epoch of each model: training dashed, validation solid, the best epoch marked."""
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


def curves(target: Target, predictions: Mapping[str, Predictions]) -> Figure:
    """ROC and precision-recall curves of one target, all models on the same axes."""
    drawn = pictures.figure(9, 4.2)
    roc, recall = drawn.subplots(1, 2)
    i, prevalence = target.index - 1, 0.0
    for k, (model, predicted) in enumerate(predictions.items()):
        labels, probabilities = predicted.columns(slice(i, i + 1))
        counts = count(labels[:, 0], probabilities[:, 0])
        if counts.one_class:
            roc.text(0.5, 0.5, "one class only: no curve", ha="center")
            continue
        prevalence = counts.positives / len(labels)
        drawn_lines = ((roc, lines.roc, counts.auroc()), (recall, lines.precision_recall, counts.auprc()))
        for axes, line, area in drawn_lines:
            axes.plot(*line(counts).T, color=pictures.colour(k), label=f"{model}  {area:.3f}")
    roc.plot([0, 1], [0, 1], ":", color="grey")
    recall.axhline(prevalence, linestyle=":", color="grey", label=f"prevalence  {prevalence:.3f}")
    roc.set(xlabel="false positive rate", ylabel="true positive rate", title="ROC")
    recall.set(xlabel="recall", ylabel="precision", title="precision-recall", ylim=(0, 1.02))
    for axes, legend in ((roc, "AUROC"), (recall, "AUPRC")):
        pictures.plain(axes)
        axes.set_xlim(-0.01, 1.01)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(title=legend, frameon=False, fontsize=9)
    drawn.suptitle(f"{target.index}  {target.title}  ({target.assay})")
    return drawn


def curve_name(target: Target) -> str:
    """File name of a target's curves, without suffix."""
    return f"{target.index:03d}_{re.sub(r'[^A-Za-z0-9.+-]+', '_', target.title)}"


def worth_drawing(auc: pd.DataFrame, targets: Sequence[Target]) -> list[Target]:
    """All targets when they are few; else the best, middle and worst of each assay by mean AUROC."""
    if len(targets) <= MOST_CURVES:
        return list(targets)
    means = auc.groupby(["assay", "index"])["auroc"].mean().dropna().sort_values(ascending=False)
    chosen = set()
    for _, group in means.groupby(level="assay"):
        index = group.sort_values(ascending=False).index.get_level_values("index")
        chosen |= {*index[:3], index[len(index) // 2], *index[-3:]}
    return [targets[i - 1] for i in sorted(chosen)]


def assays(auc: pd.DataFrame) -> Figure:
    """AUROC and AUPRC of all targets: a dot each, grouped by assay, one column a model, medians as bars."""
    models, groups = list(auc["model"].unique()), list(auc["assay"].unique())
    drawn = pictures.figure(max(6.4, 1.1 * len(models) * len(groups) + 2), 6.4)
    jitter = np.random.default_rng(0)
    for axes, measure in zip(drawn.subplots(2, 1, sharex=True), ("auroc", "auprc"), strict=True):
        pictures.plain(axes)
        for k, model in enumerate(models):
            for g, assay in enumerate(groups):
                values = auc.loc[(auc["model"] == model) & (auc["assay"] == assay), measure].dropna()
                place = g + (k - (len(models) - 1) / 2) * 0.8 / len(models)
                spread = jitter.uniform(-0.15, 0.15, len(values)) / len(models)
                axes.plot(
                    place + spread, values, "o", color=pictures.colour(k), alpha=0.5, markersize=4, markeredgewidth=0
                )
                if len(values):
                    half = 0.3 / len(models)
                    axes.hlines(values.median(), place - half, place + half, color=pictures.colour(k), linewidth=2)
        axes.set_ylabel(measure.upper())
        axes.grid(axis="y", alpha=0.3)
    sizes = auc.drop_duplicates("index")["assay"].value_counts()
    axes.set_xticks(
        range(len(groups)), [f"{assay}\n{sizes[assay]} target{'s' if sizes[assay] > 1 else ''}" for assay in groups]
    )
    handles = [Line2D([], [], color=pictures.colour(k), marker="o", label=model) for k, model in enumerate(models)]
    drawn.legend(handles=handles, loc="outside upper center", ncols=len(models), frameon=False)
    return drawn


def calibration(table: pd.DataFrame) -> Figure:
    """Share of positives against mean prediction, all models on the same axes; a panel per assay, or one when many.

    table : of all models, as `calibration.calibration_table` makes it
    """
    groups = list(table["assay"].unique())
    groups = groups if len(groups) <= MOST_PANELS + 1 else groups[:1]
    columns = 2 if len(groups) == 4 else min(3, len(groups))
    rows = -(-len(groups) // columns)
    drawn = pictures.figure(3.4 * columns + 0.4, 3.4 * rows + 0.6)
    models = list(table["model"].unique())
    table = table[table["observed"] > 0]
    lowest = np.fmin(0.1, table[["predicted", "observed"]].min().min()) / 1.5
    for i, group in enumerate(groups, 1):
        axes = drawn.add_subplot(rows, columns, i)
        pictures.plain(axes)
        axes.axline((0.1, 0.1), (1, 1), linestyle=":", color="grey")
        for k, model in enumerate(models):
            part = table[(table["assay"] == group) & (table["model"] == model)]
            axes.plot(part["predicted"], part["observed"], "o-", color=pictures.colour(k), markersize=3, linewidth=1)
        axes.set(xscale="log", yscale="log", xlim=(lowest, 1.3), ylim=(lowest, 1.3), aspect="equal")
        axes.set_title("all targets" if group == "all" else group, fontsize=10)
    drawn.supxlabel("mean prediction", fontsize=10)
    drawn.supylabel("share positive", fontsize=10)
    handles = [Line2D([], [], color=pictures.colour(k), marker="o", label=model) for k, model in enumerate(models)]
    drawn.legend(handles=handles, loc="outside upper center", ncols=len(models), frameon=False)
    return drawn
