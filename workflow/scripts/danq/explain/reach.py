"""Which positions of a network's tensors the substitution of a base can reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np


@dataclass(frozen=True)
class Reach:
    """A stretch of positions of a tensor for each base of the window; substituting the base changes nothing outside.

    All stretches have the same width and lie within the tensor, so near its ends they may hold more than is reached.

    starts : int32 (L,), the first position of the stretch for each base
    width : positions of each stretch
    length : positions of the tensor
    """

    starts: np.ndarray
    width: int
    length: int

    @classmethod
    def of_window(cls, length: int) -> Reach:
        """Each base of the window reaches itself."""
        return cls(np.arange(length, dtype=np.int32), 1, length)

    @classmethod
    def between(cls, first: np.ndarray, last: np.ndarray, length: int) -> Reach:
        """Stretches that hold the positions `first` to `last` (L,), as far as the tensor has them."""
        first, last = np.clip(first, 0, length - 1), np.clip(last, 0, length - 1)
        width = int((last - first).max()) + 1
        return cls(np.minimum(first, length - width).astype(np.int32), width, length)

    def through(self, extent: int, stride: int, left: int, length: int) -> Reach:
        """After a layer whose output position j reads the input positions j * stride - left to ... + extent - 1.

        length : positions of the layer's output
        """
        first = -((extent - 1 - left - self.starts) // stride)  # rounded up
        last = (self.starts + self.width - 1 + left) // stride
        return Reach.between(first, last, length)


def joined(reaches: Sequence[Reach]) -> Reach:
    """Stretches that hold those of several tensors of the same length."""
    first = reduce(np.minimum, [reach.starts for reach in reaches])
    last = reduce(np.maximum, [reach.starts + reach.width - 1 for reach in reaches])
    return Reach.between(first, last, reaches[0].length)
