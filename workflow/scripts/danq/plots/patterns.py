"""Patterns of TF-MoDISco: for each, its contributions, its bases, and the known motif that it matches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import logomaker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..data.onehot import ALPHABET
from ..explain.patterns import Pattern
from ..motifs.meme import Motif
from . import logo, pictures

MOST = 20  # patterns on the page, those with the most seqlets
ROW = 1.25  # inches


def page(patterns: Sequence[Pattern], table: pd.DataFrame, known: Iterable[Motif], title: str = "") -> Figure:
    """One row for each pattern: contributions, base frequencies in bits, and the known motif below its match.

    table : columns of `pattern_tables.PATTERNS`
    known : the known motifs that the table names
    """
    by_id = {motif.name: motif for motif in known}
    rows = {row["pattern"]: row for row in table.to_dict("records")}
    shown = sorted(patterns, key=lambda one: (-one.seqlets, one.number))[:MOST]
    shown.sort(key=lambda one: one.number)
    drawn = pictures.figure(12, ROW * max(len(shown), 1) + 0.6)
    count = f"{len(shown)} of {len(patterns)} patterns" if shown else "no pattern was found"
    drawn.suptitle(f"{title}: {count}".removeprefix(": "), fontsize=11)
    if not shown:
        return drawn
    grid = drawn.subplots(len(shown), 3, squeeze=False)
    for axes, pattern in zip(grid, shown, strict=True):
        _row(axes, pattern, rows[pattern.number], by_id)
    return drawn


def _row(axes: Sequence[Axes], pattern: Pattern, row: dict, known: dict[str, Motif]) -> None:
    motif = pattern.motif()
    match = logo.match_of(row, known) if row["known"] else None
    drawing = logo.Drawing(motif, match)
    _contributions(axes[0], pattern, drawing.span)
    axes[0].set_title(f"{pattern.name}   {pattern.sign}   {pattern.seqlets:,} seqlets", fontsize=8, loc="left", pad=3)
    logo.draw_on(axes[1], motif, f"bases   {motif.information:.1f} bits", drawing.span)
    if match:
        logo.draw_on(axes[2], match.motif, match.title, drawing.span, match.offset, title_colour="#5b6570")
    else:
        axes[2].set_axis_off()


def _contributions(axes: Axes, pattern: Pattern, span: tuple[int, int]) -> None:
    """Letters as high as their mean contributions to the logit; below 0 upside down."""
    heights = pd.DataFrame(pattern.contributions, columns=list(ALPHABET))
    logomaker.Logo(heights, ax=axes, color_scheme=pictures.BASE_COLOURS, show_spines=False)
    pictures.plain(axes)
    totals = pattern.contributions.sum(axis=1)
    low, high = min(totals.min(), 0), max(totals.max(), 0)
    room = 0.05 * max(high - low, np.finfo(float).tiny)
    axes.set(ylim=(low - room * (low < 0), high + room * (high > 0)), xlim=(span[0] - 0.6, span[1] - 0.4))
    axes.axhline(0, color="black", linewidth=0.5)
    axes.tick_params(labelsize=7, length=2)
    axes.set_xticks([])
    axes.set_ylabel("logit", fontsize=8)
