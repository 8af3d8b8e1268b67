"""Sequence logos of motifs, in bits, each with the known motif that it matches beneath it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import logomaker
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from . import pictures
from .files import replacing
from .meme import Motif
from .onehot import ALPHABET

COLOURS = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "T": "#D55E00"}
COLUMNS, ROWS = 3, 8  # of a page
INCH = 0.2  # a letter's width


@dataclass(frozen=True)
class Match:
    """The known motif under a filter's: turned as it matches, its first place at `offset` of the filter's motif."""

    motif: Motif
    title: str
    offset: int


@dataclass(frozen=True)
class Drawing:
    """What one logo shows."""

    motif: Motif
    match: Match | None = None

    @property
    def places(self) -> tuple[int, int]:
        """The first place drawn and the one after the last, from the filter's first."""
        first, last = 0, len(self.motif.probabilities)
        if self.match:
            first = min(first, self.match.offset)
            last = max(last, self.match.offset + len(self.match.motif.probabilities))
        return first, last


def drawings(motifs: Sequence[Motif], table: pd.DataFrame | None, known: Iterable[Motif]) -> list[Drawing]:
    """The motifs, each with its match.

    table : motifs.tsv of annotate.py, or None; known : the matrices that it names
    """
    if table is None:
        return [Drawing(motif) for motif in motifs]
    by_id = {motif.name: motif for motif in known}
    rows = table[table["known"] != ""].set_index("filter")
    return [Drawing(motif, _match(rows, int(motif.name.rpartition("_")[2]), by_id)) for motif in motifs]


def _match(rows: pd.DataFrame, filter: int, known: dict[str, Motif]) -> Match | None:
    if filter not in rows.index:
        return None
    row = rows.loc[filter]
    motif = known[row["known"]]
    turned = motif.reverse_complement() if row["orientation"] == "-" else motif
    title = f"{row['name']}  {row['known']}  E = {row['evalue']:.1g}"
    return Match(turned, title, int(row["offset"]))


def draw_on(axes, motif: Motif, title: str, places: tuple[int, int], offset: int = 0) -> None:
    """Draw a motif's logo, letter heights in bits from 0 to 2, in the room of `places`, its first at `offset`."""
    heights = pd.DataFrame(motif.bits(), columns=list(ALPHABET))
    heights.index += offset
    logomaker.Logo(heights, ax=axes, color_scheme=COLOURS, show_spines=False)
    pictures.plain(axes)
    axes.set(ylim=(0, max(2, *-np.log2(motif.background))), yticks=[0, 1, 2], xlim=(places[0] - 0.6, places[1] - 0.4))
    last = offset + len(heights)
    ticks = [place for place in range(offset, last) if (place - offset + 1) % 5 == 0]
    axes.set_xticks(ticks, [place - offset + 1 for place in ticks])
    axes.tick_params(labelsize=7, length=2)
    axes.set_ylabel("bits", fontsize=8)
    axes.set_title(title, fontsize=8, loc="left", pad=3)


def _draw(axes: Sequence, drawing: Drawing) -> None:
    """A drawing on two axes, one above the other; the lower one stays empty without a match."""
    motif, match = drawing.motif, drawing.match
    facts = f"{motif.name}   {motif.sites:,} sites   {motif.information:.1f} bits"
    draw_on(axes[0], motif, facts, drawing.places)
    if match:
        draw_on(axes[1], match.motif, match.title, drawing.places, match.offset)
        axes[1].title.set_color("#5b6570")
    elif len(axes) > 1:
        axes[1].set_axis_off()


def logo(drawing: Drawing) -> Figure:
    rows, (first, last) = (2 if drawing.match else 1), drawing.places
    drawn = pictures.figure(max(3.4, 0.7 + INCH * (last - first)), 1.35 * rows)
    _draw(drawn.subplots(rows, 1, squeeze=False)[:, 0], drawing)
    return drawn


def page(chosen: Sequence[Drawing], title: str, columns: int = COLUMNS, rows: int | None = None) -> Figure:
    """Several logos on one page, with letters of one size and one scale."""
    rows = rows or max(1, -(-len(chosen) // columns))
    under = any(drawing.match for drawing in chosen)
    widest = max((last - first for first, last in (drawing.places for drawing in chosen)), default=10)
    drawn = pictures.figure((0.7 + INCH * widest) * columns, (2.3 if under else 1.25) * rows + 0.5)
    drawn.suptitle(title, fontsize=11)
    grid = drawn.subplots((2 if under else 1) * rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set_axis_off()
    for i, drawing in enumerate(chosen):
        row, column = divmod(i, columns)
        pair = grid[2 * row : 2 * row + 2, column] if under else grid[row : row + 1, column]
        for axes in pair:
            axes.set_axis_on()
        _draw(pair, drawing)
        for axes in pair:  # letters of one width, from the left
            left = axes.get_xlim()[0]
            axes.set_xlim(left, left + widest + 0.2)
    return drawn


def most_informative(chosen: Sequence[Drawing], count: int | None = None) -> list[Drawing]:
    return sorted(chosen, key=lambda drawing: -drawing.motif.information)[:count]


def save_all(chosen: Sequence[Drawing], folder: str | Path, processes: int = 1) -> None:
    """One PNG per motif, named after it, into a new folder."""
    with replacing(folder) as temporary, ProcessPoolExecutor(max(1, processes)) as pool:
        temporary.mkdir()
        list(pool.map(partial(_save_one, temporary), chosen, chunksize=8))


def _save_one(folder: Path, drawing: Drawing) -> None:
    pictures.save(logo(drawing), folder / f"{drawing.motif.name}.png", dpi=100)


def save_pages(chosen: Sequence[Drawing], title: str, folder: str | Path, processes: int = 1) -> None:
    """All motifs in pages, the most informative first: page_01.png and so on in a new folder."""
    chosen, size = most_informative(chosen), COLUMNS * ROWS
    pages = [chosen[begin : begin + size] for begin in range(0, len(chosen), size)]
    titles = [
        f"{title}: filters by information, page {i} of {len(pages)}".lstrip(": ") for i in range(1, len(pages) + 1)
    ]
    with replacing(folder) as temporary, ProcessPoolExecutor(max(1, processes)) as pool:
        temporary.mkdir()
        paths = [temporary / f"page_{i:02d}.png" for i in range(1, len(pages) + 1)]
        list(pool.map(_save_page, pages, titles, paths))


def _save_page(chosen: Sequence[Drawing], title: str, path: Path) -> None:
    pictures.save(page(chosen, title), path, dpi=100)
