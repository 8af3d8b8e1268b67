"""Known motifs as a start, and the published DeepSEA recipe, compared with the papers and with NumPy."""

import keras
import numpy as np
import pytest
import toy_models
import yaml
from project import PROJECT

from danq.errors import UserError
from danq.models import registry
from danq.models.contract import FIRST_CONVOLUTION, strand_network
from danq.motifs.jaspar import core_matrices
from danq.training.first_filters import most_informative, start_from_motifs
from danq.training.objective import make_optimizer
from danq.training.recipe import Recipe


def consensus_window(counts, length, place):
    window = np.full((length, 4), 0.25, np.float32)
    window[place : place + len(counts)] = np.eye(4)[counts.argmax(axis=1)]
    return window


def test_jaspar_2016_has_the_519_vertebrate_motifs_of_the_paper():
    matrices = core_matrices("JASPAR2016", ["vertebrates"])
    assert len(matrices) == 519  # Quang & Xie 2016
    assert matrices["MA0139.1 CTCF"].shape == (19, 4)


def test_each_filter_is_most_active_on_its_motif_and_the_others_stay_random():
    matrices = core_matrices("JASPAR2024", ["fungi"])
    model = registry.build("DanQ", 100, 2, filters=200, kernel=26, lstm=2, dense=2)
    before = model.get_layer(FIRST_CONVOLUTION).get_weights()
    start_from_motifs(model, matrices, seed=1)
    layer = model.get_layer(FIRST_CONVOLUTION)
    kernel, bias = layer.get_weights()
    n = len(matrices)
    np.testing.assert_array_equal(kernel[:, :, n:], before[0][:, :, n:])
    assert ((bias[:n] < 0) & (bias[:n] > -1)).all()
    scan = keras.Model(model.inputs, layer.output)
    for i, counts in list(enumerate(matrices.values()))[::20]:
        probabilities = counts / counts.sum(axis=1, keepdims=True)
        activation = scan.predict(consensus_window(counts, 100, 50)[None], verbose=0)[0, :, i]
        best = (probabilities.max(axis=1) - 0.25).sum() + bias[i]  # from the motif; the random positions add little
        assert activation.max() == pytest.approx(max(best, 0), abs=0.3)
        offset = 50 - int(activation.argmax())
        assert 0 <= offset <= 26 - len(counts)


def test_wide_motifs_are_cut_and_surplus_motifs_are_left_out():
    counts = np.array([[5, 5, 5, 5]] * 3 + [[20, 0, 0, 0]] * 4 + [[5, 5, 5, 5]] * 2, float)
    assert most_informative(counts / 20, 4).tolist() == [[1, 0, 0, 0]] * 4
    model = registry.build("DanQ", 60, 2, filters=3, kernel=4, lstm=2, dense=2)
    start_from_motifs(model, {str(i): counts for i in range(9)}, seed=1, scale=0.1)
    kernel = model.get_layer(FIRST_CONVOLUTION).get_weights()[0]
    np.testing.assert_allclose(kernel[:, 0], 0.075, rtol=1e-6)


@pytest.mark.parametrize("architecture", registry.ARCHITECTURES)
def test_every_architecture_can_start_from_motifs(architecture):
    """Also without biases (Basenji-Basset, Compact) and with a network inside the model (DeepBind)."""
    model = registry.build(architecture, 60, 2, **toy_models.SMALL[architecture])
    start_from_motifs(model, {"motif": np.array([[0.0, 8, 0, 0]] * 6)}, seed=1)
    kernel, *bias = strand_network(model).get_layer(FIRST_CONVOLUTION).get_weights()
    spelled = kernel[:, :, 0] if len(kernel) == 6 else kernel[1:, :, 0] if kernel[0, 1, 0] != 0.75 else kernel[:6, :, 0]
    np.testing.assert_allclose(spelled, [[-0.25, 0.75, -0.25, -0.25]] * 6)
    assert len(bias) == (architecture not in ("Basenji-Basset", "Compact"))
    assert all(-1 < one[0] < 0 for one in bias)


