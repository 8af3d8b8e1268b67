"""A search from config to best recipe: a planted learning rate, a kill, more trials, and another space."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time

import pandas as pd
import pytest
import toys
import yaml
from project import PATIENCE, copy_project, environment, snakemake
from toy_windows import SIZES, write_split

CONFIG, FOLDER, RECORD = "config/toy.yaml", "results/toy/search/danq", "rung0/trial.json"
DEAD = 1e-12  # a learning rate that cannot learn
SEARCH = {
    "space": {"learning_rate": [DEAD, 0.02], "sizes.filters": [6, 7, 8]},
    "trials": 4,
    "epochs": 3,
    "halving": {"factor": 2, "rungs": 2},
}
ARGUMENTS = ("--cores", "2", "--configfile", CONFIG, "--set-threads", "search_trial=1", "--", "search")


def config(**changes) -> dict:
    base = toys.config("data")
    danq = {"architecture": "DanQ", "sizes": dict(SIZES), "batch_size": 50, "epochs": 3}
    return base | {"models": {"danq": danq}, "search": {"danq": SEARCH | changes}}


def planned(folder, *words: str) -> tuple[dict[str, int], str]:
    """The number of jobs of each rule that Snakemake would run, and what it prints."""
    dry = snakemake(folder, "--dry-run", "--configfile", *words)
    assert dry.returncode == 0, dry.stdout + dry.stderr
    printed = dry.stdout + dry.stderr
    counts = re.findall(r"^(\w+) +(\d+)$", printed.partition("Reasons:")[0], re.MULTILINE)
    return {rule: int(number) for rule, number in counts}, printed


def finished_trials(printed) -> set[str]:
    """The trials of the first rung that Snakemake has recorded as done, by what it printed."""
    text = printed.read_text()
    trials = dict(
        re.findall(r"^Job (\d+): Train (t[0-9a-f]{8}) of the search danq on toy, rung 0$", text, re.MULTILINE)
    )
    return {trials[job] for job in re.findall(r"^Finished jobid: (\d+) \(Rule: search_trial\)", text, re.MULTILINE)}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A project whose search was killed and then resumed, and when the trials done before the kill were written."""
    folder = copy_project(tmp_path_factory.mktemp("search"))
    toys.write_dataset(folder / "data")
    toys.write_config(folder / CONFIG, config())
    windows = folder / "results/toy/windows"
    windows.mkdir(parents=True)
    for seed, (split, number) in enumerate({"train": 400, "valid": 100, "test": 50}.items()):
        write_split(windows / f"{split}.h5", number, seed)
    printed = folder / "printed.txt"
    with printed.open("wb") as file:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": file}
        running = subprocess.Popen(
            ["snakemake", *ARGUMENTS], cwd=folder, env=environment(), start_new_session=True, **quiet
        )
    end = time.monotonic() + PATIENCE
    # Two trials run at a time: when one is done, the third one begins.
    while not (done := finished_trials(printed)) or len(list(folder.glob("logs/toy/search_trial/danq/*/*.log"))) < 3:
        assert running.poll() is None
        assert time.monotonic() < end
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert 1 <= len(done) < SEARCH["trials"]
    written = {
        path: path.stat().st_mtime_ns for path in (folder / FOLDER / "trials" / trial / RECORD for trial in done)
    }
    assert snakemake(folder, "--unlock", "--configfile", CONFIG).returncode == 0
    resumed = snakemake(folder, "--rerun-incomplete", *ARGUMENTS)
    assert resumed.returncode == 0, resumed.stderr[-5000:]
    return folder, written


@pytest.fixture
def project(finished, tmp_path):
    """A copy of the finished project that a test may change."""
    return shutil.copytree(finished[0], tmp_path / "project")


def test_a_killed_search_keeps_the_trials_that_were_done(finished):
    folder, written = finished
    assert {path: path.stat().st_mtime_ns for path in written} == written
    assert planned(folder, CONFIG, "--", "search")[0] == {}
    assert not list(folder.glob(f"{FOLDER}/**/*state.h5"))


def test_a_learning_rate_that_cannot_learn_is_not_selected(finished):
    folder, _ = finished
    table = pd.read_csv(folder / FOLDER / "results.tsv", sep="\t")
    assert len(table) == 4
    assert {DEAD, 0.02} == set(table["learning_rate"])
    assert table["learning_rate"][0] == 0.02
    assert table["rung"].tolist() == [2, 2, 1, 1]
    best = yaml.safe_load((folder / FOLDER / "best.yaml").read_text())["models"]["danq_best"]
    assert (best["learning_rate"], best["epochs"]) == (0.02, 6)
    record = folder / FOLDER / "trials" / table["trial"][0] / "rung1/trial.json"
    assert yaml.safe_load(record.read_text())["resumed_after"][-1] == 3  # the killed one has resumed before, too
    for picture in ("trials.png", "importance.png"):
        assert (folder / FOLDER / picture).read_bytes().startswith(b"\x89PNG")


def test_the_best_recipe_joins_any_config(project):
    weights = "results/toy/models/danq_best/training/model.weights.h5"
    assert planned(project, CONFIG, f"{FOLDER}/best.yaml", "--", weights)[0] == {"train": 1, "total": 1}


def test_more_trials_leave_the_old_ones(project):
    toys.write_config(project / CONFIG, config(trials=6))
    jobs, _ = planned(project, CONFIG, "--", "search")
    assert jobs["search_trial"] == 2
    assert "search_networks" not in jobs


def test_another_space_has_other_trials_and_says_what_becomes_of_the_old_ones(project):
    toys.write_config(project / CONFIG, config(space={"learning_rate": [0.01, 0.03], "sizes.filters": [6, 8]}))
    jobs, printed = planned(project, CONFIG, "--", "search")
    assert jobs["search_trial"] == 4
    assert "4 trial folders of another space" in printed


def test_another_setting_of_the_model_retrains_all_trials(project):
    changed = config()
    changed["models"]["danq"]["batch_size"] = 60
    toys.write_config(project / CONFIG, changed)
    assert planned(project, CONFIG, "--", "search")[0]["search_trial"] >= 4
