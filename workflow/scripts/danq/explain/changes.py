"""How the change of a few positions passes through the layers of a network: only what it reaches is computed anew.

fastISM does so for networks of convolutions (Nair et al., Bioinformatics 38:2397-2403, 2022). Here, a step is one
operation of a network. `whole` gives its output for unchanged windows. `change` gives what mutants add to that within
the stretch of positions that a substitution reaches (see `reach`). Convolutions and dense layers are linear, so they
are applied to the differences alone.

Letters in shapes: N windows, G substituted positions of each, B substitutions of a position, P positions of a tensor, W
of them in a stretch, C channels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops

from .reach import Reach, joined


@dataclass(frozen=True)
class Stretch:
    """Where the mutants of some positions may differ from their windows in one tensor.

    whole : the tensor of the unchanged windows (N, P, C)
    starts : int32 (G,), the first position that may differ
    width : W
    """

    whole: Any
    starts: Any
    width: int

    def unchanged(self) -> Any:
        """This part of the tensor of the unchanged windows (N, G, 1, W, C)."""
        return _unchanged(self.whole, _positions(self.starts, self.width))


@dataclass(frozen=True)
class Change(Stretch):
    """What mutants add to their windows in a stretch: `delta` (N, G, B, W, C)."""

    delta: Any

    def within(self, starts, width: int) -> Any:
        """What mutants add in another stretch; 0 outside of this one."""
        return _rows(self.delta, starts - self.starts, 1, width)


class Pointwise:
    """A function of each position by itself: activation, normalisation, dense layer; or of each of several tensors."""

    def __init__(self, function: Callable):
        self._function = function

    def whole(self, *tensors):
        return self._function(*tensors)

    def reach(self, *given: Reach) -> Reach:
        return joined(given)

    def aligned(self, out: Reach, *given: Reach) -> np.ndarray:
        """For each base of the window, whether `change` may take the differences as they lie: bool (L,)."""
        return np.all([(one.starts == out.starts) & (one.width == out.width) for one in given], axis=0)

    def change(self, out: Stretch, aligned: bool, *given: Change):
        values = [
            Stretch(one.whole, out.starts, out.width).unchanged() + delta
            for one, delta in zip(given, self._deltas(out, aligned, given), strict=True)
        ]
        return _each(self._function, *values) - out.unchanged()

    def _deltas(self, out: Stretch, aligned: bool, given: tuple[Change, ...]) -> list:
        return [one.delta if aligned else one.within(out.starts, out.width) for one in given]


class Sum(Pointwise):
    """The sum of several tensors."""

    def change(self, out: Stretch, aligned: bool, *given: Change):
        return sum(self._deltas(out, aligned, given))


class Crop(Pointwise):
    """A Cropping1D."""

    def __init__(self, layer: keras.layers.Cropping1D):
        super().__init__(layer)
        self._left, self._length = layer.cropping[0], layer.output.shape[1]

    def reach(self, given: Reach) -> Reach:
        return given.through(1, 1, -self._left, self._length)

    def aligned(self, out: Reach, given: Reach) -> np.ndarray:
        return (given.starts == out.starts + self._left) & (given.width == out.width)

    def change(self, out: Stretch, aligned: bool, given: Change):
        return given.delta if aligned else given.within(out.starts + self._left, out.width)


class Convolution:
    """A Conv1D, before its activation."""

    def __init__(self, layer: keras.layers.Conv1D):
        self._layer = layer
        (self._taps,), (self._stride,), (self._dilation,) = layer.kernel_size, layer.strides, layer.dilation_rate
        self._beyond = self._dilation * (self._taps - 1)  # positions that an output reads beyond its first
        self._length = layer.output.shape[1]
        self._left = _left_padding(layer, self._beyond + 1, self._stride)
        turned = ops.transpose(ops.flip(layer.kernel, axis=0), (1, 0, 2))
        self._side_by_side = ops.reshape(turned, (turned.shape[0], -1))  # (channels, taps * filters)

    def whole(self, x):
        found = self._layer.convolution_op(x, self._layer.kernel)
        return found + self._layer.bias if self._layer.use_bias else found

    def reach(self, given: Reach) -> Reach:
        return given.through(self._beyond + 1, self._stride, self._left, self._length)

    def aligned(self, out: Reach, given: Reach) -> np.ndarray:
        same = self._stride == 1 and out.width == given.width + self._beyond
        return (out.starts == given.starts + (self._left - self._beyond)) & same

    def change(self, out: Stretch, aligned: bool, given: Change):
        shape = ops.shape(given.delta)
        narrow = self._dilation == 1 and given.width <= self._taps
        found = (self._skewed if narrow else self._convolved)(ops.reshape(given.delta, (-1, *given.delta.shape[3:])))
        found = ops.reshape(found, (*shape[:3], *found.shape[1:]))
        if aligned:
            return found
        first = out.starts * self._stride - (given.starts + (self._left - self._beyond))
        return _rows(found, first, self._stride, out.width)

    def _convolved(self, delta):
        """All that differences (n, W, C) add at stride 1: (n, W + beyond, filters)."""
        padded = ops.pad(delta, ((0, 0), (self._beyond, self._beyond), (0, 0)))
        return ops.conv(padded, self._layer.kernel, 1, "valid", dilation_rate=self._dilation)

    def _skewed(self, delta):
        """The same: what each position adds to the outputs that it reaches, then the sum of shifted positions."""
        width, taps, filters = delta.shape[1], self._taps, self._layer.filters
        reached = width + taps - 1
        found = ops.matmul(ops.reshape(delta, (-1, delta.shape[2])), self._side_by_side)
        if width == 1:
            return ops.reshape(found, (-1, taps, filters))
        found = ops.pad(ops.reshape(found, (-1, width, taps, filters)), ((0, 0), (0, 0), (0, width), (0, 0)))
        found = ops.reshape(found, (-1, width * (reached + 1), filters))[:, : width * reached]
        return ops.sum(ops.reshape(found, (-1, width, reached, filters)), axis=1)  # each row one place further right


class Pooling:
    """A MaxPooling1D or AveragePooling1D."""

    def __init__(self, layer: keras.layers.Layer):
        self._layer = layer
        (self._pool,), (self._stride,) = layer.pool_size, layer.strides
        self._length = layer.output.shape[1]
        self._left = _left_padding(layer, self._pool, self._stride)

    def whole(self, x):
        return self._layer(x)

    def reach(self, given: Reach) -> Reach:
        return given.through(self._pool, self._stride, self._left, self._length)

    def aligned(self, out: Reach, given: Reach) -> np.ndarray:
        return np.zeros(len(out.starts), bool)

    def change(self, out: Stretch, aligned: bool, given: Change):
        starts, width = out.starts * self._stride - self._left, (out.width - 1) * self._stride + self._pool
        positions, length = _positions(starts, width), given.whole.shape[1]
        values = _unchanged(given.whole, ops.clip(positions, 0, length - 1)) + given.within(starts, width)
        if self._layer.padding == "valid":
            return _each(self._pooled, values) - out.unchanged()
        inside = ops.reshape(ops.logical_and(positions >= 0, positions < length), (1, -1, 1, width, 1))
        if isinstance(self._layer, keras.layers.MaxPooling1D):
            return _each(self._pooled, ops.where(inside, values, LOWEST)) - out.unchanged()
        inside = ops.cast(inside, values.dtype)
        return _each(self._pooled, values * inside) / _each(self._pooled, inside) - out.unchanged()

    def _pooled(self, x):
        pool = ops.max_pool if isinstance(self._layer, keras.layers.MaxPooling1D) else ops.average_pool
        return pool(x, self._pool, self._stride, "valid")


class GlobalPooling:
    """A GlobalMaxPooling1D or GlobalAveragePooling1D."""

    def __init__(self, layer: keras.layers.Layer):
        self._layer = layer

    def whole(self, x):
        return self._layer(x)

    def change(self, unchanged, given: Change):
        """Outputs of the mutants (N * G * B, C); `unchanged` (N, C) are those of the windows."""
        if isinstance(self._layer, keras.layers.GlobalAveragePooling1D):
            found = _of_windows(unchanged) + ops.sum(given.delta, axis=3) / given.whole.shape[1]
        else:
            positions = np.arange(given.whole.shape[1], dtype=np.int32) - ops.expand_dims(given.starts, 1)
            outside = ops.logical_or(positions < 0, positions >= given.width)[None, :, :, None]
            others = ops.max(ops.where(outside, given.whole[:, None], LOWEST), axis=2)
            found = ops.maximum(ops.max(given.unchanged() + given.delta, axis=3), others[:, :, None])
        return ops.reshape(found, (-1, given.delta.shape[4]))


class Dense:
    """A dense layer on tensors without positions (n, C), or on all positions; before its activation.

    In the latter case, all stretches of a change must start at one position.
    """

    def __init__(self, layer: keras.layers.Dense):
        self._layer = layer

    def whole(self, x):
        found = ops.matmul(ops.reshape(x, (-1, self._layer.kernel.shape[0])), self._layer.kernel)
        return found + self._layer.bias if self._layer.use_bias else found

    def change(self, unchanged, given: Change):
        """Outputs of the mutants (N * G * B, units); `unchanged` (N, units) are those of the windows."""
        shape, channels, units = ops.shape(given.delta), given.delta.shape[4], self._layer.units
        weights = ops.slice(
            ops.convert_to_tensor(self._layer.kernel), (given.starts[0] * channels, 0), (given.width * channels, units)
        )
        found = ops.matmul(ops.reshape(given.delta, (-1, given.width * channels)), weights)
        found = ops.reshape(found, (*shape[:3], units)) + _of_windows(unchanged)
        return ops.reshape(found, (-1, units))


LOWEST = -3e38  # below all values


def _left_padding(layer: keras.layers.Layer, extent: int, stride: int) -> int:
    """Positions of padding on the left of a layer whose outputs read `extent` positions."""
    total = max((layer.output.shape[1] - 1) * stride + extent - layer.input.shape[1], 0)
    return total // 2 if layer.padding == "same" else 0


def _positions(starts, width: int, stride: int = 1):
    return ops.expand_dims(starts, 1) + stride * np.arange(width, dtype=np.int32)


def _unchanged(whole, positions):
    return ops.expand_dims(ops.take(whole, positions, axis=1), 2)


def _of_windows(values):
    """Values (N, C) of windows, for all of their mutants."""
    return values[:, None, None]


def _rows(delta, first, stride: int, width: int):
    """The rows first (G,), first + stride, ... of the axis W of delta (N, G, B, W, C); 0 where there is no such row."""
    n, g, b, w, channels = ops.shape(delta)
    rows = _positions(first, width, stride)
    inside = ops.cast(ops.logical_and(rows >= 0, rows < w), delta.dtype)
    mutants = ops.reshape(ops.arange(n * g * b, dtype="int32"), (n, g, b, 1))
    places = mutants * w + ops.reshape(ops.clip(rows, 0, w - 1), (1, g, 1, width))
    return ops.take(ops.reshape(delta, (-1, channels)), places, axis=0) * ops.reshape(inside, (1, g, 1, width, 1))


def _each(function: Callable, *tensors):
    """A function of tensors (n, W, C), on the last two axes of larger ones."""
    shape = ops.shape(tensors[0])
    found = function(*[ops.reshape(one, (-1, *one.shape[3:])) for one in tensors])
    return ops.reshape(found, (*shape[:3], *found.shape[1:]))
