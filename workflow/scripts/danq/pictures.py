"""What every picture shares: size, colours, the way to a file."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from .files import replacing

# Wong, Nature Methods 8:441, 2011: told apart by colour-blind readers too
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


def colour(i: int) -> str:
    return COLOURS[i % len(COLOURS)]


def figure(width: float, height: float) -> Figure:
    """An empty figure of so many inches."""
    return Figure((width, height), layout="constrained")


def plain(axes) -> None:
    """Only the axes that are read."""
    axes.spines[["top", "right"]].set_visible(False)


def save(drawn: Figure, path: str | Path, dpi: int = 120) -> None:
    """Write a picture; the suffix (png, pdf, svg) says in which format."""
    with replacing(path) as temporary:
        drawn.savefig(temporary, dpi=dpi)
