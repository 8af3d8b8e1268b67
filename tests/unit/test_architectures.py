"""Every architecture through all stages at toy size: train, resume, save, load, predict, motifs, mutants, variants."""

import shutil

import keras
import numpy as np
import pytest
from toy_models import SMALL

from danq.data.sources import PackedArray
from danq.data.windows import Windows
from danq.explain.mutagenesis import mutated
from danq.models import contract, registry
from danq.motifs.scan import chosen_samples, scanned
from danq.runtime import checkpoint
from danq.runtime.ensembles import Ensemble
from danq.training.recipe import Recipe
from danq.training.state import StateFile
from danq.training.train import train

WINDOWS = 8  # that are scanned and mutated
STRETCH = (28, 31)


@pytest.fixture(scope="module", params=SMALL)
def case(request, data, tmp_path_factory):
    """The architecture, its folder with model.weights.h5 of two epochs, and the state after the first epoch."""
    folder = tmp_path_factory.mktemp("zoo")
    saved = StateFile.save

    def save_and_keep(self, progress):
        saved(self, progress)
        if len(progress.history) == 1 and not progress.part:
            shutil.copy(self.path, folder / "first.state.h5")

    options = {"batch_size": 100, "learning_rate": 0.01, "strands": "none", "xla": "never"}
    recipe = Recipe(request.param, SMALL[request.param], epochs=2, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StateFile, "save", save_and_keep)
        history = train(data, recipe, folder / "model.weights.h5")
    return recipe, folder, history


@pytest.fixture(scope="module")
def loaded(case):
    """The model and its ensemble on the forward strand."""
    ensemble = Ensemble([case[1] / "model.weights.h5"], "forward")
    return ensemble.models[0], ensemble


@pytest.fixture(scope="module")
def source(data):
    return PackedArray(Windows(data / "test.h5").packed(np.arange(WINDOWS)), 60)


def predicted(model, tensor):
    """Probabilities (n, T) of one-hot windows (n, 60, 4), by the model alone."""
    return np.array(model(keras.ops.convert_to_tensor(np.asarray(tensor, np.float32)), training=False))


def test_the_loss_falls_and_a_resumed_training_ends_like_an_uninterrupted_one(case, data):
    recipe, folder, history = case
    assert history["loss"].iloc[1] < history["loss"].iloc[0]
    shutil.copy(folder / "first.state.h5", folder / "resumed.state.h5")
    resumed = train(data, recipe, folder / "resumed.weights.h5", state_path=folder / "resumed.state.h5")
    np.testing.assert_allclose(resumed[["loss", "val_loss"]], history[["loss", "val_loss"]], rtol=1e-4)
    whole, again = (checkpoint.load(folder / f"{name}.weights.h5")[0].get_weights() for name in ("model", "resumed"))
    for first, second in zip(whole, again, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-3)
    assert '"resumed_after": [\n    1\n  ]' in (folder / "resumed.run.json").read_text()


def test_a_loaded_model_predicts_what_the_saved_one_did(case, loaded, source, tmp_path):
    recipe, folder, _ = case
    before = predicted(loaded[0], source.onehot(slice(None)))
    assert before.shape == (WINDOWS, 3)
    assert before[:, :2].std(axis=0).min() > 0
    blueprint = checkpoint.read_blueprint(folder / "model.weights.h5")
    assert blueprint.architecture == recipe.architecture
    assert blueprint.sizes == registry.default_sizes(recipe.architecture) | recipe.sizes
    checkpoint.save(tmp_path / "again.weights.h5", loaded[0], blueprint)
    again, _ = checkpoint.load(tmp_path / "again.weights.h5")
    np.testing.assert_array_equal(predicted(again, source.onehot(slice(None))), before)


def test_sites_are_where_the_filters_are_highest(loaded, source, tmp_path):
    """The first layer by hand: each window's highest output of each filter, on both strands."""
    model, _ = loaded
    network, layer = contract.strand_network(model), contract.first_layer(model)
    windows = source.onehot(slice(None))
    tensor = np.concatenate([windows, windows[:, ::-1, ::-1]])
    kernel, *bias = network.get_layer("first_convolution").get_weights()
    right = layer.width - 1 - layer.left if network.get_layer("first_convolution").padding == "same" else 0
    padded = np.pad(tensor, ((0, 0), (layer.left, right), (0, 0)))
    positions = padded.shape[1] - layer.width + 1
    values = np.stack([np.tensordot(padded[:, i : i + layer.width], kernel, 2) for i in range(positions)], axis=1)
    values = values + (bias[0] if bias else 0)
    values = behind(network, values)
    with scanned(model, source, chosen_samples(source, None, "both"), threshold=0.5, folder=tmp_path) as sites:
        np.testing.assert_allclose(sites.highest, np.maximum(values.max(axis=(0, 1)), 0), rtol=1e-4, atol=1e-5)
        for f in range(layer.filters):
            best, place = values[:, :, f].max(axis=1), values[:, :, f].argmax(axis=1) - layer.left
            found = {(int(one["sample"]), int(one["position"])) for part in sites.of(f) for one in part}
            clear = np.abs(best - 0.5 * sites.highest[f]) > 1e-4  # not at the threshold
            expected = {(int(n), int(place[n])) for n in np.flatnonzero(clear & (best > 0.5 * sites.highest[f]))}
            assert {one for one in found if clear[one[0]]} == (expected if sites.highest[f] > 0 else set())
        assert sum(sites.count(f) for f in range(layer.filters)) > 0


def behind(network, values):
    """What the layers up to the first activation make of the convolution's outputs."""
    convolution = network.get_layer("first_convolution")
    if "first_activation" not in {layer.name for layer in network.layers}:
        return np.maximum(values, 0) if convolution.activation is keras.activations.relu else values
    normalisation = next(layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization))
    gamma, beta, mean, variance = normalisation.get_weights()
    values = gamma * (values - mean) / np.sqrt(variance + normalisation.epsilon) + beta
    return np.array(network.get_layer("first_activation")(values.astype(np.float32)))


def test_windows_and_their_mutants_are_predicted_as_each_by_itself(loaded, source):
    """Of each position, one base is the window's own. Variants take the same way through the ensemble."""
    model, ensemble = loaded
    begin, end = STRETCH
    windows = source.onehot(slice(None))
    for rows, found in mutated(ensemble, source, begin, end):
        for j, place in enumerate(range(begin, end)):
            for base in range(4):
                changed = windows[rows].copy()
                changed[:, place] = np.eye(4)[base]
                np.testing.assert_allclose(found[:, j, base], predicted(model, changed), atol=1e-5)
