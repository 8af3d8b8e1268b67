"""The block `search` of the config: its checks, and the options of the trainings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import toys

from danq.search.halving import Rung
from flow import config as flow_config
from flow import search

BLOCK = {
    "space": {"learning_rate": {"log_uniform": [1e-4, 1e-2]}, "sizes.filters": [4, 6], "schedule": ["constant"]},
    "trials": 6,
    "epochs": 2,
    "halving": {"factor": 2, "rungs": 2},
}


def config(**changes):
    return toys.config("data") | {"search": {"danq": BLOCK | changes}}


def found(**changes) -> search.Search:
    return search.searches(flow_config.checked(config(**changes)))["danq"]


def test_nothing_is_searched_unless_it_is_configured():
    assert search.searches(flow_config.checked(toys.config("data"))) == {}


def test_a_trial_has_the_settings_of_its_model_where_the_space_does_not_vary_them():
    one = found()
    assert one.rungs == [Rung(6, 2), Rung(3, 4)]
    for trial, varied in one.trials.items():
        options = one.trial_options(trial, 1)
        assert options["learning_rate"] == varied["learning_rate"]
        assert f"filters={varied['sizes.filters']}" in options["size"]
        assert "lstm=2" in options["size"]
        assert (options["epochs"], options["batch_size"], options["seed"]) == (4, 1000, 1)
        assert options["below"] == f"results/toy/search/danq/trials/{trial}/rung0"
        assert "below" not in {key for key, value in one.trial_options(trial, 0).items() if value}
        assert (one.trial_options(trial, 0)["keep_state"], options["keep_state"]) == ("true", None)


def test_windows_grow_instead_of_epochs():
    one = found(max_windows=100)
    assert one.rungs == [Rung(6, 2, 100), Rung(3, 2, 200)]
    options = one.trial_options(next(iter(one.trials)), 1)
    assert (options["max_windows"], options["below"]) == (200, None)
    assert one.result_options()["max_windows"] is None


def test_trials_of_another_space_are_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = found()
    for trial in [*one.trials, "t0123abcd"]:
        Path(one.folder, "trials", trial).mkdir(parents=True)
    assert one.abandoned() == ["t0123abcd"]
    (warning,) = search.warnings({"danq": one})
    assert "t0123abcd" in warning


WRONG = {
    "another model": ({"search": {"basset": BLOCK}}, "search.basset: there is no model 'basset'; choose from danq"),
    "one trial": (config(trials=1), "search.danq.trials: 1 is less than the minimum of 2"),
    "an unknown key": (config(budget=3), "unknown key 'budget' in search.danq; known are space, trials"),
    "too few trials for the rungs": (config(halving={"rungs": 5}), "search.danq: rung 4 of 5 has no trial to leave"),
    "a value beyond the limits": (config(space={"sizes.dropout": [1.5]}), "search.danq: sizes.dropout must be"),
    "too few settings": (config(space={"patience": [1, 2]}), "search.danq: the space has 2 different settings"),
    "a kernel larger than the window": (
        config(space={"sizes.kernel": {"integers": [8, 4000]}}),
        "is larger than windows.window (400 bp)); change the space".replace(")); ", "); "),
    ),
    "settings that contradict each other": (
        config(space={"weight_decay": {"uniform": [1e-6, 1e-4]}}),
        "weight_decay is for sgd",
    ),
    "losses that cannot be compared": (
        config(space={"class_weighting": ["none", "sqrt"], "sizes.filters": [1, 2, 3]}),
        "search.danq.space.class_weighting: trials that differ in it have losses that cannot be compared",
    ),
}


@pytest.mark.parametrize(("change", "says"), WRONG.values(), ids=WRONG)
def test_a_wrong_search_is_refused_before_anything_trains(change, says):
    with pytest.raises(Exception, match=re.escape(says)):
        flow_config.checked(toys.config("data") | change)
