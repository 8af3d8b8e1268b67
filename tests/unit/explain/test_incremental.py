"""Incremental mutagenesis, compared with predicting each mutant alone, by all architectures and odd networks."""

import logging

import keras
import numpy as np
import pytest
from keras import layers
from scipy.special import logit
from toy_models import SMALL, HandMade

from danq.data import onehot
from danq.errors import UserError
from danq.explain.incremental import Incremental, incremental
from danq.explain.methods import each_mutant, mutagenesis
from danq.explain.network import Unsupported
from danq.explain.reach import Reach
from danq.models import registry
from danq.runtime.gradients import Logits

LENGTH, TARGETS = 60, 3
WHOLE = ["DanQ", "DanQ-JASPAR", "DeepBind", "DeepMotif-CNN-RNN", "DeepCpG-CnnRnn01", "TBiNet", "DeepATT", "Sei"]
COLUMNS = np.array([[0, 1, 2], [1, 1, 0]])  # of two targets of each of three windows


@pytest.fixture
def eagerly():
    """Without compiling programs, which takes longer than running them once."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def with_weights(model, seed=0):
    """Random weights, those of the normalisation included, for logits of about -3 to 3."""
    draw = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            n = layer.gamma.shape[0]
            low, high = draw.normal(0, 0.3, (2, n))
            layer.set_weights([draw.uniform(0.5, 2, n), low, high, draw.uniform(0.5, 2, n)])
    return model


def built(name, seed=0, length=LENGTH, **sizes):
    keras.utils.set_random_seed(seed + 1)
    return with_weights(registry.build(name, length, TARGETS, **SMALL[name] | sizes), seed)


def logits_of(*models, strands="both"):
    ensemble = HandMade(models[0])
    ensemble.models, ensemble.strands, ensemble.architecture = list(models), strands, "hand-made"
    return Logits.of(ensemble)


def random_windows(length=LENGTH, seed=0):
    tensor = np.eye(4, dtype=np.uint8)[np.random.default_rng(seed).integers(0, 4, (3, length))]
    tensor[0, [0, 20]] = tensor[1, -1] = 0  # unknown
    return tensor


def of_each_mutant(logits, tensor):
    """Logits (n, L, 4, T) from the probabilities of each mutant, in float64."""
    n, length, _ = tensor.shape
    mutants = np.repeat(tensor[:, None, None], 4 * length, axis=1).reshape(n, length, 4, length, 4)
    for place in range(length):
        known = tensor[:, place].any(axis=1)
        mutants[known, place, :, place] = np.eye(4)
    mutants = mutants.reshape(-1, length, 4).astype(np.float32)
    strands = [mutants] if logits.strands == "forward" else [mutants, mutants[:, ::-1, ::-1]]
    found = np.mean([np.asarray(model(one), float) for model in logits.models for one in strands], axis=0)
    return logit(found).reshape(n, length, 4, -1)


def check(logits, tensor, columns=COLUMNS):
    """Compare with each mutant to 1e-5 of the largest logit; the mutants must differ by more."""
    expected = np.stack([of_each_mutant(logits, tensor)[np.arange(3), :, :, one] for one in columns])
    found = Incremental(logits).mutants(onehot.pack(tensor), columns)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * max(1, np.abs(expected).max()))
    assert np.ptp(expected, axis=3).max() > 1e-3
    return found


@pytest.mark.parametrize("name", [name for name in SMALL if name not in WHOLE])
def test_it_equals_each_mutant_alone(name, eagerly):
    check(logits_of(built(name)), random_windows())


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_dilated_convolutions_that_reach_most_of_the_window(padding, eagerly):
    check(logits_of(built("BPNet", padding=padding, blocks=2, kernel2=5), strands="forward"), random_windows())


def test_several_checkpoints_of_different_architectures_are_averaged():
    """As programs of the backend, unlike the other tests."""
    logits = logits_of(built("DeepSEA", 1), built("DeepMotif-CNN", 2))
    tensor = random_windows()
    found = check(logits, tensor)
    np.testing.assert_allclose(found, each_mutant(logits, onehot.pack(tensor), COLUMNS), atol=1e-5)
    both, _ = mutagenesis(logits, onehot.pack(tensor), COLUMNS)
    known = tensor.any(axis=2)
    np.testing.assert_allclose(both[:, known], (found - found.mean(axis=3, keepdims=True))[:, known], atol=1e-6)
    assert (both[:, ~known] == 0).all()


def odd_network(length, padding, pool, end):
    """Strides, dilation, branches that reach different stretches, and all kinds of pools."""
    window = keras.Input((length, 4))
    x = layers.Conv1D(6, 5, strides=2, padding=padding, name="first_convolution")(window)
    x = layers.ELU()(layers.BatchNormalization()(x))
    x = layers.MaxPooling1D(3, strides=2, padding=padding)(x)
    gate = layers.Conv1D(6, 3, dilation_rate=2, padding="same", activation="sigmoid")(x)
    x = layers.Multiply()([layers.Dense(6, activation="tanh")(x), layers.Dropout(0.5)(gate)])
    x = layers.Concatenate()([x, layers.Maximum()([x, gate])])
    more = layers.Conv1D(12, 2, padding="same", use_bias=False)(x)
    x = layers.Add()([layers.Cropping1D((1, 2))(x), layers.Cropping1D((2, 1))(more)])
    x = layers.AveragePooling1D(pool, padding=padding)(x)
    if end == "global":
        x = layers.Concatenate()([layers.GlobalMaxPooling1D()(x), layers.GlobalAveragePooling1D()(x)])
        x = layers.Dense(5, use_bias=False, activation="relu")(x)
    else:
        x = layers.Flatten()(layers.Dropout(0.5)(x))
        x = layers.Concatenate()([layers.Dense(4, activation="gelu")(x), layers.Dense(3)(x)]) if end == "two" else x
    if end == "activation":
        return with_weights(keras.Model(window, layers.Activation("sigmoid")(layers.Dense(TARGETS)(x))))
    return with_weights(keras.Model(window, layers.Dense(TARGETS, activation="sigmoid")(x)))


@pytest.mark.parametrize(
    ("length", "padding", "pool", "end"),
    [(61, "same", 2, "global"), (64, "valid", 3, "flat"), (63, "same", 3, "two"), (62, "valid", 2, "activation")],
)
def test_odd_networks(length, padding, pool, end, eagerly):
    keras.utils.set_random_seed(4)
    check(logits_of(odd_network(length, padding, pool, end)), random_windows(length))


@pytest.mark.parametrize(
    ("extent", "stride", "left"), [(1, 1, 0), (5, 1, 2), (4, 3, 1), (3, 3, 0), (2, 5, 0), (1, 1, -2)]
)
def test_a_stretch_holds_all_outputs_that_read_a_change(extent, stride, left):
    given = Reach.of_window(40).through(6, 2, 1, 19)  # stretches of three positions
    length = (given.length + 2 * left - extent) // stride + 1
    out = given.through(extent, stride, left, length)
    widest = 0
    for first, start in zip(given.starts, out.starts, strict=True):
        changed = range(first, first + given.width)
        reads = [any(j * stride - left <= i < j * stride - left + extent for i in changed) for j in range(length)]
        touched = np.flatnonzero(reads)
        assert 0 <= start <= length - out.width
        assert all(start <= j < start + out.width for j in touched)
        widest = max(widest, np.ptp(touched) + 1 if len(touched) else 1)
    assert out.width == widest


@pytest.mark.parametrize(
    ("name", "layer"), [("DanQ", "Bidirectional"), ("DeepBind", "Functional"), ("Sei", "SplineSums")]
)
def test_other_models_are_predicted_as_a_whole(name, layer, caplog):
    logits = logits_of(built("Basset"), built(name))
    with pytest.raises(Unsupported):
        Incremental(logits)
    with caplog.at_level(logging.INFO):
        assert incremental(logits) is None
        assert incremental(logits) is None
    (line,) = (record.getMessage() for record in caplog.records if "as a whole" in record.getMessage())
    assert line.startswith("hand-made: every mutant is predicted as a whole because of its layer ")
    assert line.endswith(f"({layer})")


def test_a_broken_model_is_an_error(eagerly):
    model = built("DeepMotif-CNN")
    model.layers[-1].set_weights([np.full(weight.shape, np.nan) for weight in model.layers[-1].get_weights()])
    with pytest.raises(UserError, match="hand-made: predicts values that are not numbers"):
        mutagenesis(logits_of(model), onehot.pack(random_windows()), COLUMNS)
