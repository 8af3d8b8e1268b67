"""Random changes of training windows that keep their labels: shifts, mutations and insertions.

A batch is changed while it is packed, in the thread that gathers it, and the draws depend on the seed, the epoch and
the number of the batch only: a resumed training sees what an uninterrupted one does, on any number of devices.

Mutations and insertions follow EvoAug (Lee, Tang, Toneyan & Koo 2023, Genome Biology 24:105), whose authors end with
some epochs on unchanged windows.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..data import onehot
from ..data.windows import Windows
from ..errors import UserError
from ..runtime.batches import Batches
from .recipe import Recipe

# Row r: each base moved on by r in A, C, G, T and round to A again. Four zeros, an unknown base, stay.
MOVED_ON = np.array([[(base >> r | base << (4 - r)) & 15 for base in range(16)] for r in range(4)], np.uint8)


class Augmentation:
    """The changes that a recipe asks for, of windows of `length` bp."""

    def __init__(self, recipe: Recipe, length: int):
        for name in ("shift", "insert"):
            if getattr(recipe, name) >= length:
                raise UserError(f"{name} {getattr(recipe, name)} must be below the length of a window, {length} bp")
        self._recipe, self._length = recipe, length
        self.changes = bool(recipe.shift or recipe.mutate or recipe.insert)

    def __call__(self, packed: np.ndarray, epoch: int, batch: int) -> np.ndarray:
        """The packed windows (n, ceil(L/2)) of one batch, changed.

        epoch, batch : numbers of the epoch and of the batch in it
        """
        recipe, n = self._recipe, len(packed)
        draw = np.random.default_rng([recipe.seed, epoch, batch + 1])  # [seed, epoch, 0] gives the order of samples
        bases = unpack_nibbles(packed, self._length)
        if recipe.mutate:
            bases = mutated(bases, recipe.mutate, draw)
        if recipe.insert:
            bases = with_insertion(bases, draw.integers(0, recipe.insert + 1, n), draw)
        if recipe.shift:
            bases = shifted(bases, draw.integers(-recipe.shift, recipe.shift + 1, n))
        return onehot.pack_nibbles(bases)


class AugmentedBatches(Batches):
    """Batches of training windows with labels, changed by `augmentation`.

    epoch : number of the epoch
    first : number of the first batch within the epoch
    """

    def __init__(
        self, augmentation: Augmentation, epoch: int, first: int, data: Windows, samples: np.ndarray, batch_size: int
    ):
        super().__init__(data, samples, batch_size)
        self._augmentation, self._epoch, self._first = augmentation, epoch, first

    def __getitem__(self, batch: int):
        packed, labels = super().__getitem__(batch)
        return self._augmentation(packed, self._epoch, self._first + batch), labels


def unpack_nibbles(packed: np.ndarray, length: int) -> np.ndarray:
    """One base in each byte (n, L), from packed windows (n, ceil(L/2))."""
    bases = np.empty((len(packed), 2 * packed.shape[1]), np.uint8)
    bases[:, 0::2], bases[:, 1::2] = packed >> 4, packed & 15
    return bases[:, :length]


def shifted(bases: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Move each window `by` (n,) bp to the right: position j gets the base at j + by, beyond the window an unknown one.

    bases : nibbles uint8 (n, L)
    """
    n, length = bases.shape
    margin = int(np.abs(by).max(initial=0))
    padded = np.zeros((n, length + 2 * margin), np.uint8)
    padded[:, margin : margin + length] = bases
    return sliding_window_view(padded, length, axis=1)[np.arange(n), margin + by]


def mutated(bases: np.ndarray, share: float, draw: np.random.Generator) -> np.ndarray:
    """Replace each base with the probability `share` by one of the three others. Unknown bases stay.

    bases : nibbles uint8 (n, L)
    """
    places = draw.choice(bases.size, draw.binomial(bases.size, share), replace=False, shuffle=False)
    out = bases.flatten()
    out[places] = MOVED_ON[draw.integers(1, 4, len(places)), out[places]]
    return out.reshape(bases.shape)


def with_insertion(bases: np.ndarray, lengths: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Insert random bases at a random place in each window; the part on the side of the nearer end moves outwards.

    So the length stays, the centre keeps its place, and as many bases are lost at one end.

    bases : nibbles uint8 (n, L)
    lengths : number of bases to insert in each window, (n,)
    """
    n, length = bases.shape
    place = draw.integers(0, length + 1, n)
    left = place < (length + 1) // 2
    begin = np.where(left, place - lengths, place)[:, None]  # of the insertion
    end = begin + lengths[:, None]
    column = np.arange(length)
    moves = np.where(left[:, None], column < begin, column >= end)
    out = np.where(moves, shifted(bases, np.where(left, lengths, -lengths)), bases)
    new = (column >= begin) & (column < end)
    out[new] = 1 << draw.integers(0, 4, int(new.sum())).astype(np.uint8)
    return out
