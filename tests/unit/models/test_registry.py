import re
from contextlib import contextmanager

import keras
import numpy as np
import pytest
import toy_models

from danq.errors import UserError
from danq.models import registry
from danq.models.contract import FIRST_CONVOLUTION, first_layer, strand_network
from danq.models.sei import spline_basis


@contextmanager
def without_weights():
    """Models built here have shapes but no weights, so that large ones need neither time nor memory."""
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        keras.utils.clear_session()  # else Keras would make the weights later


def parameters_of(model) -> int:
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


# Sources of the numbers: the papers or the authors' code for DanQ, DeepSEA and DeepATT; for the others, the layers that
# are described there, counted by hand.
PUBLISHED = [
    ("DanQ", 1000, 919, {}, 46_926_479, 320),
    ("DeepSEA", 1000, 919, {}, 52_843_119, 320),
    ("DeepSEA", 1000, 919, {"dense": 919}, 52_532_319, 320),
    ("DanQ-JASPAR", 1000, 919, {}, 67_892_175, 1024),
    ("Basset", 600, 164, {}, 4_135_064, 300),
    ("Basset", 1000, 919, {}, 6_490_819, 300),
    ("Compact", 500, 17, {}, 243_985, 128),
    ("DeepBind", 101, 1, {}, 1_569, 16),
    ("DeepBind", 101, 1, {"network": "M2"}, 2_129, 16),
    ("DeepBind", 101, 1, {"network": "M2", "pooling": "max_mean"}, 2_641, 16),
    ("DeepBind", 101, 1, {"kernel": 16}, 1_057, 16),
    ("DeepBind", 101, 1, {"kernel": 16, "network": "M2"}, 1_617, 16),
    ("DeepBind", 101, 17, {}, 1_552 + 17 * 17, 16),
    ("DeepMotif-CNN", 101, 2, {}, 136_322, 128),
    ("DeepMotif-CNN-RNN", 101, 2, {}, 46_082, 128),
    ("DeepCpG-CnnL2h128", 1001, 1, {}, 4_102_144 + 129, 128),
    ("DeepCpG-CnnL2h128", 1001, 1, {"dense": 256}, 8_099_968 + 257, 128),
    ("DeepCpG-CnnRnn01", 1001, 1, {}, 1_024_896 + 513, 128),
    ("Basenji-Basset", 1344, 164, {}, 5_976_516, 288),
    ("BPNet", 2114, 919, {}, 6_810_519, 512),
    ("BPNet", 2114, 919, {"padding": "valid"}, 6_810_519, 512),
    ("TBiNet", 1000, 690, {}, 35_515_816, 320),
    ("DeepATT", 1000, 919, {}, 7_808_057, 1024),
    ("DeepATT", 1000, 919, {"outputs": "separate"}, 7_900_775, 1024),
    ("DeeperDeepSEA", 1000, 919, {}, 54_634_477, 320),
    ("Beluga", 2000, 2002, {}, 149_536_251, 320),
    ("Beluga", 1000, 919, {}, 67_886_879, 320),
    ("Sei", 4096, 919, {}, 88_490_239, 480),
    ("Sei", 4096, 21_907, {"dense": 21_907}, 889_979_983, 480),
]


@pytest.mark.parametrize(("architecture", "window", "targets", "sizes", "parameters", "filters"), PUBLISHED)
def test_published_sizes_have_the_published_parameters(architecture, window, targets, sizes, parameters, filters):
    with without_weights():
        model = registry.build(architecture, window, targets, **sizes)
        assert parameters_of(model) == parameters
        assert model.input_shape == (None, window, 4)
        assert model.output_shape == (None, targets)
        assert strand_network(model).get_layer(FIRST_CONVOLUTION).kernel.shape[1:] == (4, filters)


@pytest.mark.parametrize("architecture", registry.ARCHITECTURES)
def test_the_documented_parameters_are_those_of_the_published_sizes(architecture):
    known = {(name, *facts): parameters for name, *facts, sizes, parameters, _ in PUBLISHED if not sizes}
    window, targets, parameters = registry.published(architecture)
    assert known[architecture, window, targets] == parameters


