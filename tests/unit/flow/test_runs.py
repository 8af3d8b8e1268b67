"""Runs by seed and fold, and what stands for a model in tables and lists."""

from __future__ import annotations

import pytest
import toys

from danq.errors import UserError
from flow import options, runs, sequences, tracks
from flow.config import checked


def made(**change) -> dict:
    """The toy config, without its split where there are folds."""
    config = toys.config("data") | change
    if "folds" in change:
        del config["windows"]["split"]
    return checked(config)


def test_without_seeds_and_folds_a_run_has_the_name_of_its_model():
    config = made(seed=7)
    assert list(runs.runs(config)) == ["danq", "deepsea"]
    assert runs.runs(config)["danq"].seed == 7
    assert runs.representatives(config) == {"danq": "danq", "deepsea": "deepsea"}
    assert runs.replicated(config) == {}
    assert list(runs.predictors(config)) == ["danq", "deepsea", "composition", "motif", "kmer"]


def test_seeds_and_folds_are_runs_of_their_own():
    config = made(seeds=[1, 2], folds=3)
    found = {name: (run.fold, run.seed) for name, run in runs.runs(config).items() if run.model == "danq"}
    assert found == {
        **{"danq-fold1-seed1": (1, 1), "danq-fold1-seed2": (1, 2), "danq-fold2-seed1": (2, 1)},
        **{"danq-fold2-seed2": (2, 2), "danq-fold3-seed1": (3, 1), "danq-fold3-seed2": (3, 2)},
    }
    assert options.train_options(config, "danq-fold3-seed2")["seed"] == 2
    assert "seeds" not in options.train_options(config, "danq-fold3-seed2")


def test_another_seed_changes_no_other_run():
    few, more = runs.runs(made(seeds=[1, 2])), runs.runs(made(seeds=[1, 2, 3]))
    assert {name: more[name] for name in few} == few
    assert set(more) - set(few) == {"danq-seed3", "deepsea-seed3"}


def test_a_model_replaces_the_seeds_of_the_config():
    config = toys.config("data") | {"seeds": [1, 2]}
    config["models"]["danq"]["seeds"] = [5]
    config["models"]["deepsea"]["seed"] = 9
    found = runs.runs(checked(config))
    assert {name: run.seed for name, run in found.items()} == {"danq-seed5": 5, "deepsea": 9}


def test_an_ensemble_averages_the_runs_of_all_seeds():
    found = runs.predictors(made(seeds=[1, 2]))
    assert found["danq-ensemble"].title == "danq:ensemble"
    assert found["danq-ensemble"].members == ("danq-seed1", "danq-seed2")
    assert "danq-ensemble" not in runs.predictors(made(seeds=[1, 2], ensembles=False))
    assert "danq-ensemble" not in runs.predictors(made(seeds=[1]))


def test_with_folds_the_predictions_of_all_folds_are_joined():
    found = runs.predictors(made(seeds=[1, 2], folds=3))
    assert found["danq-seed2"].parts == ("danq-fold1-seed2", "danq-fold2-seed2", "danq-fold3-seed2")
    assert found["danq-fold2-ensemble"].members == ("danq-fold2-seed1", "danq-fold2-seed2")
    assert found["danq-ensemble"].parts == ("danq-fold1-ensemble", "danq-fold2-ensemble", "danq-fold3-ensemble")
    assert len(found["danq-ensemble"].members) == 6
    assert found["kmer"].parts == ("kmer-fold1", "kmer-fold2", "kmer-fold3")
    assert runs.predictors(made(folds=3))["danq"].parts == ("danq-fold1", "danq-fold2", "danq-fold3")


def test_replicates_are_seeds_or_else_folds():
    assert runs.replicated(made(seeds=[1, 2], folds=3))["danq"] == ["danq-seed1", "danq-seed2"]
    assert runs.replicated(made(folds=3))["danq"] == ["danq-fold1", "danq-fold2", "danq-fold3"]


def test_lists_of_models_take_each_model_once_or_what_they_name():
    config = made(seeds=[1, 2], tracks={"targets": ["CTCF"]}, sequences={"a": {"regions": ["chr1"]}})
    assert tracks.models(config) == sequences.models(config, "a") == ["danq-ensemble", "deepsea-ensemble"]
    assert runs.chosen(config, ["danq", "deepsea-seed2"]) == ["danq-ensemble", "deepsea-seed2"]
    assert runs.chosen(config, ["danq:ensemble"]) == ["danq-ensemble"]
    assert runs.chosen(made(seeds=[1, 2], ensembles=False), ["danq"]) == ["danq-seed1"]
    with pytest.raises(UserError, match="no model is called 'danq-seed3'; choose from danq, deepsea, danq-seed1"):
        runs.chosen(config, ["danq-seed3"])


def test_motifs_are_of_the_first_run():
    assert runs.firsts(made(seeds=[4, 2], folds=3)) == {"danq": "danq-fold1-seed4", "deepsea": "deepsea-fold1-seed4"}


def test_options_of_a_fold():
    found = options.prepare_options(made(folds=4), "2")
    assert (found["folds"], found["fold"], "valid" in found) == (4, 2, False)
    listed = made(folds=[["chr1"], ["chr2"], ["chr3", "chr4"]])
    found = options.prepare_options(listed, 3)
    assert (found["train"], found["valid"], found["test"]) == (["rest"], ["chr1"], ["chr3", "chr4"])


def model(name: str) -> dict:
    return {name: {"architecture": "DanQ"}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"folds": 2}, "folds: 2 is less than the minimum of 3"),
        ({"folds": [["chr1"], ["chr2"]]}, "folds: "),
        ({"folds": 3, "source": "bundle", "bundle": {"folder": "a"}}, "folds: a bundle has its own parts"),
        ({"folds": 3, "source": "sequences", "labelled": {"files": ["a.fa"]}}, "folds: sequences are divided by"),
        ({"seeds": [1, 1]}, "seeds: "),
        (
            {"seeds": [1], "models": model("danq") | {"danq-seed1": {"architecture": "DanQ", "seed": 3}}},
            "both write to the folder danq-seed1",
        ),
        ({"folds": 3, "models": model("kmer")}, "models.kmer has the name of a baseline"),
        ({"models": {"a": {"architecture": "DanQ", "seed": 1, "seeds": [1]}}}, "models.a has seed and seeds"),
    ],
)
def test_a_mistake_is_one_sentence(change, words):
    with pytest.raises(UserError, match="^[^\n]+$") as error:
        made(**change)
    assert words in str(error.value)


def test_folds_and_a_split_exclude_each_other():
    config = toys.config("data")
    with pytest.raises(UserError, match=r"folds replace windows\.split; remove one of them"):
        checked(config | {"folds": 3})
    del config["windows"]["split"]
    with pytest.raises(UserError, match="'split' is a required property of windows"):
        checked(config)
