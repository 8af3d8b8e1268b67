"""What all pictures share: size, colours and writing to files."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogFormatter

from ..errors import UserError
from ..files import replacing

# Wong, Nature Methods 8:441, 2011: colour-blind readers can distinguish these colours
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
SUFFIXES = (".png", ".pdf", ".svg")
GREYS = ("#444444", "#7F7F7F", "#B0B0B0")  # of baselines
BASE_COLOURS = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "T": "#D55E00"}


def colour(i: int) -> str:
    """The i-th colour (from 0) of models or assays; the colours repeat after the last one."""
    return COLOURS[i % len(COLOURS)]


def colours(names: Sequence[str], baselines: Collection[str] = ()) -> dict[str, str]:
    """The colour of each model or baseline: models have colours in their order, baselines are grey."""
    models = [name for name in names if name not in baselines]
    others = [name for name in names if name in baselines]
    greys = {name: GREYS[i % len(GREYS)] for i, name in enumerate(others)}
    return {name: colour(i) for i, name in enumerate(models)} | greys


def figure(width: float, height: float) -> Figure:
    """An empty figure; width and height in inches."""
    return Figure((width, height), layout="constrained")


def plain(axes) -> None:
    """Hide the top and right borders of the axes."""
    axes.spines[["top", "right"]].set_visible(False)


def short(text: str, most: int = 40) -> str:
    """The text, with an ellipsis in its middle if it has more than `most` characters."""
    return text if len(text) <= most else f"{text[: most - most // 3 - 1]}…{text[-(most // 3) :]}"


def as_written(drawn: Figure) -> None:
    """Draw `$` and backslashes of names as they are, not as formulas; log axes keep their powers of ten."""
    powers = set()
    for axes in drawn.axes:
        for axis in (axes.xaxis, axes.yaxis):
            labels = axis.get_ticklabels(which="both")
            powers.update(labels if isinstance(axis.get_major_formatter(), LogFormatter) else [])
    for text in drawn.findobj(Text):
        if text not in powers:
            text.set_parse_math(False)


def save(drawn: Figure, path: str | Path, dpi: int = 120) -> None:
    """Write a picture; the file name's suffix (.png, .pdf, .svg) decides the format."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise UserError(f"{path}: the name of a picture ends in {', '.join(SUFFIXES)}; add one of them")
    as_written(drawn)
    with replacing(path) as temporary:
        drawn.savefig(temporary, dpi=dpi)


def save_folder(drawn: Mapping[str, Callable[[], Figure]], folder: str | Path) -> None:
    """Write all pictures as PNG into a new folder; an old folder is replaced.

    drawn : a function that draws the picture, by its file name without suffix
    """
    with replacing(folder) as temporary:
        temporary.mkdir()
        for name, draw in drawn.items():
            save(draw(), temporary / f"{name}.png")


def save_each(drawn: Mapping[str, Callable[[], Figure]], folder: str | Path) -> None:
    """Write all pictures as PNG into a folder, whose other files stay."""
    for name, draw in drawn.items():
        save(draw(), Path(folder) / f"{name}.png")


def save_one(drawn: Mapping[str, Callable[[], Figure]], path: str | Path, dpi: int = 120) -> None:
    """Write the picture that the file name of `path` asks for; a name that is not in `drawn` is a UserError."""
    name = Path(path).stem
    if name not in drawn:
        near = difflib.get_close_matches(name, drawn, n=3, cutoff=0) or ["none"]
        raise UserError(f"{path}: no picture has this name; the nearest names are {', '.join(near)}")
    save(drawn[name](), path, dpi)
