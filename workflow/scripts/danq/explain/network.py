"""A model as a list of steps that pass on the changes of a few positions (see `changes`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from .changes import Change, Convolution, Crop, Dense, GlobalPooling, Pointwise, Pooling, Stretch, Sum
from .reach import Reach

NEUTRAL = (layers.Dropout, layers.SpatialDropout1D, layers.GaussianDropout, layers.GaussianNoise)  # in predictions
POINTWISE = (layers.Activation, layers.BatchNormalization, layers.Dense, layers.ELU, layers.LeakyReLU, layers.ReLU)
OF_SEVERAL = (layers.Average, layers.Concatenate, layers.Maximum, layers.Minimum, layers.Multiply, layers.Subtract)
STEPS = {
    layers.Conv1D: Convolution,
    layers.MaxPooling1D: Pooling,
    layers.AveragePooling1D: Pooling,
    layers.GlobalMaxPooling1D: GlobalPooling,
    layers.GlobalAveragePooling1D: GlobalPooling,
    layers.Cropping1D: Crop,
    layers.Add: Sum,
    **dict.fromkeys(POINTWISE + OF_SEVERAL, Pointwise),
}


class Unsupported(Exception):
    """A model cannot be computed for changes alone; the message says why."""


@dataclass(frozen=True)
class Planned:
    """A step, the numbers of the tensors that it reads, and `aligned` of its `Reach`es."""

    step: Any
    given: Sequence[int]
    aligned: np.ndarray


class Network:
    """The steps of a model from one-hot windows to logits. Step i gives tensor i + 1; tensor 0 is the window.

    Parameters
    ----------
    model : a model that ends in a sigmoid. Those with layers that cannot be computed for changes alone, such as
        recurrent ones, are `Unsupported`.

    Attributes
    ----------
    starts : int32 (number of tensors, L), where the change by a substitution of each base begins
    aligned : bool (number of steps, L), for each step, whether a change needs no shift (see `changes`)
    flat : numbers of the tensors of which a dense layer reads all positions. Substitutions that are computed together
        must have the same start there.
    largest : values of the largest change of a mutant
    """

    def __init__(self, model: keras.Model):
        window, self._output = model.inputs[0], model.outputs[0]
        self._none = np.zeros(window.shape[1], np.int32)
        self._reaches: list[Reach | None] = [Reach.of_window(window.shape[1])]  # None: a tensor without positions
        self._plan: list[Planned] = []
        self._numbers = {id(window): 0}  # of Keras's tensors by id
        self._flattened: set[int] = set()  # their ids
        self.flat: list[int] = []
        self.largest = 1
        for layer in model.layers:
            if not isinstance(layer, layers.InputLayer):
                self._read(layer)
        if self._numbers.get(id(self._output)) != len(self._plan) or self._reaches[-1]:
            raise Unsupported("its output is not that of its last layer")
        self.starts = np.stack([reach.starts if reach else self._none for reach in self._reaches])
        self.aligned = np.stack([one.aligned for one in self._plan])

    def whole(self, windows: np.ndarray) -> list:
        """All tensors of unchanged windows (N, L, 4); the last one holds the logits (N, T)."""
        tensors = [ops.convert_to_tensor(windows)]
        for one in self._plan:
            tensors.append(one.step.whole(*[tensors[number] for number in one.given]))
        return tensors

    def changed(self, whole: list, starts, change, aligned: Sequence[bool]):
        """Logits (N * G * B, T) of mutants.

        whole : the tensors of their windows
        starts : int32 (number of tensors, G), the columns of `starts` for the substituted bases
        change : what mutants add to their windows at the substituted base (N, G, B, 1, 4)
        aligned : for each step, whether the change needs no shift for any of these bases
        """
        values = [change]
        for number, (one, alike) in enumerate(zip(self._plan, aligned, strict=True), 1):
            given = [
                Change(whole[i], starts[i], self._reaches[i].width, values[i]) if self._reaches[i] else values[i]
                for i in one.given
            ]
            if self._reaches[number]:
                out = Stretch(whole[number], starts[number], self._reaches[number].width)
                values.append(one.step.change(out, alike, *given))
            elif isinstance(given[0], Change):
                values.append(one.step.change(whole[number], *given))
            else:
                values.append(one.step.whole(*given))
        return values[-1]

    def _read(self, layer: keras.layers.Layer) -> None:
        """Add the steps of a layer."""
        refused = Unsupported(f"of its layer {layer.name} ({type(layer).__name__})")
        try:
            given, out = layer.input, layer.output
        except (AttributeError, ValueError):  # the layer is used more than once
            raise refused from None
        given = given if isinstance(given, list) else [given]
        numbers = [self._numbers.get(id(one)) for one in given]
        if None in numbers or layer.compute_dtype != "float32":
            raise refused
        activation = getattr(layer, "activation", keras.activations.linear)
        if out is self._output:
            if activation is not keras.activations.sigmoid or not isinstance(layer, layers.Dense | layers.Activation):
                raise refused
            activation = keras.activations.linear
        kinds = {
            "vector" if self._reaches[number] is None else "flat" if id(one) in self._flattened else "positions"
            for one, number in zip(given, numbers, strict=True)
        }
        number = numbers[0]
        if isinstance(layer, layers.Flatten) and kinds == {"positions"}:
            self._flattened.add(id(out))
        elif isinstance(layer, NEUTRAL):
            self._flattened |= {id(out)} if kinds == {"flat"} else set()
        elif isinstance(layer, layers.Activation) and out is self._output:
            pass
        else:
            step = _step(layer, kinds)
            if step is None:
                raise refused
            self.flat += numbers if kinds == {"flat"} else []
            number = self._add(step, numbers, out.shape[-1])
            if isinstance(step, Convolution | Dense) and activation is not keras.activations.linear:
                number = self._add(Pointwise(activation), [number], out.shape[-1])
        self._numbers[id(out)] = number

    def _add(self, step, given: list[int], channels: int) -> int:
        """Plan a step; returns the number of the tensor that it gives."""
        reaches = [self._reaches[number] for number in given]
        reach, aligned = None, self._none > 0
        if reaches[0] and not isinstance(step, Dense | GlobalPooling):
            reach = step.reach(*reaches)
            aligned = step.aligned(reach, *reaches)
            self.largest = max(self.largest, reach.width * channels)
        self._reaches.append(reach)
        self._plan.append(Planned(step, given, aligned))
        return len(self._plan)


def _step(layer: keras.layers.Layer, kinds: set[str]):
    """The step of a layer before its activation; None if there is none for what the layer reads or does.

    kinds : of the tensors that it reads: "positions", "flat" (all positions side by side), or "vector" (without
        positions)
    """
    if isinstance(layer, layers.Dense) and kinds in ({"flat"}, {"vector"}):
        return Dense(layer)
    if kinds == {"vector"}:
        return Pointwise(_of_several(layer))
    refused = (
        getattr(layer, "groups", 1) != 1
        or getattr(layer, "padding", "valid") not in ("valid", "same")
        or getattr(layer, "data_format", "channels_last") != "channels_last"
        or getattr(layer, "keepdims", False)
        or getattr(layer, "axis", -1) not in (-1, 2)
    )
    if kinds != {"positions"} or type(layer) not in STEPS or refused:
        return None
    step = STEPS[type(layer)]
    return step(_of_several(layer) if step in (Pointwise, Sum) else layer)


def _of_several(layer: keras.layers.Layer):
    """A layer as a function of its tensors, which layers of several tensors take as a list."""
    return layer if not isinstance(layer.input, list) else lambda *tensors: layer(list(tensors))
