"""One region of a genome: predictions, peaks and variants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..data.regions import Region
from ..errors import UserError
from ..tracks.region import Panel
from . import pictures

MOST_PANELS = 12
PEAK = "#7F7F7F"


def region(
    place: Region, panels: Sequence[Panel], variants: np.ndarray | None = None, title: str | None = None
) -> Figure:
    """A panel per target with a line per model, its peaks as bars beneath, and variants as ticks at the bottom.

    variants : 0-based positions int64 (n,) in the region; None draws no row for them
    """
    if len(panels) > MOST_PANELS:
        raise UserError(
            f"{len(panels)} targets are too many for one picture; choose at most {MOST_PANELS} with --targets"
        )
    heights = [height for panel in panels for height in (1.0, 0.16 if panel.peaks is not None else 0.0)]
    heights = [height for height in heights if height] + ([0.2] if variants is not None else [])
    drawn = pictures.figure(10, 1.1 + 1.25 * sum(heights))
    rows = iter(drawn.subplots(len(heights), 1, sharex=True, squeeze=False, height_ratios=heights)[:, 0])
    colours = pictures.colours(list(dict.fromkeys(model for panel in panels for model in panel.lines)))
    for panel in panels:
        _lines(next(rows), panel, colours)
        if panel.peaks is not None:
            _strip(next(rows), "peaks", panel.peaks)
    if variants is not None:
        _ticks(next(rows), variants)
    last = drawn.axes[-1]
    last.set(xlim=(place.start, place.end), xlabel=f"{pictures.short(place.contig)} (bp)")
    last.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    last.xaxis.set_major_formatter(FuncFormatter(lambda position, _: f"{position:,.0f}"))
    for axes in drawn.axes[:-1]:
        axes.tick_params(axis="x", length=0)
    last.tick_params(axis="x", length=3)
    handles, labels = _first_of_each_label(drawn.axes)
    drawn.legend(handles, labels, loc="outside lower center", ncols=min(len(labels), 6), frameon=False, fontsize=9)
    drawn.suptitle(title or f"{place.contig}:{place.start + 1:,}-{place.end:,}", fontsize=11)
    drawn.supylabel("predicted probability", fontsize=10)
    return drawn


def _lines(axes: Axes, panel: Panel, colours: dict[str, str]) -> None:
    pictures.plain(axes)
    for model, (edges, values) in panel.lines.items():
        axes.stairs(values, edges, color=colours[model], linewidth=1.1, label=model, baseline=None)
    axes.set(ylim=(0, 1.03), yticks=[0, 0.5, 1])
    axes.set_title(pictures.short(f"{panel.title}  ({panel.assay})", 80), fontsize=9, loc="left", pad=3)
    axes.tick_params(axis="y", labelsize=8)


def _strip(axes: Axes, label: str, peaks: np.ndarray) -> None:
    axes.broken_barh([(start, end - start) for start, end in peaks.tolist()], (0.1, 0.8), color=PEAK, linewidth=0)
    _row(axes, label)


def _ticks(axes: Axes, positions: np.ndarray) -> None:
    axes.vlines(positions + 0.5, 0.05, 0.95, color="black", linewidth=0.8)
    _row(axes, "variants")


def _row(axes: Axes, label: str) -> None:
    """A row without a scale, with its label at the left."""
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set(ylim=(0, 1), yticks=[])
    axes.set_ylabel(label, rotation=0, ha="right", va="center", fontsize=8)


def _first_of_each_label(all_axes: Sequence[Axes]) -> tuple[list, list[str]]:
    found = {}
    for axes in all_axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    return list(found.values()), list(found)
