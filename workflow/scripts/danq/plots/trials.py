"""The trials of a search: parallel coordinates, and the importance of the settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure

from ..search.space import Dimension, shown
from . import pictures

TICKS = 5
FAILED = "#B0B0B0"


def parallel(
    space: Sequence[Dimension], settings: Mapping[str, Mapping[str, Any]], results: pd.DataFrame, measure: str
) -> Figure:
    """Parallel coordinates: a line per trial, an axis per setting, and one for the score of the first rung.

    settings : of each trial, by id
    results : table of results, best trial first; the best trial is the thick line
    measure : what the score is, such as "validation loss"

    Colours go by the rank of the score in the first rung, which all trials have; trials that diverged are grey.
    """
    scores = results.set_index("trial")["score_1"]
    finite = scores.dropna()
    low, high = (finite.min(), finite.max()) if len(finite) else (0.0, 1.0)
    quality = finite.rank(ascending=measure != "validation AUPRC", method="first", pct=True)
    drawn = pictures.figure(max(6.4, 1.3 * (len(space) + 1) + 1), 4.6)
    axes = drawn.subplots()
    draw = np.random.default_rng(0)
    spread = {one.name: draw.uniform(-0.02, 0.02, len(results)) * bool(one.choices) for one in space}
    for i, trial in reversed(list(enumerate(results["trial"]))):
        places = [one.place(settings[trial][one.name]) + spread[one.name][i] for one in space]
        if trial in finite.index:
            places.append((scores[trial] - low) / (high - low) if high > low else 0.5)
        colour = colormaps["viridis"](1 - quality[trial]) if trial in finite.index else FAILED
        axes.plot(places, color=colour, linewidth=3 if i == 0 else 1, alpha=1 if i == 0 else 0.7, zorder=3 - (i > 0))
    for k, one in enumerate(space):
        _axis(axes, k, [(one.place(value), _tick(value)) for value in _ticks(one)])
    numbers = np.linspace(low, high, TICKS) if high > low else [low]
    _axis(axes, len(space), [((v - low) / (high - low) if high > low else 0.5, f"{v:.4g}") for v in numbers])
    axes.set_xticks(
        range(len(space) + 1), [*(one.name.replace(".", ".\n") for one in space), f"{measure},\nfirst rung"]
    )
    axes.set(yticks=[], xlim=(-0.3, len(space) + 0.6), ylim=(-0.08, 1.08))
    axes.spines[:].set_visible(False)
    return drawn


def _axis(axes, x: float, ticks: Sequence[tuple[float, str]]) -> None:
    """A vertical axis with labelled ticks, each at a place from 0 to 1."""
    axes.plot([x, x], [0, 1], color="black", linewidth=0.8, zorder=1)
    for place, text in ticks:
        axes.plot([x - 0.03, x + 0.03], [place, place], color="black", linewidth=0.8, zorder=1)
        box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.7, "pad": 0.5}
        axes.text(x + 0.06, place, pictures.short(text, 14), fontsize=8, va="center", zorder=4, bbox=box)


def _ticks(one: Dimension) -> list[Any]:
    """The values to label: all choices, or values that divide the axis evenly, rounded as trials are."""
    if one.choices:
        return list(one.choices)
    inner = [one.value(i / (TICKS - 1)) for i in range(1, TICKS - 1)]
    return list(dict.fromkeys([one.low, *inner, one.high]))


def _tick(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else shown(value)


def importances(table: pd.DataFrame) -> Figure:
    """A bar per setting with its standard error over the trees.

    table : columns of `danq.search.importance.IMPORTANCE`
    """
    table = table.iloc[::-1]
    drawn = pictures.figure(6.4, 1.2 + 0.35 * len(table))
    axes = drawn.subplots()
    pictures.plain(axes)
    axes.barh(table["setting"], table["importance"].fillna(0), xerr=table["error"].fillna(0), color=pictures.colour(0))
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel("increase of the squared error when permuted, relative to the variance")
    explained = table["explained"].iloc[0]
    title = "too few trials" if np.isnan(explained) else f"the forest explains {100 * explained:.0f} % of the variance"
    axes.set_title(title, fontsize=9)
    return drawn
