"""Heat map of the influence of filters on targets, clustered."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import pdist

from . import pictures

MOST_LABELS = 130  # rows or columns that can be labelled legibly
LABEL = 0.13  # height of a labelled row, width of a labelled column, in inches


def influence(table: pd.DataFrame, known: pd.Series | None = None, title: str = "") -> Figure:
    """Heat map with a row per filter and a column per target, both ordered by hierarchical clustering.

    The colour scale is symmetric about 0. Filters that change no prediction and targets without values are left out.

    table : as `influence.table_of` makes it
    known : name of the known motif that each filter matches ("" if none), by filter number (from 1)
    """
    values = table.set_index("filter").dropna(axis=1, how="all").fillna(0)
    values = values[(values != 0).any(axis=1)]
    if values.empty:
        drawn = pictures.figure(5, 1.5)
        drawn.text(0.5, 0.5, "no filter changes any prediction", ha="center")
        return drawn
    values = values.iloc[clustered(values.to_numpy()), :]
    values = values.iloc[:, clustered(values.to_numpy().T)]
    rows, columns = values.shape
    height, width = (LABEL * n if n <= MOST_LABELS else 8.0 for n in (rows, columns))
    drawn = pictures.figure(max(4.5, width + 3), max(3.0, height + 1.6))
    axes = drawn.subplots()
    most = float(np.quantile(np.abs(values), 0.995)) or float(np.abs(values).to_numpy().max())
    image = axes.imshow(values, "RdBu_r", vmin=-most, vmax=most, aspect="auto", interpolation="nearest")
    names = {} if known is None else known[known != ""].to_dict()
    if rows <= MOST_LABELS:
        axes.set_yticks(range(rows), [f"{pictures.short(names.get(i, ''))}  {i}" for i in values.index], fontsize=6)
    else:
        axes.set_yticks([])
    if columns <= MOST_LABELS:
        axes.set_xticks(range(columns), map(pictures.short, values.columns), fontsize=6, rotation=90)
    else:
        axes.set_xticks([])
    axes.tick_params(length=0)
    axes.set(xlabel=f"{columns} targets", ylabel=f"{rows} filters" + (" (known motif, number)" if names else ""))
    axes.set_title(title, fontsize=10, loc="left")
    bar = drawn.colorbar(image, ax=axes, shrink=min(1.0, 3 / drawn.get_figheight()), pad=0.02)
    bar.set_label("mean decrease in predicted\nprobability, filter held at its mean", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    return drawn


def clustered(values: np.ndarray) -> np.ndarray:
    """Order of the rows of `values` (n, k) in an average-linkage tree of cosine distances; rows of zeros come last.

    Returns n row numbers.
    """
    alive = np.flatnonzero(np.abs(values).sum(axis=1) > 0)
    rest = np.setdiff1d(np.arange(len(values)), alive)
    if len(alive) > 2:
        distances = np.maximum(pdist(values[alive], "cosine"), 0)
        alive = alive[leaves_list(linkage(distances, "average", optimal_ordering=len(alive) <= 500))]
    return np.concatenate([alive, rest])
