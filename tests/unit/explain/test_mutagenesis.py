"""Saturation mutagenesis, compared with a loop over one-hot tensors and with the weights of a linear model."""

import numpy as np
import pytest
from toy_models import HandMade, linear_model

from danq.data import onehot
from danq.data.sources import PackedArray
from danq.errors import UserError
from danq.explain.mutagenesis import bases_of, importance, mutated, present
from danq.explain.mutants import Mutants
from danq.runtime import checkpoint, ensembles
from danq.runtime.ensembles import Ensemble


def windows(n, length, seed=0, unknown=0.1):
    """Random windows with some unknown bases, one-hot uint8 (n, length, 4), and the same as a source."""
    draw = np.random.default_rng(seed)
    tensor = np.eye(4, dtype=np.uint8)[draw.integers(0, 4, (n, length))]
    tensor[draw.random((n, length)) < unknown] = 0
    return tensor, PackedArray(onehot.pack(tensor), length)


def with_base(tensor, place, base):
    changed = tensor.copy()
    changed[place] = np.eye(4)[base]
    return changed


@pytest.mark.parametrize(("length", "begin", "end"), [(7, 0, None), (8, 0, 8), (9, 3, 8), (6, 5, 6)])
def test_mutants_are_the_windows_and_all_their_substitutions(length, begin, end):
    tensor, source = windows(5, length)
    mutants = Mutants(source, begin, end)
    expected = []
    for window in tensor:
        expected.append(window)
        for place in range(begin, length if end is None else end):
            own = np.flatnonzero(window[place])
            others = [(own[0] + turn) % 4 for turn in (1, 2, 3)] if len(own) else []
            expected += [with_base(window, place, base) for base in others] or [window] * 3
    np.testing.assert_array_equal(mutants.onehot(slice(0, len(mutants))), expected)
    some = np.random.default_rng(1).permutation(len(mutants))[:9]
    np.testing.assert_array_equal(mutants.onehot(some), np.array(expected)[some])
    turned = mutants.onehot(some, np.ones(len(some), bool))
    np.testing.assert_array_equal(turned, np.array(expected)[some, ::-1, ::-1])


def test_a_stretch_lies_within_the_window():
    for begin, end in ((0, 9), (4, 4), (-1, 3)):
        with pytest.raises(ValueError, match="is not a stretch of windows of 8 bp"):
            Mutants(windows(1, 8)[1], begin, end)


@pytest.mark.parametrize("chunk", [40, 1 << 14])
def test_predictions_are_those_of_each_mutant_alone(trained, monkeypatch, chunk):
    """Whether a chunk of 40 ends within a window of 31 sequences, or all windows fit into one."""
    monkeypatch.setattr(ensembles, "CHUNK", chunk)
    tensor, source = windows(4, 60)
    begin, end = 22, 32
    model, _ = checkpoint.load(trained)
    sequences = [
        with_base(window, place, base) if window[place].any() else window
        for window in tensor
        for place in range(begin, end)
        for base in range(4)
    ]
    both = np.array([*sequences, *(sequence[::-1, ::-1] for sequence in sequences)], np.float32)
    expected = model.predict(both, verbose=0).reshape(2, 4, end - begin, 4, 3).mean(axis=0)

    ensemble = Ensemble([trained])
    found = list(mutated(ensemble, source, begin, end))
    assert [rows.start for rows, _ in found] == [0, *(rows.stop for rows, _ in found[:-1])]
    values = np.concatenate([values for _, values in found])
    assert values.dtype == np.float32
    np.testing.assert_allclose(values, expected, atol=1e-6)
    assert expected.std(axis=2).max() > 0.01  # the bases matter

    own = present(values, bases_of(source, slice(0, 4), begin, end))
    alone = np.concatenate([one for _, one in ensemble.means(source)])
    np.testing.assert_allclose(own, np.repeat(alone[:, None], end - begin, axis=1), atol=1e-6)

    chosen = np.concatenate([one for _, one in mutated(ensemble, source, begin, end, columns=[2, 0])])
    np.testing.assert_array_equal(chosen, values[..., [2, 0]])


def test_importance_gives_the_weights_of_a_linear_model():
    tensor, source = windows(6, 12, unknown=0.2)
    weights = np.random.default_rng(3).normal(0, 0.4, (12, 4, 2))
    centred = weights - weights.mean(axis=1, keepdims=True)
    (rows, found), *others = mutated(HandMade(linear_model(weights)), source)
    assert (rows, others) == (slice(0, 6), [])
    scores = importance(found, bases_of(source, rows))
    expected = np.einsum("nlb,lbt->nlt", tensor, centred) * 4 / 3  # the mean over all four bases is 3/4 of it
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    assert (tensor.sum(axis=2) == 0).any()


def test_certain_predictions_have_finite_importance():
    _, source = windows(1, 4)
    (rows, found), *_ = mutated(HandMade(linear_model(np.full((4, 4, 1), 30.0))), source)
    assert np.isfinite(importance(found, bases_of(source, rows))).all()


def test_a_broken_model_is_an_error():
    with pytest.raises(UserError, match="hand-made: predicts values that are not numbers"):
        list(mutated(HandMade(linear_model(np.full((4, 4, 1), np.nan))), windows(1, 4)[1]))
