"""Influence of filters, compared with models whose filters are replaced by hand."""

import keras
import numpy as np
import pytest
import toy_models
from scipy.optimize import brentq
from toy_models import SMALL

from danq.data.windows import Windows
from danq.explain.held import held_output
from danq.explain.influence import influence, mean_outputs, sampled, table_of
from danq.models import registry
from danq.models.contract import first_layer, strand_network, strands_read
from danq.runtime import checkpoint


@pytest.fixture(scope="module")
def case(data, trained):
    model, _ = checkpoint.load(trained)
    windows = Windows(data / "test.h5")
    return model, windows, sampled(windows, 60)


def test_targets_have_about_equally_many_windows(case):
    _, windows, samples = case
    assert len(samples) == 60
    assert (np.diff(samples) > 0).all()
    positives = windows.labels(samples).sum(axis=0)
    assert positives[:2].min() >= 30  # the two targets take turns
    assert positives[2] == 0
    assert len(sampled(windows, 10_000)) == windows.labels().any(axis=1).sum()


POOL_BEHIND = {  # positions that the layer behind the filters pools; in the other architectures it reads each
    **{"DanQ": 6, "DeepSEA": 2, "DanQ-JASPAR": 6, "Basset": 2, "DeepBind": 60, "DeepMotif-CNN": 3},
    **{"DeepCpG-CnnL2h128": 3, "DeepCpG-CnnRnn01": 3, "Basenji-Basset": 2, "Compact": 4, "TBiNet": 6, "DeepATT": 6},
}


