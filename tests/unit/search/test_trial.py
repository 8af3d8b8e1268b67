"""Trials that train: a longer one resumes, one that diverges is recorded, and networks that do not fit are refused."""

import numpy as np
import pandas as pd
import pytest
from toy_windows import SIZES

from danq.data.windows import Windows
from danq.errors import UserError
from danq.search.importance import importance
from danq.search.networks import corners, networks
from danq.search.sampler import trials
from danq.search.space import of_trial, space_of
from danq.search.trial import run
from danq.training.recipe import Recipe

SHORT = {"sizes": SIZES, "learning_rate": 0.01, "batch_size": 100, "seed": 3}


def losses(folder):
    return pd.read_csv(folder / "history.tsv", sep="\t")[["epoch", "loss", "val_loss"]]


@pytest.mark.parametrize("schedule", ["plateau", "cosine"])
def test_a_trial_on_the_next_rung_ends_as_one_that_trained_at_once(data, tmp_path, schedule):
    """It resumes where the recipe permits, and begins anew with the cosine schedule, which depends on the epochs."""
    run(data, Recipe(**SHORT, schedule=schedule, epochs=2), tmp_path / "rung0", keep_state=True)
    resumes = schedule != "cosine"
    assert (tmp_path / "rung0/last_state.h5").exists() == resumes
    longer = Recipe(**SHORT, schedule=schedule, epochs=4)
    record = run(data, longer, tmp_path / "rung1", below=tmp_path / "rung0")
    assert record["resumed_after"] == ([2] if resumes else [])
    once = run(data, longer, tmp_path / "once")
    assert once["resumed_after"] == []
    pd.testing.assert_frame_equal(losses(tmp_path / "rung1"), losses(tmp_path / "once"))
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"history.tsv", "trial.json"}


def test_a_trial_that_diverges_is_recorded(data, tmp_path):
    wild = SHORT | {"learning_rate": 1e38}
    record = run(data, Recipe(**wild, optimizer="sgd", epochs=2), tmp_path)
    assert record["status"] == "diverged"
    assert "training has diverged" in record["reason"]
    assert len(losses(tmp_path)) == 0
    assert not (tmp_path / "state.h5").exists()


def test_another_mistake_is_none_of_the_search(tmp_path):
    with pytest.raises(UserError, match="no such"):
        run(tmp_path, Recipe(**SHORT), tmp_path / "out")


def test_networks_at_the_edges_are_built(data):
    windows = Windows(data / "train.h5")
    space = space_of("DanQ", {"sizes.filters": {"integers": [2, 9]}, "sizes.kernel": [3, 8], "sizes.lstm": [2]})
    table = networks("DanQ", windows.length, len(windows.targets), space, {"dense": 4})
    assert len(table) == len(corners(space)) == 4
    assert table["parameters"].idxmax() == 0
    assert table["parameters"].idxmin() == 1
    wide = space_of("DanQ", {"sizes.pool": {"integers": [2, 80]}})
    with pytest.raises(UserError, match=r"cannot be built \(pool 80\): .*too short"):
        networks("DanQ", windows.length, len(windows.targets), wide, {})


def test_a_learning_rate_that_cannot_learn_loses_and_has_the_importance(data, tmp_path):
    given = {"learning_rate": [1e-12, 0.02], "sizes.filters": [6, 8], "sizes.dense": [6, 8]}
    space = space_of("DanQ", given)
    settings, scores = trials(space, 8), []
    base = Recipe(**SHORT | {"epochs": 2})
    for trial, varied in settings.items():
        run(data, of_trial(base, varied), tmp_path / trial)
        scores.append(losses(tmp_path / trial)["val_loss"].min())
    dead = np.array([varied["learning_rate"] < 1e-6 for varied in settings.values()])
    assert np.max(np.array(scores)[~dead]) < np.min(np.array(scores)[dead])
    table = importance(space, list(settings.values()), np.array(scores))
    assert table["setting"][0] == "learning_rate"
    assert table["importance"][0] > 3 * table["importance"][1]
