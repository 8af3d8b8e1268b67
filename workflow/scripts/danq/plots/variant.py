"""One variant: the importance of the bases around it in both alleles as logos, and the difference of each target."""

from __future__ import annotations

import logomaker
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..data.onehot import ALPHABET
from ..errors import UserError
from ..variants.closeup import CloseUp
from . import pictures

INCH, WIDTHS = 0.1, (8, 40)  # width of a letter, smallest and largest width of a picture
LOGO, BAR = 1.4, 0.2  # heights in inches
MOST_BARS = 40
MARK, PALE = "#FFF2B3", "#666666"
UP, DOWN = pictures.COLOURS[0], pictures.COLOURS[1]
ALLELE = 20  # letters of an allele in a title
LETTER = 6.5  # points
ROWS = "reference", "alternative"


def variant(view: CloseUp) -> Figure:
    """The logos, reference above alternative, with one vertical scale, and a bar per target beneath.

    More than `MOST_BARS` targets are a UserError.
    """
    if len(view.targets) > MOST_BARS:
        raise UserError(
            f"{len(view.targets)} targets are too many for one picture; choose at most {MOST_BARS} with --targets"
        )
    width = min(max(1.2 + INCH * len(view.letters[0]), WIDTHS[0]), WIDTHS[1])
    heights = 2 * LOGO + 1.1, BAR * len(view.targets) + 1.0
    drawn = pictures.figure(width, sum(heights))
    above, beneath = drawn.subfigures(2, 1, height_ratios=heights)
    _logos(above, view)
    _bars(beneath.subplots(), view)
    return drawn


def _title(view: CloseUp) -> str:
    target = view.targets[view.target]
    name = f"   {pictures.short(view.id, 30)}" if view.id else ""
    alleles = " > ".join(pictures.short(allele, ALLELE) for allele in (view.ref, view.alt))
    p_ref, p_alt = view.p_ref[view.target], view.p_alt[view.target]
    return (
        f"{pictures.short(view.contig, 30)}:{view.position:,} {alleles}{name}\n"
        f"{pictures.short(target.title, 50)}:   p_ref {p_ref:#.3g}   p_alt {p_alt:#.3g}"
    )


def _logos(figure, view: CloseUp) -> None:
    figure.suptitle(_title(view), fontsize=11)
    both = figure.subplots(2, 1, sharex=True, sharey=True)
    size = min(LETTER, 62 * (figure.bbox.width / figure.dpi - 1) / len(view.letters[0]))
    for axes, heights, letters, name, allele in zip(
        both, view.heights, view.letters, ROWS, (view.ref, view.alt), strict=True
    ):
        _logo(axes, heights, letters, view.differing, size)
        axes.set_title(f"{name}: {pictures.short(allele, ALLELE)}", fontsize=9, loc="left", pad=3)
    low, high = min(view.heights.min(), 0), max(view.heights.max(), 0)
    room = high - low or 1
    both[0].set(ylim=(low - 0.2 * room, high + 0.05 * room), xlim=(-0.6, len(view.letters[0]) - 0.4))
    columns = _ticks(view.places)
    both[1].set_xticks(columns, [f"{view.places[column]:,}" for column in columns])
    both[0].tick_params(axis="x", length=0, labelbottom=False)
    both[1].set_xlabel(f"{pictures.short(view.contig)} (bp)", fontsize=9)
    figure.supylabel("importance (logit)", fontsize=9)


def _logo(axes: Axes, heights: np.ndarray, letters: str, differing: tuple[int, int], size: float) -> None:
    """A sequence, with the columns of the variant shaded and its letters at the bottom, `size` points high."""
    axes.axvspan(differing[0] - 0.5, differing[1] - 0.5, color=MARK, zorder=-2)
    frame = pd.DataFrame(heights, columns=list(ALPHABET))
    logomaker.Logo(frame, ax=axes, color_scheme=pictures.BASE_COLOURS, show_spines=False)
    for column, letter in enumerate(letters):
        axes.annotate(letter, (column, 0.02), xycoords=axes.get_xaxis_transform(), size=size, ha="center", color=PALE)
    pictures.plain(axes)
    axes.spines["left"].set_visible(True)
    axes.axhline(0, color="black", linewidth=0.5)
    axes.tick_params(labelsize=8, length=2)


def _ticks(places: np.ndarray) -> list[int]:
    """The columns to number: those of round positions, about twelve letters apart."""
    step = 20 if len(places) > 60 else 10
    return np.flatnonzero((places > 0) & (places % step == 0)).tolist()


def _bars(axes: Axes, view: CloseUp) -> None:
    """A bar per target, the largest first, with both probabilities at the right."""
    differences = view.p_alt - view.p_ref
    row = np.arange(len(differences))
    axes.barh(row, differences, height=0.7, color=[UP if one > 0 else DOWN for one in differences])
    axes.axvline(0, color="black", linewidth=0.8)
    largest = np.abs(differences).max() or 1
    axes.set(xlim=(-1.1 * largest, 1.1 * largest), ylim=(len(row) - 0.4, -0.6))
    axes.set_yticks(row, [pictures.short(f"{target.title}  ({target.assay})", 60) for target in view.targets])
    axes.get_yticklabels()[view.target].set_fontweight("bold")
    axes.set_xlabel("difference of the predicted probability (p_alt - p_ref)", fontsize=9)
    right = axes.twinx()
    right.set_ylim(axes.get_ylim())
    right.set_yticks(row, [f"{one:#.3g} → {other:#.3g}" for one, other in zip(view.p_ref, view.p_alt, strict=True)])
    corner = {"xycoords": "axes fraction", "textcoords": "offset points"}
    right.annotate("p_ref → p_alt", (1, 1), (3.5, 2), **corner, fontsize=8, va="bottom")
    for one in (axes, right):
        pictures.plain(one)
        one.tick_params(axis="y", length=0, labelsize=8)
        one.spines["left"].set_visible(False)
    axes.tick_params(axis="x", labelsize=8)
