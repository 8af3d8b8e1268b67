"""Batches of packed sequences for Keras; the model unpacks them on its device."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np

from ..data import onehot
from ..data.sources import Source

AHEAD = 4  # batches gathered ahead of the model


class Unpack(keras.layers.Layer):
    """Packed sequences uint8 (n, ceil(L/2)) to one-hot (n, L, 4), by one table look-up per byte.

    As a layer of the model, it lets batches travel to the device at half a byte per base.
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


def on_packed(build: Callable, length: int, *others: keras.KerasTensor) -> keras.Model:
    """A model on packed sequences uint8 (n, ceil(L/2)).

    build : function from one-hot sequences (n, L, 4), then `others`, to the model's outputs; also a model, which then
        shares its weights with the new one
    length : length of a sequence in bp, L
    others : further inputs, from `keras.Input`
    """
    packed = keras.Input((onehot.packed_width(length),), dtype="uint8", name="packed")
    outputs = build(Unpack(length)(packed), *others)
    return keras.Model([packed, *others] if others else packed, outputs)


def sample_order(n: int, strands: str, seed: int, epoch: int) -> np.ndarray:
    """The samples of one epoch in shuffled order: i is window i, n + i its reverse complement.

    strands : "both" gives each window on both strands, "random" on one of them at random, "none" on the forward strand.

    The order depends only on the seed and the epoch, so a resumed training keeps it.
    """
    draw = np.random.default_rng([seed, epoch])
    if strands == "both":
        return draw.permutation(2 * n)
    order = draw.permutation(n)
    return order + n * draw.integers(0, 2, n) if strands == "random" else order


class Batches:
    """Batches (packed sequences,), or (packed sequences, labels), both uint8, in the order of `samples`.

    source : where the sequences come from; with labels, it must be `Windows`
    samples : int64 (n,), i for sequence i and len(source) + i for its reverse complement

    Iteration gathers the next batches in a thread while the model works on one.
    """

    def __init__(self, source: Source, samples: np.ndarray, batch_size: int, with_labels: bool = True):
        self._source, self._samples, self._batch_size = source, samples, batch_size
        self._with_labels = with_labels

    def __len__(self) -> int:
        return -(-len(self._samples) // self._batch_size)

    def __getitem__(self, batch: int):
        samples = self._samples[batch * self._batch_size : (batch + 1) * self._batch_size]
        index, reverse = self._source.strands(samples)
        packed = self._source.packed(index, reverse)
        return (packed, self._source.labels(index)) if self._with_labels else (packed,)

    def __iter__(self):
        with ThreadPoolExecutor(1) as pool:
            ahead = deque(pool.submit(self.__getitem__, batch) for batch in range(min(AHEAD, len(self))))
            for batch in range(len(self)):
                ready = ahead.popleft().result()
                if batch + AHEAD < len(self):
                    ahead.append(pool.submit(self.__getitem__, batch + AHEAD))
                yield ready
