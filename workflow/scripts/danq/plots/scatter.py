"""A scatter plot with one dot per target, coloured by assay."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from . import pictures


def scatter(axes: Axes, pairs: pd.DataFrame) -> None:
    """One dot per row of `pairs` (columns x, y, assay), coloured by assay, and the diagonal where x and y are equal."""
    pictures.plain(axes)
    for k, (assay, part) in enumerate(pairs.groupby("assay", sort=False)):
        axes.plot(
            part["x"], part["y"], "o", color=pictures.colour(k), alpha=0.5, markersize=3.5, markeredgewidth=0,
            label=assay,
        )  # fmt: skip
    axes.axline((0.5, 0.5), slope=1, linestyle=":", color="grey")
    values = pairs[["x", "y"]].to_numpy()
    low, high = (values.min(), values.max()) if len(values) else (0, 1)
    ends = low - 0.05 * (high - low) - 0.005, high + 0.05 * (high - low) + 0.005
    axes.set(xlim=ends, ylim=ends, aspect="equal")
    axes.locator_params(nbins=6)