@pytest.mark.parametrize("architecture", SMALL)
def test_a_held_filter_gives_the_mean_that_the_next_layer_reads(case, architecture):
    """A filter with zero weights that gives this mean at every position has the same effect."""
    model, windows, samples = case
    if architecture != "DanQ":  # which is the trained one
        keras.utils.set_random_seed(0)
        model = registry.build(architecture, 60, 3, **SMALL[architecture])
    labels = windows.labels(samples).astype(bool)
    inputs = keras.ops.convert_to_tensor(windows.onehot(samples))
    layer, network = first_layer(model), strand_network(model)
    outputs = keras.Model(layer.input, layer.output)
    outputs = np.concatenate([np.array(outputs(strand)) for strand in strands_read(model, inputs)])
    size = POOL_BEHIND.get(architecture, 1)
    whole_pools = outputs[:, : outputs.shape[1] // size * size]
    means = whole_pools.reshape(len(outputs), -1, size, layer.filters).max(axis=2).mean(axis=(0, 1))
    np.testing.assert_allclose(mean_outputs(model, windows, samples), means, rtol=1e-4, atol=1e-6)

    lost = influence(model, windows, samples, windows.labels(samples))
    whole = np.array(model(inputs))
    convolution = network.get_layer("first_convolution")
    normalisations = [one for one in network.layers if isinstance(one, keras.layers.BatchNormalization)]
    # Behind a convolution without weights, a new normalisation gives its last bias.
    normalised = architecture in ("Basset", "Basenji-Basset", "Compact")
    constant_of = normalisations[0] if normalised else convolution
    before = [(one, one.get_weights()) for one in (convolution, constant_of)]
    try:
        for f in range(layer.filters):
            for one, weights in before:
                one.set_weights(weights)
            convolution.kernel.assign(np.where(np.arange(layer.filters) == f, 0, before[0][1][0]))
            constant = inverse_gelu(means[f]) if architecture == "Basenji-Basset" else means[f]
            if architecture == "Compact":  # read before the normalisation, which is still that of mean 0 and variance 1
                constant = constant / np.sqrt(1 + constant_of.epsilon)
            variable = constant_of.beta if normalised else constant_of.bias
            variable.assign(np.where(np.arange(layer.filters) == f, constant, np.array(variable)))
            change = whole - np.array(model(inputs))
            for t in (0, 1):
                assert lost[f, t] == pytest.approx(change[labels[:, t], t].mean(), abs=1e-5)
    finally:
        for one, weights in before:
            one.set_weights(weights)
    assert np.isnan(lost[:, 2]).all()  # no window is positive
    assert np.abs(lost[:, :2]).max() > (1e-3 if architecture == "DanQ" else 1e-6)


def inverse_gelu(value):
    return brentq(lambda x: toy_models.ACTIVATIONS["gelu"](x) - value, -0.7, 20)


@pytest.mark.parametrize("activation", toy_models.ACTIVATIONS)
def test_influence_with_batch_normalisation_is_that_of_the_pooled_outputs(case, activation):
    _, windows, samples = case
    model = toy_models.normalised_model(60, activation)
    labels = windows.labels(samples).astype(bool)
    outputs = toy_models.first_outputs(model, windows.onehot(samples), activation)
    pooled = toy_models.pooled(outputs)
    means = pooled.mean(axis=(0, 1))
    np.testing.assert_allclose(mean_outputs(model, windows, samples), means, rtol=1e-4, atol=1e-6)
    lost = influence(model, windows, samples, labels)
    whole = toy_models.probabilities(model, outputs)
    for f in range(toy_models.FILTERS):
        without = pooled.copy()
        without[:, :, f] = means[f]
        change = whole - toy_models.of_pooled(model, without)
        for t in (0, 1):
            assert lost[f, t] == pytest.approx(change[labels[:, t], t].mean(), abs=1e-5)
    assert np.isnan(lost[:, 2]).all()
    assert np.abs(lost[1:, :2]).max() > 1e-2


def test_without_pooling_the_output_itself_is_held(case):
    """Also where two layers read it, and with the filters' global maxima."""
    _, windows, samples = case
    inputs, labels = windows.onehot(samples), windows.labels(samples).astype(bool)
    layers = keras.layers

    def head(kind, x):
        if kind == "none":
            return layers.Flatten()(x)
        if kind == "two":
            return layers.Concatenate()([layers.GlobalMaxPooling1D()(x), layers.GlobalAveragePooling1D()(x)])
        return layers.Dropout(0.5)(layers.GlobalMaxPooling1D()(x))

    for kind in ("none", "two", "global"):
        keras.utils.set_random_seed(1)
        window = keras.Input((60, 4))
        x = layers.Conv1D(3, 7, activation="relu", name="first_convolution")(window)
        read = x if kind != "global" else head(kind, x)
        last = layers.Dense(3, activation="sigmoid", name="probabilities")(head(kind, x) if kind != "global" else read)
        model = keras.Model(window, last)
        assert held_output(model) is read
        values = keras.Model(window, read).predict(inputs, verbose=0)
        means = values.reshape(-1, 3).mean(axis=0)
        lost = influence(model, windows, samples, labels)
        rest = keras.Model(read, last)
        for f in range(3):
            without = values.copy()
            without[..., f] = means[f]
            change = model.predict(inputs, verbose=0) - rest.predict(without, verbose=0)
            for t in (0, 1):
                assert lost[f, t] == pytest.approx(change[labels[:, t], t].mean(), abs=1e-5)


def test_a_filter_that_the_model_does_not_use_has_no_influence(case):
    """The control: of two equal filters, the one whose outgoing weights are zero changes no prediction."""
    _, windows, samples = case
    model = toy_models.normalised_model(60)
    dense = model.get_layer("probabilities")
    weights, bias = dense.get_weights()
    weights.reshape(-1, toy_models.FILTERS, weights.shape[1])[:, 2] = 0
    dense.set_weights([weights, bias])
    lost = influence(model, windows, samples, windows.labels(samples))
    assert np.abs(lost[2, :2]).max() < 1e-6
    assert np.abs(lost[3, :2]).max() > 1e-3


def test_columns_of_the_table_are_named_by_index_and_title(case):
    _, windows, _ = case
    table = table_of(np.array([[0.3, -0.4, np.nan], [0, 0, np.nan]]), windows.targets)
    assert table.columns.tolist() == ["filter", "1 site", "2 composition", "3 never"]
    assert table["2 composition"].tolist() == [-0.4, 0]
