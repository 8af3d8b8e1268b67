"""Sources of packed sequences: all that a model needs to run, wherever the sequences come from."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from . import onehot


class Source(ABC):
    """Packed sequences of one length, without labels.

    A subclass sets `length` and defines `__len__` and `_forward`; `str(source)` names it in messages.

    Attributes
    ----------
    length : length of each sequence in bp
    """

    length: int

    @abstractmethod
    def __len__(self) -> int:
        """Number of sequences."""

    @abstractmethod
    def _forward(self, index) -> np.ndarray:
        """Packed sequences uint8 (n, ceil(L/2)): a new array or a read-only view. `index` is an array or a slice."""

    def packed(self, index, reverse: np.ndarray | None = None) -> np.ndarray:
        """Packed sequences uint8 (n, ceil(L/2)); where `reverse` bool (n,) is True, their reverse complements."""
        packed = self._forward(index)
        if reverse is not None and reverse.any():
            packed = packed if packed.flags.writeable else packed.copy()
            packed[reverse] = onehot.reverse_complement(packed[reverse], self.length)
        return packed

    def onehot(self, index, reverse: np.ndarray | None = None, dtype=np.float32) -> np.ndarray:
        """One-hot sequences (n, L, 4), channels A, C, G, T."""
        return onehot.unpack(self.packed(index, reverse), self.length, dtype)

    def strands(self, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Index int64 (n,) and reverse bool (n,) of samples: i is sequence i, len(self) + i its reverse complement."""
        reverse = samples >= len(self)
        return samples - reverse * len(self), reverse

    def places(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Contig names (n,) and 0-based starts (n,) in bp, or None if they are not known."""
        return None


class PackedArray(Source):
    """Sequences of `length` bp in memory, packed uint8 (n, ceil(L/2))."""

    def __init__(self, packed: np.ndarray, length: int):
        if packed.dtype != np.uint8 or packed.shape[1:] != (onehot.packed_width(length),):
            raise ValueError(f"{packed.dtype} {packed.shape} is not a packed array of sequences of {length} bp")
        self.length = length
        self._packed = packed.view()
        self._packed.flags.writeable = False

    def __str__(self) -> str:
        return f"{len(self):,} sequences in memory"

    def __len__(self) -> int:
        return len(self._packed)

    def _forward(self, index) -> np.ndarray:
        return self._packed[index]
