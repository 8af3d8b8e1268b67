"""The contributions of bases as a logo: letters as high as they contribute, with marked places beneath."""

from __future__ import annotations

import logomaker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..data.onehot import ALPHABET
from ..explain.stretches import Stretch
from . import pictures

ROW = 100  # letters
INCH, MARGIN = 0.11, 1.3  # width of a letter, and of what is beside the letters
NARROWEST = 7.0  # inches, for the title
LOGO, STRIP = 1.25, 0.19  # heights in inches
MARK = "#B9C3CE"
GAP = 1.2  # letters between the labels of two marks in a row


def attribution(view: Stretch) -> Figure:
    """Rows of `ROW` letters with one vertical scale, each with a strip for each kind of marked places beneath."""
    n = len(view.contributions)
    begins = range(0, n, ROW)
    each = [LOGO, *[STRIP] * len(view.marks)]
    width = max(MARGIN + INCH * min(n, ROW), NARROWEST)
    drawn = pictures.figure(width, 0.9 + (sum(each) + 0.25) * len(begins))
    drawn.suptitle(pictures.short(view.title, 110), fontsize=10)
    grid = drawn.subplots(len(each) * len(begins), 1, squeeze=False, height_ratios=each * len(begins))[:, 0]
    low, high = min(view.contributions.min(), 0), max(view.contributions.max(), 0)
    room = (high - low) or 1
    for i, begin in enumerate(begins):
        rows = grid[len(each) * i : len(each) * (i + 1)]
        end = min(n, begin + ROW)
        _logo(rows[0], view.contributions[begin:end], begin)
        rows[0].set_ylim(low - 0.04 * room, high + 0.04 * room)
        for axes, (name, places) in zip(rows[1:], view.marks.items(), strict=True):
            _strip(axes, name, places, begin, end)
        for axes in rows:
            axes.set_xlim(begin - 0.6, begin + min(n, ROW) - 0.4)
            axes.tick_params(axis="x", length=0, labelbottom=False)
        columns = [column for column in range(begin, end) if (view.first + column) % 20 == 0]
        rows[-1].set_xticks(columns, [f"{view.first + column:,}" for column in columns])
        rows[-1].tick_params(axis="x", length=2, labelbottom=True, labelsize=7)
    drawn.supylabel(f"contribution (logit)\n{view.method.replace('_', ' ')}", fontsize=9, multialignment="center")
    drawn.supxlabel(f"{pictures.short(view.place)} (bp)", fontsize=9)
    return drawn


def _logo(axes: Axes, contributions: np.ndarray, begin: int) -> None:
    frame = pd.DataFrame(contributions, columns=list(ALPHABET))
    frame.index += begin
    logomaker.Logo(frame, ax=axes, color_scheme=pictures.BASE_COLOURS, show_spines=False, flip_below=False)
    pictures.plain(axes)
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_visible(True)
    axes.axhline(0, color="black", linewidth=0.5)
    axes.tick_params(axis="y", labelsize=7, length=2)


def _strip(axes: Axes, label: str, places, begin: int, end: int) -> None:
    """Bars of the places in the columns `begin` to `end` - 1, each with its name where the bar is wide enough."""
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    axes.set(ylim=(0, 1), yticks=[])
    axes.set_ylabel(pictures.short(label, 14), rotation=0, ha="right", va="center", fontsize=7)
    free = -np.inf
    for start, stop, name in sorted(places):
        first, last = max(start, begin), min(stop, end)
        if first >= last:
            continue
        axes.broken_barh([(first - 0.5, last - first)], (0.05, 0.9), color=MARK, linewidth=0)
        width = 0.75 * len(name)
        if name and first + width <= end and first > free:
            axes.text(first - 0.3, 0.45, name, fontsize=7, va="center", ha="left")
            free = first + width + GAP
