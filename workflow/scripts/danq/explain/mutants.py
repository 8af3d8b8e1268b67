"""All substitutions of single bases in some windows, as a source that a model predicts."""

from __future__ import annotations

import numpy as np

from ..data.sources import Source

TURNS = 3  # substitutions of a base


def _turned() -> np.ndarray:
    """uint8 (4, 16): the nibble of the base 0 to 3 places further in A, C, G, T, A, ...; unknown bases stay."""
    table = np.tile(np.arange(16, dtype=np.uint8), (TURNS + 1, 1))
    bases = np.array([8, 4, 2, 1], np.uint8)
    for turn in range(TURNS + 1):
        table[turn, bases] = np.roll(bases, -turn)
    return table


TURNED = _turned()


class Mutants(Source):
    """Each window of a source, followed by its substitutions at the positions `begin` to `end` - 1.

    Substitution 3 i + k (both from 0) of a window replaces the base at `begin` + i by the one that is k + 1 places
    further in A, C, G, T, A, ... An unknown base stays as it is, so that its three mutants are the window itself.

    Parameters
    ----------
    source : the windows
    begin, end : first position and the one after the last, from 0; by default the whole window

    Attributes
    ----------
    size : sequences of each window: 1 + 3 (end - begin)
    """

    def __init__(self, source: Source, begin: int = 0, end: int | None = None):
        end = source.length if end is None else end
        if not 0 <= begin < end <= source.length:
            raise ValueError(f"{begin} to {end} is not a stretch of windows of {source.length} bp")
        self.length = source.length
        self.begin, self.end = begin, end
        self.size = 1 + TURNS * (end - begin)
        self._source = source

    def __str__(self) -> str:
        return f"mutants of {self._source}"

    def __len__(self) -> int:
        return len(self._source) * self.size

    def _forward(self, index) -> np.ndarray:
        index = np.arange(*index.indices(len(self))) if isinstance(index, slice) else np.asarray(index)
        window, number = np.divmod(index, self.size)
        packed = np.array(self._source.packed(window))
        row = np.flatnonzero(number)
        place, turn = np.divmod(number[row] - 1, TURNS)
        byte, second = np.divmod(self.begin + place, 2)
        shift = (4 * (1 - second)).astype(np.uint8)
        old = packed[row, byte]
        new = TURNED[turn + 1, (old >> shift) & 15]
        packed[row, byte] = (old & ~(np.uint8(15) << shift)) | (new << shift)
        return packed
