"""Feeding packed windows to Keras: batches are gathered packed, and unpacked inside the model."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np

from . import onehot
from .windows import Windows

AHEAD = 4  # batches gathered ahead of the model


class Unpack(keras.layers.Layer):
    """Packed windows uint8 (n, ceil(L/2)) to one-hot (n, L, 4): one table look-up a byte.

    Inside the model, so that a batch travels to the device at half a byte a base.
    """

    def __init__(self, length: int, **options):
        super().__init__(**options)
        self.length = length
        self._bits = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)

    def call(self, packed):
        bits = keras.ops.convert_to_tensor(self._bits, dtype=self.compute_dtype)
        pairs = keras.ops.take(bits, keras.ops.cast(packed, "int32"), axis=0)
        return keras.ops.reshape(pairs, (-1, 2 * packed.shape[1], 4))[:, : self.length]

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.length, 4)


def packed_input(length: int) -> keras.KerasTensor:
    """The input of a model that takes packed windows, uint8 (n, ceil(L/2))."""
    return keras.Input((onehot.packed_width(length),), dtype="uint8", name="packed_window")


def on_packed(model: keras.Model) -> keras.Model:
    """`model` with the unpacking in front; the weights are the same variables."""
    packed = packed_input(model.input_shape[1])
    return keras.Model(packed, model(Unpack(model.input_shape[1])(packed)), name=f"packed_{model.name}")


def sample_order(n: int, strands: str, seed: int, epoch: int) -> np.ndarray:
    """One epoch's samples in shuffled order: i is window i, n + i its reverse complement.

    strands : "both" gives each window twice, "random" once from either strand, "none" once forward.
    The order depends on the seed and the epoch alone, so a resumed training goes on with it.
    """
    draw = np.random.default_rng([seed, epoch])
    if strands == "both":
        return draw.permutation(2 * n)
    order = draw.permutation(n)
    return order + n * draw.integers(0, 2, n) if strands == "random" else order


class Batches:
    """Batches of (packed windows, labels), both uint8, in the order of `samples`.

    Iterating gathers the next batches in a thread while the model works on one.
    """

    def __init__(self, windows: Windows, samples: np.ndarray, batch_size: int, with_labels: bool = True):
        self._windows, self._samples, self._batch_size = windows, samples, batch_size
        self._with_labels = with_labels

    def __len__(self) -> int:
        return -(-len(self._samples) // self._batch_size)

    def __getitem__(self, batch: int):
        samples = self._samples[batch * self._batch_size : (batch + 1) * self._batch_size]
        reverse = samples >= len(self._windows)
        index = np.where(reverse, samples - len(self._windows), samples)
        packed = self._windows.packed(index, reverse)
        return (packed, self._windows.labels(index)) if self._with_labels else (packed,)

    def __iter__(self):
        with ThreadPoolExecutor(1) as pool:
            ahead = deque(pool.submit(self.__getitem__, batch) for batch in range(min(AHEAD, len(self))))
            for batch in range(len(self)):
                ready = ahead.popleft().result()
                if batch + AHEAD < len(self):
                    ahead.append(pool.submit(self.__getitem__, batch + AHEAD))
                yield ready
