"""Imported Keras weights of 2015: predictions agree with the network of 2015, written in NumPy."""

import subprocess
import sys

import h5py
import numpy as np
import pytest
from project import SCRIPTS

from danq.errors import UserError
from danq.published.old_weights import build_from_old_weights
from danq.runtime import checkpoint

WINDOW, FILTERS, WIDTH, POOL, UNITS, DENSE, TARGETS = 60, 5, 7, 4, 3, 6, 4
STEPS = (WINDOW - WIDTH + 1) // POOL


def old_file(path, dense_inputs=2 * UNITS * STEPS, drop=None):
    """Write random weights in the old layout, which also lists layers without parameters."""
    draw = np.random.default_rng(0)

    def some(*shape):
        return draw.normal(0, 0.7, shape).astype(np.float32)

    gates = [array for _ in "icfo" for array in (some(FILTERS, UNITS), some(UNITS, UNITS), some(UNITS))]
    gates += [array for _ in "icfo" for array in (some(FILTERS, UNITS), some(UNITS, UNITS), some(UNITS))]
    layers = [[some(FILTERS, 4, WIDTH, 1), some(FILTERS)], [], [], gates, [], []]
    layers += [[some(dense_inputs, DENSE), some(DENSE)], [], [some(DENSE, TARGETS), some(TARGETS)], []]
    layers = [layer for i, layer in enumerate(layers) if i != drop]
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = len(layers)
        for k, layer in enumerate(layers):
            group = file.create_group(f"layer_{k}")
            group.attrs["nb_params"] = len(layer)
            for n, array in enumerate(layer):
                group[f"param_{n}"] = array
    return [layer for layer in layers if layer]


def hard_sigmoid(x):
    return np.clip(0.2 * x + 0.5, 0, 1)


def lstm_of_2015(x, weights):
    """Steps (T, inputs) to outputs (T, units)."""
    (wi, ui, bi), (wc, uc, bc), (wf, uf, bf), (wo, uo, bo) = (weights[i : i + 3] for i in (0, 3, 6, 9))
    h = c = np.zeros(UNITS)
    out = []
    for step in x:
        i, f = hard_sigmoid(step @ wi + bi + h @ ui), hard_sigmoid(step @ wf + bf + h @ uf)
        c = f * c + i * np.tanh(step @ wc + bc + h @ uc)
        h = hard_sigmoid(step @ wo + bo + h @ uo) * np.tanh(c)
        out.append(h)
    return np.array(out)


def danq_of_2015(window, layers):
    """One window (WINDOW, 4), channels A, G, C, T, to probabilities (TARGETS,)."""
    (kernel, bias), gates, (w1, b1), (w2, b2) = layers
    places = WINDOW - WIDTH + 1
    convolved = np.zeros((places, FILTERS))
    for t in range(places):
        for k in range(WIDTH):  # a mathematical convolution: the kernel is flipped
            convolved[t] += kernel[:, :, k, 0] @ window[t + WIDTH - 1 - k]
    active = np.maximum(convolved + bias, 0)
    pooled = active[: STEPS * POOL].reshape(STEPS, POOL, FILTERS).max(axis=1)
    forward, backward = lstm_of_2015(pooled, gates[:12]), lstm_of_2015(pooled[::-1], gates[12:])[::-1]
    hidden = np.maximum(np.concatenate([forward, backward], axis=1).reshape(-1) @ w1 + b1, 0)
    return 1 / (1 + np.exp(-(hidden @ w2 + b2)))


def test_imported_weights_give_the_predictions_of_the_old_network(tmp_path):
    layers = old_file(tmp_path / "old.hdf5")
    model, sizes = build_from_old_weights(tmp_path / "old.hdf5", WINDOW, pool=POOL)
    assert (sizes["filters"], sizes["kernel"], sizes["lstm"], sizes["dense"]) == (FILTERS, WIDTH, UNITS, DENSE)
    codes = np.random.default_rng(1).integers(0, 4, (8, WINDOW))  # A, C, G, T
    windows = np.eye(4, dtype=np.float32)[codes]
    expected = [danq_of_2015(window[:, [0, 2, 1, 3]], layers) for window in windows]
    np.testing.assert_allclose(model.predict(windows, verbose=0), expected, atol=1e-5)
    assert np.ptp(expected, axis=0).min() > 0.01  # predictions depend on the window


def test_the_program_makes_a_checkpoint_that_predicts_the_same(tmp_path):
    old_file(tmp_path / "old.hdf5")
    words = [tmp_path / "old.hdf5", "-o", tmp_path / "a.weights.h5", "--window", WINDOW, "--pool", POOL]
    subprocess.run([sys.executable, SCRIPTS / "import_weights.py", *map(str, words)], check=True)
    again, blueprint = checkpoint.load(tmp_path / "a.weights.h5")
    model, _ = build_from_old_weights(tmp_path / "old.hdf5", WINDOW, pool=POOL)
    windows = np.random.default_rng(2).random((3, WINDOW, 4)).astype(np.float32)
    np.testing.assert_array_equal(again.predict(windows, verbose=0), model.predict(windows, verbose=0))
    assert blueprint.sizes["gates"] == "hard_sigmoid"
    assert len(blueprint.targets) == TARGETS


def test_a_file_that_is_not_an_old_danq_is_an_error(tmp_path):
    old_file(tmp_path / "a.hdf5", drop=6)
    with pytest.raises(UserError, match="it is another network"):
        build_from_old_weights(tmp_path / "a.hdf5", WINDOW, pool=POOL)
    old_file(tmp_path / "b.hdf5", dense_inputs=7)
    with pytest.raises(UserError, match="do not fit windows of 60 bp and pools of 4"):
        build_from_old_weights(tmp_path / "b.hdf5", WINDOW, pool=POOL)
    with h5py.File(tmp_path / "c.hdf5", "w") as file:
        file["x"] = 1
    with pytest.raises(UserError, match="file of Keras 0.x weights is cut short or damaged"):
        build_from_old_weights(tmp_path / "c.hdf5")
