"""Sequence logos of motifs, in bits."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import logomaker
import pandas as pd
from matplotlib.figure import Figure

from . import pictures
from .files import replacing
from .meme import Motif
from .onehot import ALPHABET

COLOURS = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "T": "#D55E00"}


def draw_on(axes, motif: Motif, title: str | None = None) -> None:
    """Draw a motif's logo: letter heights in bits, 0 to 2."""
    logomaker.Logo(pd.DataFrame(motif.bits(), columns=list(ALPHABET)), ax=axes, color_scheme=COLOURS, show_spines=False)
    pictures.plain(axes)
    width = len(motif.probabilities)
    axes.set(ylim=(0, 2), yticks=[0, 1, 2], xlim=(-0.6, width - 0.4))
    axes.set_xticks(range(4, width, 5), range(5, width + 1, 5))
    axes.tick_params(labelsize=8, length=2)
    axes.set_ylabel("bits", fontsize=9)
    axes.set_title(
        title or f"{motif.name}   {motif.sites:,} sites   {motif.information:.1f} bits", fontsize=9, loc="left"
    )


def logo(motif: Motif) -> Figure:
    drawn = pictures.figure(max(3.2, 0.22 * len(motif.probabilities)), 1.5)
    draw_on(drawn.subplots(), motif)
    return drawn


def sheet(motifs: Sequence[Motif], title: str, columns: int = 2) -> Figure:
    """Several logos on one page."""
    rows = max(1, -(-len(motifs) // columns))
    drawn = pictures.figure(5 * columns, 1.35 * rows + 0.5)
    drawn.suptitle(f"{title}: the {len(motifs)} most informative filters".lstrip(": "), fontsize=11)
    grid = drawn.subplots(rows, columns, squeeze=False).flat
    for axes, motif in zip(grid, motifs, strict=False):
        draw_on(axes, motif)
    for axes in list(grid)[len(motifs) :]:
        axes.set_axis_off()
    return drawn


def most_informative(motifs: Sequence[Motif], count: int = 10) -> list[Motif]:
    return sorted(motifs, key=lambda motif: -motif.information)[:count]


def save_all(motifs: Sequence[Motif], folder: str | Path, processes: int = 1) -> None:
    """One PNG per motif, named after it, into a new folder."""
    with replacing(folder) as temporary, ProcessPoolExecutor(max(1, processes)) as pool:
        temporary.mkdir()
        list(pool.map(partial(_save_one, temporary), motifs, chunksize=8))


def _save_one(folder: Path, motif: Motif) -> None:
    pictures.save(logo(motif), folder / f"{motif.name}.png", dpi=100)
