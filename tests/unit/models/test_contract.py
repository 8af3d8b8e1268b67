"""Each rule of the contract is checked, and the first layer's geometry is that of Keras."""

import keras
import numpy as np
import pytest
import toy_models
from keras import layers

from danq.models import registry
from danq.models.contract import check, first_layer, larger_of_both_strands, strand_network


def toy(
    *,
    window=20,
    targets=3,
    name="first_convolution",
    normalised=True,
    pooled=False,
    skip=False,
    last="sigmoid",
    dtype=None,
    **convolution,
):
    """A model with batch normalisation between the first convolution and its activation."""
    inputs = keras.Input((window, 4))
    options = {"filters": 5, "kernel_size": 6, "strides": 2, "padding": "same"} | convolution
    x = layers.Conv1D(name=name, **options)(inputs)
    before = x
    if normalised:
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling1D(2)(x) if pooled else x
        x = layers.Activation("relu", name="first_activation")(x)
    x = layers.Concatenate()([x, before]) if skip else x
    x = layers.Dense(targets, activation=last, dtype=dtype)(layers.Flatten()(x))
    return keras.Model(inputs, x)


@pytest.mark.parametrize("architecture", registry.ARCHITECTURES)
def test_every_architecture_fulfils_the_contract(architecture):
    check(registry.build(architecture, 60, 3, **toy_models.SMALL[architecture]), architecture, 60, 3)


@pytest.mark.parametrize("options", [{}, {"normalised": False}, {"padding": "valid"}])
def test_a_model_that_fulfils_the_contract_passes(options):
    check(toy(**options), "Toy", 20, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 21}, r"Toy breaks .* one-hot windows \(20, 4\)"),
        ({"targets": 2}, r"probabilities \(3,\)"),
        ({"dtype": "float16"}, "float32, not float16"),
        ({"last": "softmax"}, "from a sigmoid"),
        ({"name": "convolution"}, "needs a Conv1D named first_convolution"),
        ({"padding": "causal"}, 'padding "valid" or "same"'),
        ({"dilation_rate": 2, "strides": 1}, "dilation 1"),
        ({"pooled": True}, r"first_activation must give \(10, 5\).*not \(5, 5\)"),
        ({"skip": True}, "must read first_activation only"),
    ],
)
def test_a_broken_rule_is_named(options, message):
    with pytest.raises(AssertionError, match=message):
        check(toy(**options), "Toy", 20, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [({"last": "softmax"}, "from a sigmoid"), ({"skip": True}, "must read first_activation only"), ({}, None)],
)
def test_the_network_of_a_model_on_both_strands_is_checked(options, message):
    model = larger_of_both_strands(toy(**options), "Both")
    if message:
        with pytest.raises(AssertionError, match=f"Toy breaks .*{message}"):
            check(model, "Toy", 20, 3)
    else:
        check(model, "Toy", 20, 3)
        layer = first_layer(model)
        assert layer.output is strand_network(model).get_layer("first_activation").output
        assert keras.Model(layer.input, layer.output).output_shape == (None, 10, 5)


def test_a_convolution_behind_another_layer_is_an_error():
    inputs = keras.Input((20, 4))
    x = layers.Conv1D(5, 6, name="first_convolution")(layers.Dropout(0.1)(inputs))
    model = keras.Model(inputs, layers.Dense(3, activation="sigmoid")(layers.Flatten()(x)))
    with pytest.raises(AssertionError, match="must read the windows"):
        check(model, "Toy", 20, 3)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("window", "width", "stride"), [(20, 6, 1), (20, 6, 2), (21, 5, 3), (20, 2, 3), (23, 8, 4)])
def test_positions_start_where_the_convolution_reads(padding, window, width, stride):
    """A filter that reads only the first of its bases shows from which base each position reads."""
    model = toy(window=window, kernel_size=width, strides=stride, padding=padding)
    layer = first_layer(model)
    kernel = np.zeros((width, 4, 5), np.float32)
    kernel[0] = 1
    model.get_layer("first_convolution").set_weights([kernel, np.zeros(5, np.float32)])
    windows = np.zeros((1, window, 4), np.float32)
    windows[0, :, 0] = np.arange(1, window + 1)
    output = keras.Model(model.inputs, model.get_layer("first_convolution").output).predict(windows, verbose=0)
    first = np.arange(output.shape[1]) * layer.stride - layer.left
    known = (first >= 0) & (first < window)
    assert (layer.filters, layer.width, layer.stride) == (5, width, stride)
    assert output[0, :, 0].tolist() == np.where(known, first + 1, 0).tolist()
    assert layer.output is model.get_layer("first_activation").output
