"""Sequence logos of motifs, in bits; a known motif that matches is drawn beneath, aligned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import logomaker
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from ..data.onehot import ALPHABET
from ..errors import UserError
from ..file_names import file_names
from ..files import replacing
from ..motifs.meme import Motif, filter_name
from ..processes import parallel
from . import pictures
from .pictures import BASE_COLOURS as COLOURS

COLUMNS, ROWS = 3, 8  # logos on a page
BEST = 10  # logos on the sheet
INCH = 0.2  # width of a letter
DPI = 100  # a folder may hold thousands of logos


@dataclass(frozen=True)
class Match:
    """The known motif that a filter's motif matches.

    motif : in the orientation that matches
    title : its caption
    offset : position of its first base, counted from the first base of the filter's motif; may be negative
    """

    motif: Motif
    title: str
    offset: int


@dataclass(frozen=True)
class Drawing:
    """What one logo shows: a motif and the known motif that it matches, if any, with the agreement of the two."""

    motif: Motif
    match: Match | None = None
    agreement: float = np.nan

    @property
    def span(self) -> tuple[int, int]:
        """First position drawn and the one after the last, counted from the first base of the filter's motif."""
        first, last = 0, len(self.motif.probabilities)
        if self.match:
            first = min(first, self.match.offset)
            last = max(last, self.match.offset + len(self.match.motif.probabilities))
        return first, last


def drawings(motifs: Sequence[Motif], table: pd.DataFrame | None = None, known: Iterable[Motif] = ()) -> list[Drawing]:
    """One drawing per motif, with its match if it has one.

    table : motifs.tsv of annotate.py; None draws no matches
    known : the known motifs that the table names; a missing one is a UserError
    """
    if table is None:
        return [Drawing(motif) for motif in motifs]
    by_id = {motif.name: motif for motif in known}
    matched = table[table["known"] != ""]
    rows = {filter_name(int(row["filter"]) - 1): row for row in matched.to_dict("records")}
    return [
        Drawing(motif, match_of(rows[motif.name], by_id), rows[motif.name]["agreement"])
        if motif.name in rows
        else Drawing(motif)
        for motif in motifs
    ]


def match_of(row: dict, known: dict[str, Motif]) -> Match:
    """The match that a row of a table of motifs states.

    known : the known motifs by id; a missing one is a UserError
    """
    if row["known"] not in known:
        raise UserError(
            f"the table of motifs names {row['known']}, which is not among the known motifs; "
            "use the motifs.tsv and known.meme of one run of annotate.py"
        )
    motif = known[row["known"]]
    turned = motif.reverse_complement() if row["orientation"] == "-" else motif
    agreement = f"   agreement {row['agreement']:.2f}" if row["agreement"] == row["agreement"] else ""
    title = f"{row['name']} ({row['known']})   E = {row['evalue']:.1g}{agreement}"
    return Match(turned, title, int(row["offset"]))


def draw_on(
    axes, motif: Motif, title: str, span: tuple[int, int], offset: int = 0, title_colour: str = "black"
) -> None:
    """Draw a motif's logo; letter heights are in bits.

    span : positions that the x axis shows, first and one after the last
    offset : position of the motif's first base
    """
    heights = pd.DataFrame(motif.bits(), columns=list(ALPHABET))
    heights.index += offset
    logomaker.Logo(heights, ax=axes, color_scheme=COLOURS, show_spines=False)
    pictures.plain(axes)
    axes.set(ylim=(0, max(2, *-np.log2(motif.background))), yticks=[0, 1, 2], xlim=(span[0] - 0.6, span[1] - 0.4))
    last = offset + len(heights)
    ticks = [position for position in range(offset, last) if (position - offset + 1) % 5 == 0]
    axes.set_xticks(ticks, [position - offset + 1 for position in ticks])
    axes.tick_params(labelsize=7, length=2)
    axes.set_ylabel("bits", fontsize=8)
    axes.set_title(pictures.short(title, 90), fontsize=8, loc="left", pad=3, color=title_colour)


def _draw(axes: Sequence, drawing: Drawing) -> None:
    """Draw a motif on the first axes and its match on the second; without a match, the second stays empty."""
    motif, match = drawing.motif, drawing.match
    facts = f"{motif.name}   {motif.sites:,} sites   {motif.information:.1f} bits"
    draw_on(axes[0], motif, facts, drawing.span)
    if match:
        draw_on(axes[1], match.motif, match.title, drawing.span, match.offset, title_colour="#5b6570")
    elif len(axes) > 1:
        axes[1].set_axis_off()