def test_without_weights_the_parameters_are_those_with_weights():
    with without_weights():
        abstract = parameters_of(registry.build("Basset", 600, 164))
    assert abstract == parameters_of(registry.build("Basset", 600, 164))


def test_the_layers_of_danq_are_those_of_the_paper():
    model = registry.build("DanQ", 1000, 919)
    assert model.get_layer("first_convolution").count_params() == 33_600
    recurrent = next(layer for layer in model.layers if isinstance(layer, keras.layers.Bidirectional))
    assert recurrent.count_params() == 1_640_960
    assert recurrent.output.shape == (None, 75, 640)


def test_basset_normalises_before_each_relu_and_drops_only_after_dense_layers():
    kinds = [type(layer).__name__ for layer in registry.build("Basset", 600, 164).layers]
    convolution = ["Conv1D", "BatchNormalization", "ReLU", "MaxPooling1D"]
    dense = ["Dense", "BatchNormalization", "ReLU", "Dropout"]
    assert kinds == ["InputLayer", *convolution * 3, "Flatten", *dense * 2, "Dense"]
    model = registry.build("Basset", 600, 164)
    assert first_layer(model).output is model.get_layer("first_activation").output
    assert [layer.padding for layer in model.layers if isinstance(layer, keras.layers.Conv1D)] == ["valid"] * 3
    assert [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)] == [0.3, 0.3]


def test_the_towers_filters_are_the_published_ones():
    from danq.models.basenji_basset import tower

    assert tower(288, 512, 6) == [288, 320, 368, 400, 464, 512]
    assert tower(5, 7, 3) == [5, 6, 7]
    assert tower(8, 8, 1) == [8]


def test_bpnet_shortens_as_published_or_keeps_the_length():
    with without_weights():
        lengths = {
            padding: registry.build("BPNet", 2114, 1, padding=padding).layers[-2].input.shape[1]
            for padding in ("valid", "same")
        }
    assert lengths == {"valid": 2114 - 20 - 2 * (2**9 - 2), "same": 2114 - 20}


def test_the_splines_are_those_of_sei():
    """B-splines by the recursion of Cox and de Boor, at 256 positions as in Sei."""
    positions, count = 256, 16
    knots = np.concatenate([[0] * 3, np.linspace(0, 1, count - 2), [1] * 3])
    x = np.linspace(0, 1, positions)

    def share(distance, width):
        return np.zeros_like(distance) if width == 0 else distance / width

    splines = [(knots[i] <= x) & (x < knots[i + 1]) for i in range(len(knots) - 1)]
    splines[len(knots) - 5] |= x == 1  # the last interval is closed
    for degree in (1, 2, 3):
        splines = [
            share(x - knots[i], knots[i + degree] - knots[i]) * splines[i]
            + share(knots[i + degree + 1] - x, knots[i + degree + 1] - knots[i + 1]) * splines[i + 1]
            for i in range(len(splines) - 1)
        ]
    np.testing.assert_allclose(spline_basis(positions, count), np.transpose(splines), atol=1e-6)


def test_deepbind_gives_the_larger_output_of_its_network_on_both_strands():
    model = registry.build("DeepBind", 60, 3, **toy_models.SMALL["DeepBind"])
    windows = np.eye(4, dtype=np.float32)[np.random.default_rng(1).integers(0, 4, (30, 60))]
    network = strand_network(model)
    assert network is not model
    forward, reverse = (network.predict(strand, verbose=0) for strand in (windows, windows[:, ::-1, ::-1].copy()))
    assert not np.allclose(forward, reverse)
    found = model.predict(windows, verbose=0)
    np.testing.assert_allclose(found, np.maximum(forward, reverse), atol=1e-6)
    np.testing.assert_allclose(model.predict(windows[:, ::-1, ::-1].copy(), verbose=0), found, atol=1e-6)
    assert parameters_of(model) == parameters_of(network)


