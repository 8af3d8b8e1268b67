"""Rungs and rankings, on made histories."""

import numpy as np
import pandas as pd
import pytest

from danq.errors import UserError
from danq.search.halving import RUNG, Rung, best, ranking, rungs, score
from danq.search.space import space_of
from danq.search.table import results, results_table

RECORD = {"status": "finished", "epochs": 3, "parameters": 10, "seconds": 1.0}


def history(losses, auprc=()):
    table = pd.DataFrame({"epoch": np.arange(1, len(losses) + 1), "val_loss": losses})
    return table.assign(val_auprc=list(auprc)) if auprc else table


def test_each_rung_has_fewer_trials_and_a_larger_budget():
    assert rungs(24, 3, None, 3, 3) == [Rung(24, 3), Rung(8, 9), Rung(3, 27)]
    assert rungs(5, 2, None, 2, 3) == [Rung(5, 2), Rung(3, 4), Rung(2, 8)]
    assert rungs(8, 4, 500, 2, 3) == [Rung(8, 4, 500), Rung(4, 4, 1000), Rung(2, 4, 2000)]
    assert rungs(7, 4) == [Rung(7, 4)]
    with pytest.raises(UserError, match="rung 3 of 3 has no trial to leave out"):
        rungs(2, 1, None, 2, 3)


def test_the_score_is_that_of_the_best_epoch():
    table = history([0.5, 0.3, 0.4], [0.2, 0.1, 0.6])
    assert score(table, "loss") == (0.3, 2)
    assert score(table, "auprc") == (0.6, 3)
    with pytest.raises(UserError, match="val_auprc"):
        score(history([0.5]), "auprc")


@pytest.mark.parametrize("monitor", ["loss", "auprc"])
def test_the_best_trials_go_on(monitor):
    draw = np.random.default_rng(3)
    values = dict(zip("abcdefg", draw.random(7), strict=True))
    histories = {name: history([1.0, value], [0.0, value]) for name, value in values.items()}
    table = ranking(histories, dict.fromkeys(values, RECORD), monitor, 3)
    expected = sorted(values, key=values.get, reverse=monitor == "auprc")
    assert table["trial"].tolist() == expected
    assert table.loc[table["promoted"] == "yes", "trial"].tolist() == expected[:3]
    assert best([table]) == expected[0]


def test_a_trial_that_diverged_is_last_and_never_goes_on(tmp_path):
    histories = {"a": history([]), "b": history([0.4]), "c": history([])}
    failed = RECORD | {"status": "diverged", "parameters": None, "seconds": None}
    table = ranking(histories, {"a": failed, "b": RECORD, "c": failed}, "loss", 2)
    assert table["trial"].tolist() == ["b", "a", "c"]
    assert table["promoted"].tolist() == ["yes", "no", "no"]
    RUNG.write(table, tmp_path / "rung.tsv")
    assert RUNG.read(tmp_path / "rung.tsv")["status"].tolist() == ["finished", "diverged", "diverged"]
    with pytest.raises(UserError, match="all trials of the rung diverged"):
        ranking({"a": history([])}, {"a": failed}, "loss", 1)


def test_the_results_rank_by_the_highest_rung_first(tmp_path):
    """A trial that did not go on is below all that did, whatever its score."""
    space = space_of("DanQ", {"learning_rate": [0.1, 0.2, 0.3]})
    trials = pd.DataFrame({"trial": ["a", "b", "c"], "learning_rate": ["0.1", "0.2", "0.3"]})
    records = dict.fromkeys("abc", RECORD)
    first = ranking({"a": history([0.3]), "b": history([0.1]), "c": history([0.2])}, records, "loss", 2)
    second = ranking({"b": history([0.1, 0.45]), "c": history([0.2, 0.05])}, records, "loss", 0)
    table = results(trials, [first, second], space)
    assert table["trial"].tolist() == ["c", "b", "a"]
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["rung"].tolist() == [2, 2, 1]
    assert table["score_1"].tolist() == [0.2, 0.1, 0.3]
    assert table["seconds"].tolist() == [2, 2, 1]
    results_table(space).write(table, tmp_path / "results.tsv")
    assert results_table(space).read(tmp_path / "results.tsv")["learning_rate"].tolist() == ["0.3", "0.2", "0.1"]
