"""A Manhattan plot: effects of variants along the genome, a panel per model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from ..errors import UserError
from ..variants import along
from ..variants.along import Axis, Points
from ..variants.results import reading
from . import pictures

WIDTH, HEIGHT = 10, 2.6  # of a panel, in inches
LABELS, CANDIDATES = 6, 30  # variants with a name, and the highest ones that are tried
LONGEST = 28  # letters of a name
SIZE = 8  # of names and contigs, in points
WHERE = {  # offsets of a name from its point, and its alignment
    "right": ((6, 0), "left", "center"),
    "left": ((-6, 0), "right", "center"),
    "above": ((0, 6), "center", "bottom"),
    "below": ((0, -6), "center", "top"),
}


def manhattan(files: Mapping[str, str | Path], title: str = "") -> Figure:
    """y is the mean of -log10 E over the targets if all files have it, else the |difference| of the best target.

    files : files of effects of one list of variants, by model
    """
    means = all(_has_mean(path) for path in files.values())
    drawn_points, names, contigs, scored = {}, {}, None, {}
    for model, path in files.items():
        with reading(path) as results:
            if contigs not in (None, results.contigs):
                raise UserError(f"{path}: of another genome than the other files; draw each genome by itself")
            contigs, scored[model] = results.contigs, len(results)
            if not len(results):
                raise UserError(f"{path}: holds no variant; there is nothing to draw")
            drawn_points[model] = along.points(results, means)
            names[model] = {row: along.name(results, row) for row in _highest(drawn_points[model]).row}
    place = along.axis(Points.joined(list(drawn_points.values())), contigs)
    drawn = pictures.figure(WIDTH, 0.7 + HEIGHT * len(files))
    panels = drawn.subplots(len(files), 1, sharex=True, squeeze=False)[:, 0]
    for axes, model, colour in zip(panels, files, pictures.colours(list(files)).values(), strict=True):
        _panel(axes, drawn_points[model], place, colour)
        axes.set_title(f"{model}: {scored[model]:,} alleles", fontsize=10, loc="left")
    drawn.supylabel("mean of -log10 E over the targets" if means else "largest |difference| of a target", fontsize=10)
    _contigs(panels[-1], place)
    if title:
        drawn.suptitle(title, fontsize=11)
    drawn.draw_without_rendering()  # the sizes of names are known after this
    for axes, model in zip(panels, files, strict=True):
        _label(axes, _highest(drawn_points[model]), place, names[model])
    return drawn


def _has_mean(path: str | Path) -> bool:
    with reading(path) as results:
        return along.has_mean(results)


def _highest(points: Points) -> Points:
    """The points that may have a name, the highest first."""
    return points[np.argsort(-points.height, kind="stable")[:CANDIDATES]]


def _panel(axes: Axes, points: Points, place: Axis, colour: str) -> None:
    """Points in the model's colour, paler on every other contig."""
    pale = tuple(0.55 + 0.45 * part for part in to_rgb(colour))
    x, odd = place.places(points), np.searchsorted(place.ranks, points.contig) % 2 == 1
    for chosen, shade in ((~odd, colour), (odd, pale)):
        axes.plot(x[chosen], points.height[chosen], ".", markersize=4, mew=0, color=shade, rasterized=True)
    room = 0.01 * (place.end - place.begin)
    axes.set_xlim(place.begin - room, place.end + room)
    axes.set_ylim(0, 1.12 * points.height.max() or 1)
    pictures.plain(axes)


def _contigs(axes: Axes, place: Axis) -> None:
    """The names of the contigs below their middles, the longest first, where there is room; or positions on one."""
    if len(place.names) == 1:
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        axes.set_xlabel(f"position on {pictures.short(place.names[0])}", fontsize=10)
        return
    prefix = "chr" if all(name.startswith("chr") and len(name) > 3 for name in place.names) else ""
    shown = [pictures.short(name.removeprefix(prefix), 16) for name in place.names]
    middles = place.offsets + place.lengths / 2
    letter = 0.68 * SIZE / 72 / (0.92 * WIDTH) * (place.end - place.begin)  # its width on the axis
    half = np.array([(len(name) + 0.8) * letter / 2 for name in shown])
    chosen: list[int] = []
    for one in np.argsort(-place.lengths, kind="stable").tolist():
        if all(abs(middles[one] - middles[other]) >= half[one] + half[other] for other in chosen):
            chosen.append(one)
    axes.set_xticks(middles[chosen], [shown[one] for one in chosen], fontsize=SIZE)
    axes.set_xlabel("chromosome" if prefix else "contig", fontsize=10)


def _label(axes: Axes, points: Points, place: Axis, names: Mapping[int, str]) -> None:
    """The names of the highest points, beside them where they cover neither each other nor the axes."""
    inside, boxes, told = axes.get_window_extent(), [], set()
    dots = axes.transData.transform(np.column_stack([place.places(points), points.height]))
    for x, height, row in zip(place.places(points), points.height, points.row.tolist(), strict=True):
        name = pictures.short(names[row], LONGEST)
        if len(told) == LABELS or name in told:
            continue
        for offset, horizontal, vertical in WHERE.values():
            text = axes.annotate(
                name,
                (x, height),
                offset,
                textcoords="offset points",
                ha=horizontal,
                va=vertical,
                fontsize=SIZE,
                path_effects=[withStroke(linewidth=2, foreground="white")],
                in_layout=False,
                parse_math=False,
            )
            box = text.get_window_extent()
            free = not any(box.overlaps(other) for other in boxes) and not box.count_contains(dots)
            if free and inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1:
                boxes.append(box)
                told.add(name)
                break
            text.remove()
