"""The importance of settings, where the truth is known."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance

from danq.search.importance import encoded, importance
from danq.search.sampler import trials
from danq.search.space import space_of

SPACE = {
    "learning_rate": [1e-12, 1e-3, 2e-3],
    "sizes.filters": {"integers": [8, 64], "log": True},
    "sizes.dropout": {"uniform": [0.0, 0.5]},
    "strands": ["both", "random", "none"],
}


@pytest.fixture(scope="module")
def space():
    return space_of("DanQ", SPACE)


@pytest.fixture(scope="module")
def settings(space):
    return list(trials(space, 40).values())


def test_the_setting_that_decides_has_the_importance(space, settings):
    noise = np.random.default_rng(0).normal(0, 0.02, len(settings))
    scores = np.array([0.7 if row["learning_rate"] < 1e-6 else 0.5 for row in settings]) + noise
    table = importance(space, settings, scores)
    assert table["setting"][0] == "learning_rate"
    assert table["importance"][0] > 5 * table["importance"][1]
    assert table["explained"][0] > 0.3


def test_noise_has_no_importance(space, settings):
    scores = np.random.default_rng(1).random(len(settings))
    table = importance(space, settings, scores)
    assert table["explained"][0] < 0.2
    assert table["importance"].max() < 0.3


def test_trials_that_diverged_count_as_the_worst(space, settings):
    scores = np.random.default_rng(2).random(len(settings))
    scores[[row["strands"] == "none" for row in settings]] = np.nan
    table = importance(space, settings, scores)
    assert table["setting"][0] == "strands"
    assert np.isfinite(table["importance"]).all()


def test_the_order_is_that_of_scikit_learn(space, settings):
    """On a sum of two settings with unequal shares, as its own forest with its own permutations finds it."""
    rows = [(np.log(row["sizes.filters"]) / np.log(64), row["sizes.dropout"]) for row in settings]
    scores = np.array([2 * filters + dropout for filters, dropout in rows])
    columns, groups = encoded(space, settings)
    forest = RandomForestRegressor(300, random_state=0).fit(columns, scores)
    theirs = permutation_importance(forest, columns, scores, n_repeats=10, random_state=0).importances_mean
    totals = {one.name: theirs[group].sum() for one, group in zip(space, groups, strict=True)}
    table = importance(space, settings, scores)
    assert table["setting"].tolist()[:2] == sorted(totals, key=totals.get, reverse=True)[:2]


def test_few_trials_have_no_importance(space, settings):
    assert importance(space, settings[:5], np.arange(5.0))["importance"].isna().all()
