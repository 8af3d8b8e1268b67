"""The best activation of every filter in a sample of the scanned windows, to check names against (see `agreement`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from .. import hdf5
from ..data.sources import Source
from ..files import replacing

MOST = 1000  # windows


@dataclass(frozen=True)
class Activations:
    """The best activation of each filter in each window, on any strand that was scanned.

    window : index of each window in its source, int64 (n,)
    best : float32 (n, filters)
    """

    window: np.ndarray
    best: np.ndarray


def chosen_windows(source: Source, samples: np.ndarray, most: int = MOST) -> np.ndarray:
    """At most `most` of the windows that the samples show, evenly spaced, int64 (n,)."""
    windows = np.unique(source.strands(samples)[0])
    return windows[np.unique(np.linspace(0, len(windows) - 1, min(most, len(windows))).round().astype(int))]


def write(path: str | Path, found: Activations) -> None:
    with replacing(path) as temporary, h5py.File(temporary, "w") as file:
        file["window"], file["best"] = found.window, found.best


def read(path: str | Path) -> Activations:
    with hdf5.reading(path, "file of activations", "make one with motifs.py") as file:
        window = hdf5.dataset(file, "window", np.int64, (None,))[()]
        return Activations(window, hdf5.dataset(file, "best", np.float32, (len(window), None))[()])