def test_attention_has_one_query_per_target():
    """DeepATT's layers by hand, in NumPy, from the output of the LSTM on."""
    from scipy.special import expit, softmax

    heads, size, targets = 2, 3, 4
    model = registry.build("DeepATT", 60, targets, **toy_models.SMALL["DeepATT"])
    layer = model.get_layer("target_attention")
    layer.bias.assign(np.random.default_rng(2).normal(size=heads * size))
    windows = np.eye(4, dtype=np.float32)[np.random.default_rng(1).integers(0, 4, (5, 60))]
    x = keras.Model(model.inputs, layer.input).predict(windows, verbose=0)
    weights = {part: [np.array(w) for w in getattr(layer, part).get_weights()] for part in ("keys", "values", "joined")}
    queries = np.eye(targets) @ np.array(layer.queries) + np.array(layer.bias)
    parts = []
    for head in range(heads):
        units = slice(head * size, (head + 1) * size)
        keys, values = ((x @ weights[part][0] + weights[part][1])[..., units] for part in ("keys", "values"))
        attention = softmax(queries[:, units] @ keys.transpose(0, 2, 1) / np.sqrt(size), axis=2)
        parts.append(attention @ values)
    mixed = np.concatenate(parts, axis=2) @ weights["joined"][0] + weights["joined"][1]
    hidden, last = (one.get_weights() for one in model.layers if isinstance(one, keras.layers.Dense))
    logits = (np.maximum(mixed @ hidden[0] + hidden[1], 0) @ last[0] + last[1])[..., 0]
    np.testing.assert_allclose(model.predict(windows, verbose=0), expit(logits), atol=1e-5)


def test_every_architecture_has_small_sizes_for_the_tests():
    assert list(toy_models.SMALL) == list(registry.ARCHITECTURES)
    for architecture, sizes in toy_models.SMALL.items():
        whole = {name: value for name, value in registry.default_sizes(architecture).items() if type(value) is int}
        assert set(whole) <= set(sizes), architecture
        assert not {name for name in whole if whole[name] == sizes[name]}, architecture


@pytest.mark.parametrize("architecture", registry.ARCHITECTURES)
def test_every_size_can_be_changed(architecture):
    sizes = toy_models.SMALL[architecture]
    model = registry.build(architecture, 60, 3, **sizes)
    assert model(np.zeros((2, 60, 4))).shape == (2, 3)
    kernel = strand_network(model).get_layer(FIRST_CONVOLUTION).kernel
    assert kernel.shape == (sizes["kernel"], 4, sizes["filters"])


@pytest.mark.parametrize("architecture", registry.ARCHITECTURES)
def test_every_hyperparameter_is_explained(architecture):
    settings = registry.hyperparameters(architecture)
    assert set(settings) == set(registry._module(architecture).SIZES)
    assert all(setting.help and not setting.help.endswith(".") for setting in settings.values())
    assert re.search(r"^\w.+\. .+, 20\d\d\.$", registry.description(architecture))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (("DeepSEA", 1000, 2, {"kernel": 0}), "kernel must be a whole number above 0, not 0"),
        (("BPNet", 1000, 2, {"padding": "valid"}), "too short for these kernels and pools"),
        (("DeepMotif-CNN", 20, 2, {}), "too short for these kernels and pools"),
        (("Sei", 12, 2, {"kernel": 3}), "too short for these kernels and pools"),
        (("Sei", 100, 2, {"splines": 3}), "Sei: splines must be at least 4, not 3"),
        (("FIDDLE", 500, 2, {}), "FIDDLE is no architecture here: it reads several tracks.*a profile.*docs/models.md"),
        (("basenji", 1000, 2, {}), "Basenji is no architecture here: it predicts counts in bins"),
        (("ChromBPNet", 1000, 2, {}), "ChromBPNet is no architecture here"),
        (("DeepMotif-RNN", 1000, 2, {}), "DeepMotif-RNN is no architecture here: it has no convolution"),
        (("Danq", 1000, 2, {}), "unknown architecture 'Danq'; there are DanQ, DeepSEA"),
        (("DanQ", 1000, 2, {"layers": 3}), "no hyperparameter 'layers'.*filters, kernel"),
        (("DanQ", 20, 2, {}), r"window \(20 bp\) is smaller than the first convolution's kernel \(26 bp\)"),
        (("Basset", 100, 2, {}), "too short for these kernels and pools"),
        (("DeepSEA", 60, 2, {}), "too short for these kernels and pools"),
    ],
)
def test_a_model_that_cannot_be_built_is_an_error(call, says):
    architecture, window, targets, sizes = call
    with pytest.raises(UserError, match=says):
        registry.build(architecture, window, targets, **sizes)
