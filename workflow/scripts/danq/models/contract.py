"""The contract of every architecture: its input, its output, and the layer that motifs are read from.

A model takes one-hot windows float (n, L, 4), channels A, C, G, T, and returns probabilities float32 (n, T). Its first
convolution is a Conv1D named `FIRST_CONVOLUTION` that reads the windows. If batch normalisation or an activation layer
follows it, the layer that gives the filters' final outputs is named `FIRST_ACTIVATION`. Motifs, sites and influence are
read from the output of that layer, or of the convolution if there is none, so all later layers must read only this
output.

A model may run one network on both strands of the window and give the larger of its outputs (DeepBind). Such a model is
made by `larger_of_both_strands`. The rules then hold for the network: `strand_network` of the model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import keras

FIRST_CONVOLUTION = "first_convolution"
FIRST_ACTIVATION = "first_activation"
STRAND_NETWORK = "strand_network"


@dataclass(frozen=True)
class FirstLayer:
    """The filters of a model's first convolution, and where their final outputs are read.

    input : symbolic tensor (n, L, 4) of the window, on the strand that the filters read
    output : symbolic tensor (n, positions, filters)
    filters : number of filters
    width : width of a filter in bp
    stride : distance between two positions in bp
    left : padding on the left in bp, so that position i reads the window from base i * stride - left on
    """

    input: keras.KerasTensor
    output: keras.KerasTensor
    filters: int
    width: int
    stride: int
    left: int


def first_layer(model: keras.Model) -> FirstLayer:
    """The first layer of a model that fulfils the contract."""
    network = strand_network(model)
    convolution = network.get_layer(FIRST_CONVOLUTION)
    (width,), (stride,) = convolution.kernel_size, convolution.strides
    left = _left_padding(model.input_shape[1], width, stride) if convolution.padding == "same" else 0
    output = _last_of_first(network).output
    return FirstLayer(network.inputs[0], output, convolution.filters, width, stride, left)


def larger_of_both_strands(network: keras.Model, name: str) -> keras.Model:
    """A model that runs `network` on the window and on its reverse complement, and gives the larger probabilities."""
    network.name = STRAND_NETWORK
    window = keras.Input(network.input_shape[1:], name="window")
    strands = [network(window), network(keras.ops.flip(window, axis=(1, 2)))]
    return keras.Model(window, keras.layers.Maximum(dtype="float32", name="larger")(strands), name=name)


def strand_network(model: keras.Model) -> keras.Model:
    """The network that reads one strand, in a model from `larger_of_both_strands`; else the model itself."""
    return next((layer for layer in model.layers if layer.name == STRAND_NETWORK), model)


def strands_read(model: keras.Model, window) -> list:
    """What the model's `strand_network` reads of windows (n, L, 4): the windows, or also their reverse complements."""
    return [window] if strand_network(model) is model else [window, keras.ops.flip(window, axis=(1, 2))]


def larger(outputs: list):
    """The model's probabilities (n, T) from those of its `strand_network` for each of `strands_read`."""
    return reduce(keras.ops.maximum, outputs)


def check(model: keras.Model, architecture: str, window_length: int, n_targets: int) -> None:
    """Raise an AssertionError that names the architecture and its mistake if the model breaks the contract."""

    def require(fulfilled: bool, rule: str) -> None:
        if not fulfilled:
            raise AssertionError(f"{architecture} breaks the contract of models/contract.py: {rule}")

    require(
        [tuple(tensor.shape) for tensor in model.inputs] == [(None, window_length, 4)],
        f"its input must be one-hot windows ({window_length}, 4), not {model.input_shape}",
    )
    require(
        [tuple(tensor.shape) for tensor in model.outputs] == [(None, n_targets)],
        f"its output must be probabilities ({n_targets},), not {model.output_shape}",
    )
    if (network := strand_network(model)) is not model:
        check(network, architecture, window_length, n_targets)
        return
    dtype = keras.backend.standardize_dtype(model.outputs[0].dtype)
    require(dtype == "float32", f"its probabilities must be float32, not {dtype}")
    for layer in model.layers:
        activation = getattr(layer, "activation", None) if _tensor(layer, "output") is model.outputs[0] else None
        require(activation in (None, keras.activations.sigmoid), "its probabilities must come from a sigmoid")
    layers = {layer.name: layer for layer in model.layers}
    convolution = layers.get(FIRST_CONVOLUTION)
    require(isinstance(convolution, keras.layers.Conv1D), f"it needs a Conv1D named {FIRST_CONVOLUTION}")
    require(
        convolution.dilation_rate == (1,) and convolution.groups == 1 and convolution.padding in ("valid", "same"),
        f'{FIRST_CONVOLUTION} must have dilation 1, one group, and padding "valid" or "same"',
    )
    require(_tensor(convolution, "input") is model.inputs[0], f"{FIRST_CONVOLUTION} must read the windows, once")
    last = _last_of_first(model)
    require(
        tuple(last.output.shape) == tuple(convolution.output.shape),
        f"{last.name} must give {tuple(convolution.output.shape)[1:]} (positions, filters) as {FIRST_CONVOLUTION} "
        f"does, not {tuple(last.output.shape)[1:]}",
    )
    try:
        keras.Model(last.output, model.outputs[0])
    except ValueError as error:
        require(False, f"all later layers must read {last.name} only ({error})")


def _last_of_first(model: keras.Model) -> keras.layers.Layer:
    """The layer that gives the filters' final outputs."""
    named = [layer for layer in model.layers if layer.name == FIRST_ACTIVATION]
    return named[0] if named else model.get_layer(FIRST_CONVOLUTION)


def _tensor(layer: keras.layers.Layer, side: str) -> keras.KerasTensor | None:
    """The "input" or "output" tensor of a layer; None if the layer is used more than once."""
    try:
        return getattr(layer, side)
    except (AttributeError, ValueError):
        return None


def _left_padding(length: int, width: int, stride: int) -> int:
    """Padding in bp before a window of `length` bp under "same" padding: half of the total, rounded down."""
    positions = -(-length // stride)
    return max((positions - 1) * stride + width - length, 0) // 2
