"""The trials of a search: ranges, distributions, and the same trials whatever their number."""

import itertools

import numpy as np
import pytest
from scipy import stats

from danq.errors import UserError
from danq.search.sampler import SAMPLERS, trials
from danq.search.space import space_of

SPACE = {
    "learning_rate": {"log_uniform": [1e-4, 1e-1]},
    "sizes.dropout": {"uniform": [0.1, 0.6]},
    "sizes.filters": {"integers": [3, 6]},
    "sizes.lstm": {"integers": [1, 20], "log": True},
    "sizes.gates": ["sigmoid", "hard_sigmoid"],
}


def drawn(sampler, number=512, seed=1):
    """A column of values of each setting."""
    rows = list(trials(space_of("DanQ", SPACE), number, sampler, seed).values())
    return {name: [row[name] for row in rows] for name in SPACE}


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_values_follow_their_distributions(sampler):
    columns = drawn(sampler)
    rates = np.array(columns["learning_rate"])
    assert rates.min() >= 1e-4
    assert rates.max() <= 1e-1
    for values, law in [
        (np.log10(rates), stats.uniform(-4, 3)),
        (np.array(columns["sizes.dropout"]), stats.uniform(0.1, 0.5)),
    ]:
        assert stats.kstest(values, law.cdf).pvalue > 0.01
    filters, counts = np.unique(columns["sizes.filters"], return_counts=True)
    assert filters.tolist() == [3, 4, 5, 6]  # both ends included
    assert stats.chisquare(counts).pvalue > 0.01
    units = np.array(columns["sizes.lstm"])
    assert (units.min(), units.max()) == (1, 20)
    expected = np.log1p(1 / np.arange(1, 21)) / np.log(21)  # of each whole number, from the integral of 1/x
    assert stats.chisquare(np.bincount(units)[1:], expected * len(units)).pvalue > 0.01
    assert all(type(value) is int for value in columns["sizes.lstm"])
    assert abs(columns["sizes.gates"].count("sigmoid") - 256) < 50


def test_sobol_points_are_more_even_than_random_ones():
    """Each of 64 equal parts of the range has the same number of points."""
    places = (np.log10(drawn("sobol", 256)["learning_rate"]) + 4) / 3
    counts = np.histogram(places, 64, (0, 1))[0]
    assert counts.std() < 1 < np.histogram((np.log10(drawn("random", 256)["learning_rate"]) + 4) / 3, 64)[0].std()


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_more_trials_begin_with_the_same_ones(sampler):
    space = space_of("DanQ", SPACE)
    few, many = (list(trials(space, number, sampler, 5).items()) for number in (11, 200))
    assert many[:11] == few
    other = list(trials(space, 11, sampler, 6))
    assert not set(other) & {trial for trial, _ in few}


def test_the_order_in_the_config_makes_no_difference():
    backwards = dict(reversed(SPACE.items()))
    assert trials(space_of("DanQ", backwards), 20) == trials(space_of("DanQ", SPACE), 20)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_finite_space_is_covered_without_repetition(sampler):
    space = space_of("DanQ", {"sizes.filters": {"integers": [1, 4]}, "batch_size": [50, 100, 200]})
    found = [tuple(sorted(row.items())) for row in trials(space, 12, sampler).values()]
    every = itertools.product((50, 100, 200), range(1, 5))
    assert sorted(found) == sorted((("batch_size", size), ("sizes.filters", filters)) for size, filters in every)
    with pytest.raises(UserError, match="12 different settings; set trials to 12"):
        trials(space, 13, sampler)


def test_another_range_gives_other_ids():
    narrow = SPACE | {"learning_rate": {"log_uniform": [2e-4, 1e-1]}}
    assert not set(trials(space_of("DanQ", narrow), 50)) & set(trials(space_of("DanQ", SPACE), 50))
