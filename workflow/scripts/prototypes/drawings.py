"""The pictures of the small examples."""

from __future__ import annotations

import itertools

from matplotlib.figure import Figure

COLOURS = {"SimpleRNN": "#D55E00", "LSTM": "#0072B2"}


def draw_curves(path, table, reference):
    """Accuracy by epoch for each cell: a line for ours, dots for the reference's."""
    figure = Figure((8, 4.4), layout="constrained")
    axes = figure.subplots()
    for cell, rows in table.groupby("cell", sort=False):
        axes.plot(rows["epoch"], 100 * rows["decided"], color=COLOURS[cell], label=cell)
        axes.plot(
            *zip(*reference[cell].items(), strict=True),
            "o",
            color=COLOURS[cell],
            mfc="none",
            label=f"{cell}, reference",
        )
    axes.set(xlabel="epoch", ylabel="accuracy in %", title="Characters that the past decides, test strings")
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)


def draw_gradients(path, norms):
    """The gradient's norm by the steps back from the last character; dashed before training."""
    figure = Figure((8, 4.4), layout="constrained")
    axes = figure.subplots()
    for (cell, training), rows in norms.groupby(["cell", "training"], sort=False):
        line = "--" if training == "before" else "-"
        axes.plot(rows["back"], rows["norm"], line, color=COLOURS[cell], label=f"{cell} {training} training")
    axes.invert_xaxis()
    axes.set(
        yscale="log",
        ylim=(1e-20, 10),  # less is nothing, to a weight of float32
        xlabel="steps back from the last character",
        ylabel="norm of the loss's gradient",
        title="What reaches the past: the mean over test windows",
    )
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)


def draw_scan(path, sequence, answers, best, covered, title):
    """One sequence read by one channel: its answers as bars over the digits.

    best : the place of the answer that counts; covered : the digits that it comes from, outlined
    """
    figure = Figure((7, 3), layout="constrained")
    axes = figure.subplots()
    colours = ["#2CA02C" if place == best else "#B0B7BE" for place in range(len(answers))]
    axes.bar(range(len(answers)), answers, color=colours, width=0.7)
    for place in covered:
        axes.axvspan(place - 0.5, place + 0.5, color="#2CA02C", alpha=0.12, lw=0)
    axes.set_xticks(range(len(sequence)), list(sequence), fontsize=16)
    axes.set(xlim=(-0.6, len(sequence) - 0.4), xlabel="sequence", ylabel="answer", title=title)
    axes.axhline(0, color="black", lw=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)


def draw_prevalence(path, curves):
    """ROC and precision-recall curves; curves : name: ((x, y, area) of the one, (x, y, area) of the other)."""
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
