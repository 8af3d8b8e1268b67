"""The methods of attribution, compared with finite differences, a loop and the weights of a linear model."""

import numpy as np
import pytest
from scipy.special import logit
from toy_models import HandMade, linear_model

from danq.data import onehot
from danq.data.windows import Windows
from danq.explain.methods import METHODS, gradient, integrated_gradients, mutagenesis
from danq.runtime.ensembles import Ensemble
from danq.runtime.gradients import Logits

COLUMNS = np.array([[0, 1, 2], [1, 1, 0]])  # of two targets of each of three windows


def random_windows(n, length, seed=0):
    tensor = np.eye(4, dtype=np.uint8)[np.random.default_rng(seed).integers(0, 4, (n, length))]
    return tensor, onehot.pack(tensor)


def mean_logit(ensemble, tensor):
    """Logits by an independent path: probabilities of both strands in float64."""
    probabilities = [
        np.mean([model.predict(np.asarray(one, np.float32), verbose=0) for one in (tensor, tensor[:, ::-1, ::-1])], 0)
        for model in ensemble.models
    ]
    return logit(np.mean(probabilities, axis=0, dtype=float))


@pytest.fixture(scope="module")
def both(trained):
    return Logits.of(Ensemble([trained, trained]))


def test_the_logit_is_that_of_the_prediction(both):
    tensor, _ = random_windows(5, 60)
    np.testing.assert_allclose(both.gradients(tensor, np.zeros((1, 5), int))[0], mean_logit(both, tensor), atol=1e-4)


def test_gradients_are_finite_differences(both):
    tensor, packed = random_windows(3, 60)
    _, found = both.gradients(tensor, COLUMNS)
    corrected, _ = gradient(both, packed, COLUMNS)
    np.testing.assert_allclose(corrected, found - found.mean(axis=3, keepdims=True), atol=1e-6)
    step = np.random.default_rng(1).normal(size=(3, 60, 4)).astype(np.float32)
    small = 1e-3
    up, down = (both.gradients(tensor + sign * small * step, COLUMNS)[0] for sign in (1, -1))
    expected = (up - down) / (2 * small)
    for number, columns in enumerate(COLUMNS):
        along = (found[number] * step).sum(axis=(1, 2))
        np.testing.assert_allclose(along, expected[np.arange(3), columns], rtol=0.05, atol=0.02)


def test_mutagenesis_is_a_loop_over_mutants(both):
    tensor, packed = random_windows(3, 60)
    found, _ = mutagenesis(both, packed, COLUMNS)
    for place in (0, 27, 59):
        logits = []
        for base in range(4):
            changed = tensor.copy()
            changed[:, place] = np.eye(4)[base]
            logits.append(mean_logit(both, changed))
        logits = np.stack(logits, axis=1)
        centred = logits - logits.mean(axis=1, keepdims=True)
        for number, columns in enumerate(COLUMNS):
            np.testing.assert_allclose(found[number, :, place], centred[np.arange(3), :, columns], atol=1e-3)


def test_integrated_gradients_are_complete(both, data):
    packed = Windows(data / "test.h5").packed(slice(0, 6))
    columns = np.zeros((1, 6), int)
    found, errors = integrated_gradients(both, packed, columns)
    assert found.shape == (1, 6, 60, 4)
    assert errors.max() <= 0.01


def test_a_linear_model_gives_its_weights():
    weights = np.random.default_rng(3).normal(0, 0.4, (12, 4, 2))
    centred = (weights - weights.mean(axis=1, keepdims=True)).transpose(2, 0, 1)
    logits = Logits.of(HandMade(linear_model(weights)))
    _, packed = random_windows(4, 12)
    columns = np.array([[0] * 4, [1] * 4])
    for method in (mutagenesis, gradient):
        found, _ = method(logits, packed, columns)
        np.testing.assert_allclose(found, np.repeat(centred[:, None], 4, axis=1), atol=1e-4)
    found, errors = integrated_gradients(logits, packed, columns, references=3, steps=2)
    np.testing.assert_allclose(found - found.mean(axis=3, keepdims=True), np.repeat(centred[:, None], 4, 1), atol=1e-4)
    assert errors.max() < 1e-4


@pytest.mark.parametrize("method", ["mutagenesis", "gradient"])
def test_reverse_complements_have_mirrored_maps(both, method):
    _, packed = random_windows(3, 60)
    found, _ = METHODS[method](both, packed, COLUMNS)
    turned, _ = METHODS[method](both, onehot.reverse_complement(packed, 60), COLUMNS)
    np.testing.assert_allclose(turned[:, :, ::-1, ::-1], found, atol=1e-4)
