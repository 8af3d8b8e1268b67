"""The pictures of the small examples."""

from __future__ import annotations

from matplotlib.figure import Figure

COLOURS = {"SimpleRNN": "#D55E00", "LSTM": "#0072B2"}


def draw_curves(path, table, reference):
    """Accuracy by epoch for each cell: a line for ours, dots for the reference's."""
    figure = Figure((7, 4), layout="constrained")
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
    axes.legend(loc="lower right", frameon=False)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)


def draw_gradients(path, norms):
    """The gradient's norm by the steps back from the last character; dashed before training."""
    figure = Figure((7, 4), layout="constrained")
    axes = figure.subplots()
    for (cell, training), rows in norms.groupby(["cell", "training"], sort=False):
        line = "--" if training == "before" else "-"
        axes.plot(rows["back"], rows["norm"], line, color=COLOURS[cell], label=f"{cell} {training} training")
    axes.invert_xaxis()
    axes.set(
        yscale="log",
        xlabel="steps back from the last character",
        ylabel="norm of the loss's gradient",
        title="What reaches the past: the mean over test windows",
    )
    axes.legend(frameon=False)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)
