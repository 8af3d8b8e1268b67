"""Draws the pictures of the small examples."""

from __future__ import annotations

import itertools

from matplotlib.figure import Figure

COLOURS = {"SimpleRNN": "#D55E00", "LSTM": "#0072B2"}


def draw_curves(path, table, reference):
    """Draw accuracy by epoch: a thin line per network, the median, and the reference's accuracy as dots."""
    figure = Figure((8, 4.4), layout="constrained")
    axes = figure.subplots()
    last = table["epoch"].max()
    for cell, rows in table.groupby("cell", sort=False):
        for _, one in rows.groupby("seed"):
            axes.plot(one["epoch"], 100 * one["decided"], color=COLOURS[cell], lw=0.6, alpha=0.45)
        median = 100 * rows.groupby("epoch")["decided"].median()
        axes.plot(
            median.index, median, color=COLOURS[cell], lw=2.5, label=f"{cell}, median of {rows['seed'].nunique()}"
        )
        dots = [(epoch, value) for epoch, value in reference[cell].items() if epoch <= last]
        if dots:
            axes.plot(*zip(*dots, strict=True), "o", color=COLOURS[cell], mfc="none", label=f"{cell}, reference")
    axes.set(xlabel="epoch", ylabel="accuracy in %", title="Characters that the past decides, test strings")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)


def draw_gradients(path, norms):
    """Draw the gradient's norm by steps back, before and after training: a thin line per network, thick medians."""
    figure = Figure((10, 4.4), layout="constrained")
    both = figure.subplots(1, 2, sharey=True)
    for axes, training in zip(both, ("before", "after"), strict=True):
        for cell, rows in norms[norms["training"] == training].groupby("cell", sort=False):
            for _, one in rows.groupby("seed"):
                axes.plot(one["back"], one["norm"], color=COLOURS[cell], lw=0.6, alpha=0.45)
            median = rows.groupby("back")["norm"].median()
            label = f"{cell}, median of {rows['seed'].nunique()}" if training == "before" else None
            axes.plot(median.index, median, color=COLOURS[cell], lw=2.5, label=label)
        axes.axvline(38, color="#888888", lw=0.8, ls=":")
        axes.invert_xaxis()
        axes.set(
            yscale="log", ylim=(1e-20, 10), xlabel="steps back from the last character", title=f"{training} training"
        )
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    both[0].set_ylabel("norm of the loss's gradient")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    figure.savefig(path, dpi=120)


def draw_scan(path, sequence, values, best, covered, title, label):
    """Draw the values of one channel (a filter's activations or a unit's states) as bars above a sequence.

    best : position of the value that discovery uses
    covered : positions of the digits that this value is computed from, highlighted
    """
    figure = Figure((7, 3), layout="constrained")
    axes = figure.subplots()
    colours = ["#2CA02C" if position == best else "#B0B7BE" for position in range(len(values))]
    axes.bar(range(len(values)), values, color=colours, width=0.7)
    for position in covered:
        axes.axvspan(position - 0.5, position + 0.5, color="#2CA02C", alpha=0.12, lw=0)
    axes.set_xticks(range(len(sequence)), list(sequence), fontsize=16)
    axes.set(xlim=(-0.6, len(sequence) - 0.4), xlabel="sequence", ylabel=label, title=title)
    axes.axhline(0, color="black", lw=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)


def draw_prevalence(path, curves):
    """Draw ROC and precision-recall curves.

    curves : dict, name to the pair ((x, y, area) of the ROC curve, (x, y, area) of the precision-recall curve)
    """
    figure = Figure((9, 4), layout="constrained")
    names = ("ROC", "false positive rate", "true positive rate"), ("Precision-recall", "recall", "precision")
    for i, (axes, (title, x_label, y_label)) in enumerate(zip(figure.subplots(1, 2), names, strict=True)):
        for (name, pair), colour in zip(curves.items(), itertools.cycle(COLOURS.values())):
            x, y, area = pair[i]
            axes.plot(x, y, color=colour, label=f"{name}: area {area:.3f}")
        axes.set(title=title, xlabel=x_label, ylabel=y_label, xlim=(0, 1), ylim=(0, 1.02))
        axes.legend(frameon=False, loc="best")
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)