def logo(drawing: Drawing) -> Figure:
    """One logo, with the known motif beneath it if it matches one."""
    rows, (first, last) = (2 if drawing.match else 1), drawing.span
    drawn = pictures.figure(max(3.4, 0.7 + INCH * (last - first)), 1.35 * rows)
    _draw(drawn.subplots(rows, 1, squeeze=False)[:, 0], drawing)
    return drawn


def page(chosen: Sequence[Drawing], title: str, columns: int = COLUMNS, rows: int | None = None) -> Figure:
    """Several logos on one page, with letters of one width and one scale of bits.

    rows : default: as many as the logos need
    """
    rows = rows or max(1, -(-len(chosen) // columns))
    under = any(drawing.match for drawing in chosen)
    widest = max((last - first for first, last in (drawing.span for drawing in chosen)), default=10)
    heights = [1, 1, 0.2] if under else [1]  # a motif, the known motif and space below them
    drawn = pictures.figure((0.7 + INCH * widest) * columns, (2.6 if under else 1.25) * rows + 0.5)
    drawn.suptitle(title, fontsize=11)
    grid = drawn.subplots(len(heights) * rows, columns, squeeze=False, height_ratios=heights * rows)
    for axes in grid.flat:
        axes.set_axis_off()
    for i, drawing in enumerate(chosen):
        row, column = divmod(i, columns)
        pair = grid[len(heights) * row :, column][: 2 if under else 1]
        for axes in pair:
            axes.set_axis_on()
        _draw(pair, drawing)
        for axes in pair:  # equally wide x axes, so that letters are equally wide
            left = axes.get_xlim()[0]
            axes.set_xlim(left, left + widest + 0.2)
    return drawn


def best_first(chosen: Sequence[Drawing], count: int | None = None) -> list[Drawing]:
    """The `count` drawings that agree best with their known motifs, then those without any by information.

    All by default.
    """

    def place(drawing: Drawing) -> tuple[float, float]:
        return (-drawing.agreement if drawing.agreement == drawing.agreement else 2, -drawing.motif.information)

    return sorted(chosen, key=place)[:count]


def save_sheet(chosen: Sequence[Drawing], title: str, path: str | Path) -> None:
    """The first of `best_first` on one sheet of two columns."""
    best = best_first(chosen, BEST)
    heading = f"{title}: {len(best)} of {len(chosen)} filters, best agreement first".removeprefix(": ")
    pictures.save(page(best, heading, columns=2), path)


def save_one(chosen: Sequence[Drawing], path: str | Path) -> None:
    """The logo of the motif after which the file is named."""
    names = file_names(drawing.motif.name for drawing in chosen)
    pictures.save_one({name: partial(logo, one) for name, one in zip(names, chosen, strict=True)}, path, dpi=DPI)


def save_all(chosen: Sequence[Drawing], folder: str | Path, processes: int = 1) -> None:
    """One PNG per motif, named after it, into a new folder; an old folder is replaced."""
    with replacing(folder) as temporary, parallel(processes) as mapped:
        temporary.mkdir()
        names = file_names(drawing.motif.name for drawing in chosen)
        list(mapped(_save_one, chosen, [temporary / f"{name}.png" for name in names]))


def _save_one(drawing: Drawing, path: Path) -> None:
    pictures.save(logo(drawing), path, dpi=DPI)


def save_pages(chosen: Sequence[Drawing], title: str, folder: str | Path, processes: int = 1) -> None:
    """All motifs on pages, in the order of `best_first`: page_01.png and so on in a new folder."""
    chosen, size = best_first(chosen), COLUMNS * ROWS
    pages = [chosen[begin : begin + size] for begin in range(0, len(chosen), size)]
    titles = [
        f"{title}: filters by agreement, page {i} of {len(pages)}".removeprefix(": ") for i in range(1, len(pages) + 1)
    ]
    with replacing(folder) as temporary, parallel(processes) as mapped:
        temporary.mkdir()
        paths = [temporary / f"page_{i:02d}.png" for i in range(1, len(pages) + 1)]
        list(mapped(_save_page, pages, titles, paths))


def _save_page(chosen: Sequence[Drawing], title: str, path: Path) -> None:
    pictures.save(page(chosen, title), path, dpi=DPI)
