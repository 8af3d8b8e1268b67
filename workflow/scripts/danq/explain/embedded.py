"""Background sequences with inserted motifs, as a source that a model predicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data import onehot
from ..data.sources import Source


@dataclass(frozen=True)
class Placement:
    """Bases for each background, nibbles uint8 (n, width), and where they begin, from 0. A nibble 0 changes nothing."""

    bases: np.ndarray
    start: int


Design = tuple[Placement, ...]  # what is inserted into every background; empty for the backgrounds themselves


class Embedded(Source):
    """All backgrounds with the first design, then all with the second, and so on.

    Parameters
    ----------
    backgrounds : nibbles uint8 (n, L)
    designs : what to insert
    """

    def __init__(self, backgrounds: np.ndarray, designs: Sequence[Design]):
        self._backgrounds, self._designs = backgrounds, designs
        self._n, self.length = backgrounds.shape
        for placement in (placement for design in designs for placement in design):
            if not 0 <= placement.start <= self.length - placement.bases.shape[1]:
                raise ValueError(f"an insert at {placement.start} is not within sequences of {self.length} bp")

    def __str__(self) -> str:
        return f"{self._n:,} backgrounds with inserts"

    def __len__(self) -> int:
        return self._n * len(self._designs)

    def _forward(self, index) -> np.ndarray:
        index = np.arange(*index.indices(len(self))) if isinstance(index, slice) else np.asarray(index)
        design, row = np.divmod(index, self._n)
        nibbles = self._backgrounds[row]
        for number in np.unique(design):
            here = np.flatnonzero(design == number)
            for placement in self._designs[number]:
                bases = placement.bases[row[here]]
                stretch = slice(placement.start, placement.start + bases.shape[1])
                nibbles[here, stretch] = np.where(bases, bases, nibbles[here, stretch])
        return onehot.pack_nibbles(nibbles)