def test_an_unknown_release_or_taxon_is_an_error():
    with pytest.raises(UserError, match="no JASPAR release 'JASPAR2017'; there are JASPAR2014"):
        core_matrices("JASPAR2017", ["fungi"])
    with pytest.raises(UserError, match="no matrices of mammals; there are fungi"):
        core_matrices("JASPAR2024", ["mammals"])


@pytest.mark.parametrize(
    ("momentum", "dampening", "schedule"),
    [(0.9, 0.9, "inverse"), (0.9, 0.0, "inverse"), (0.9, 0.9, "constant"), (0.0, 0.0, "inverse")],
)
def test_published_sgd_makes_the_steps_of_torch(momentum, dampening, schedule):
    """Torch's rule written out over 200 steps, the first of which is not dampened."""
    settings = {"momentum": momentum, "dampening": dampening, "schedule": schedule, "decay": 0.1, "weight_decay": 0.02}
    optimizer = make_optimizer(Recipe(optimizer="sgd", learning_rate=0.5, **settings), 10)
    variable = keras.Variable(np.array([1.0, -2.0], np.float32))
    optimizer.build([variable])
    w, v = np.array([1.0, -2.0]), None
    for t, gradient in enumerate(np.random.default_rng(0).normal(0, 1, (200, 2)).astype(np.float32)):
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        g = gradient + 0.02 * w
        v = g if v is None else momentum * v + (1 - dampening) * g
        w = w - 0.5 / (1 + 0.1 * t if schedule == "inverse" else 1) * v
        np.testing.assert_allclose(keras.ops.convert_to_numpy(variable), w, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["danq_published", "danq_jaspar"])
def test_published_rmsprop_makes_the_steps_of_keras_in_2015(name):
    """Its epsilon, 1e-6, is within the root: w -= rate g / sqrt(a + 1e-6), a = .9 a + .1 g^2."""
    config = yaml.safe_load((PROJECT / f"config/models/{name}.yaml").read_text())["models"][name]
    optimizer = make_optimizer(Recipe(**{key: value for key, value in config.items() if key != "architecture"}), 10)
    variable = keras.Variable(np.zeros(3, np.float32))
    optimizer.build([variable])
    w, a = np.zeros(3), np.zeros(3)
    for gradient in np.random.default_rng(0).normal(0, [1e-5, 1e-3, 1], (200, 3)).astype(np.float32):
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        a = 0.9 * a + 0.1 * gradient.astype(float) ** 2
        w = w - 0.001 * gradient / np.sqrt(a + 1e-6)
        np.testing.assert_allclose(keras.ops.convert_to_numpy(variable), w, rtol=1e-3, atol=1e-7)


def test_deepsea_has_max_norm_and_l1():
    sizes = {"filters": 4, "filters2": 4, "filters3": 4, "kernel": 4, "kernel2": 4, "kernel3": 4, "dense": 5}
    model = registry.build("DeepSEA", 120, 3, **sizes, l1=0.01, max_norm=0.9)
    constrained = [layer for layer in model.layers if getattr(layer, "kernel_constraint", None)]
    assert len(constrained) == 5
    for layer in constrained:
        kernel = keras.ops.convert_to_numpy(layer.kernel_constraint(100 * layer.kernel))
        norms = np.sqrt((kernel**2).reshape(-1, kernel.shape[-1]).sum(axis=0))  # per filter or unit
        np.testing.assert_allclose(norms, 0.9, rtol=1e-3)
    windows = np.random.default_rng(0).random((6, 120, 4)).astype(np.float32)
    hidden = keras.Model(model.inputs, constrained[3].output).predict(windows, verbose=0)
    model(windows)
    assert float(sum(model.losses)) == pytest.approx(0.01 * hidden.sum() / 6, rel=1e-4)
    assert not registry.build("DeepSEA", 120, 3, **sizes).losses


def test_settings_of_sgd_without_sgd_are_an_error():
    with pytest.raises(UserError, match="weight_decay is for sgd and adamw, not for adam"):
        Recipe(weight_decay=1e-6)
    with pytest.raises(UserError, match="dampening is for sgd, not for rmsprop"):
        Recipe(optimizer="rmsprop", dampening=0.9)
