"""Trainings that Snakemake has no record of are compared by their run.json."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import toys
from snakemake.persistence import MetadataRecord
from snakemake.persistence.file import FilePersistence

from flow.config import checked
from flow.records import mark_outdated_trainings

RUN = "results/toy/models/danq/training/run.json"


@pytest.fixture
def config(tmp_path, monkeypatch):
    """The config of a danq that has been trained with its settings, without records."""
    monkeypatch.chdir(tmp_path)
    config = checked(toys.config("data"))
    model = config["models"]["danq"]
    recipe = {key: value for key, value in model.items() if key not in ("architecture", "tensorboard")} | {"seed": 1}
    toys.write_lines(tmp_path / RUN, [json.dumps({"recipe": recipe})])
    return config


def options() -> list[str]:
    known = FilePersistence()._read_record(RUN)
    return known.params if known else []


def test_the_same_settings_give_no_warning(config):
    assert list(mark_outdated_trainings(config)) == []
    assert options() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"learning_rate": 0.5}, "another learning rate than"),
        ({"epochs": 9, "patience": 9}, "another epochs, patience than"),
        ({"sizes": toys.DANQ | {"dropout": 0.2, "filters": 5}}, "another sizes than"),
    ],
)
def test_other_settings_give_a_warning_and_a_reason_to_train_again(config, change, words):
    before = dict(config["models"]["danq"])
    config["models"]["danq"] |= change
    for _ in range(2):  # a second plan says the same
        (warning,) = mark_outdated_trainings(config)
        assert f"{RUN}: trained with {words} the config has now; danq is trained again" in warning
        assert options() == [f"found: trained with {words} the config has now"]
    config["models"]["danq"] = before
    assert list(mark_outdated_trainings(config)) == []
    assert options() == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"recipe": 1}', '{"recipe": {}}', "\x00"])
def test_a_damaged_run_json_is_named(config, text):
    toys.write_lines(Path(RUN), [text])
    (warning,) = mark_outdated_trainings(config)
    assert warning.startswith(f"{RUN}: not a valid record of a training; danq is trained again")


def test_trainings_with_records_are_left_to_snakemake(config):
    config["models"]["danq"]["epochs"] = 9
    FilePersistence()._write_record(RUN, MetadataRecord(rule="train", params=["a"]))
    assert list(mark_outdated_trainings(config)) == []
    assert options() == ["a"]
