"""Pictures of inserted motifs: a heat map of their effects, and curves of pairs by the gap between the two."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..errors import UserError
from . import pictures

CELL = 0.42  # inches
MOST = 40  # targets or inserts in the heat map; of more, those with the largest effects
MOST_PAIRS = 12  # panels
COLUMNS = 3
STYLES = {"+": "-", "-": "--"}
NUMBERS = 300  # cells that have room for their number


def effects(table: pd.DataFrame, title: str = "") -> Figure:
    """A heat map of inserts (rows) by targets (columns); the colour is the mean change of the logit.

    table : columns of `embedding.EFFECTS`
    """
    names = dict(zip(table["index"], table["target"], strict=True))
    wide = table.pivot_table("effect", "insert", "index", sort=False)
    if not len(wide):
        raise UserError("the table of effects is empty; there is nothing to draw")
    wide = _largest(_largest(wide).T).T
    most = max(float(wide.abs().to_numpy().max()), 1e-6)
    drawn = pictures.figure(2.6 + CELL * wide.shape[1], 1.6 + CELL * len(wide))
    axes = drawn.subplots()
    image = axes.imshow(wide, cmap="RdBu_r", vmin=-most, vmax=most, aspect="auto")
    axes.set_xticks(range(wide.shape[1]), [pictures.short(names[i], 24) for i in wide], rotation=90, fontsize=8)
    axes.set_yticks(range(len(wide)), [pictures.short(name, 24) for name in wide.index], fontsize=8)
    for (row, column), value in np.ndenumerate(wide.to_numpy()) if wide.size <= NUMBERS else ():
        shade = "white" if abs(value) > 0.6 * most else "black"
        axes.text(column, row, f"{value:.1f}", ha="center", va="center", fontsize=6.5, color=shade)
    axes.set(xlabel="target", ylabel="inserted")
    drawn.colorbar(image, label="mean change of the logit", shrink=0.8)
    drawn.suptitle(title, fontsize=11)
    return drawn


def _largest(wide: pd.DataFrame) -> pd.DataFrame:
    """The rows with the largest absolute values, at most `MOST`, in their own order."""
    order = np.argsort(-wide.abs().max(axis=1).to_numpy(), kind="stable")[:MOST]
    return wide.iloc[np.sort(order)]


def pairs(table: pd.DataFrame, title: str = "") -> Figure:
    """A panel for each pair: the interaction by place, for the target on which the pair has the largest effect.

    Of more than `MOST_PAIRS` pairs, those with the strongest interactions are drawn.

    table : columns of `embedding.PAIRS`
    """
    if not len(table):
        raise UserError("the table of pairs is empty; there is nothing to draw")
    parts = []
    for (first, second), part in table.groupby(["first", "second"], sort=False):
        target = part.groupby("index")["effect"].mean().abs().idxmax()
        parts.append((first, second, part[part["index"] == target]))
    parts.sort(key=lambda one: -one[2]["interaction"].abs().max())
    parts = parts[:MOST_PAIRS]
    columns = min(COLUMNS, len(parts))
    rows = -(-len(parts) // columns)
    drawn = pictures.figure(3.6 * columns, 2.6 * rows + 0.6)
    panels = drawn.subplots(rows, columns, squeeze=False).flat
    for axes, (first, second, part) in zip(panels, parts, strict=False):
        _panel(axes, part)
        axes.set_title(f"{second} beside {first}, on {pictures.short(part['target'].iloc[0], 24)}", fontsize=8)
    for axes in list(drawn.axes)[len(parts) :]:
        axes.set_axis_off()
    drawn.axes[0].legend(fontsize=7, frameon=False)
    drawn.supxlabel("gap in bp (negative: second on the left)", fontsize=9)
    drawn.supylabel("interaction (logit)", fontsize=9)
    drawn.suptitle(title, fontsize=11)
    return drawn


def _panel(axes: Axes, part: pd.DataFrame) -> None:
    """One line for each strand of the second insert, with the 95 % interval."""
    pictures.plain(axes)
    axes.axhline(0, color="grey", linewidth=0.6)
    for number, (strand, style) in enumerate(STYLES.items()):
        lines = part[part["strand"] == strand]
        for side, sign in (("right", 1), ("left", -1)):
            line = lines[lines["side"] == side].sort_values("gap")
            x, colour = sign * line["gap"], pictures.colour(number)
            label = {"+": "same strand", "-": "other strand"}[strand] if side == "right" else None
            axes.plot(x, line["interaction"], style, color=colour, linewidth=1.2, label=label)
            axes.fill_between(x, line["low"], line["high"], color=colour, alpha=0.2, linewidth=0)
    axes.tick_params(labelsize=7)
