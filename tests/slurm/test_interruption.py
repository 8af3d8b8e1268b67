"""Trainings on Slurm that are interrupted: wall-time limits, cancelled jobs, failed nodes and killed head processes.

Every scenario must end with the history and the weights of an undisturbed training. The scenarios run two at a time,
each in its own copy of the project; the tests read their outcomes.
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import signal
import subprocess
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import toys
import yaml
from project import copy_project, environment, run, snakemake
from slurm_cluster import Cluster

from danq.runtime import checkpoint

pytestmark = pytest.mark.timeout(2400)  # a test may wait for the scenarios that run before its own

STAND_IN = {"DANQ_CPUS_AS_GPUS": "1"}
PROFILES = ["profiles/slurm", "profiles/biowulf"]
RECIPE = {"schedule": "cosine", "learning_rate": 0.0003}
# Slurm looks for jobs to warn every 30 s, so a training must take more than a minute to be warned in its middle.
LONG = RECIPE | {"batch_size": 10, "epochs": 60, "patience": 60}
# For interruptions that follow the fifth epoch at once: 10 to 30 s.
SHORT = RECIPE | {"batch_size": 20, "epochs": 30, "patience": 30}


def prepare(project: Path, training: dict) -> Path:
    """A project with one model to train, and its windows."""
    copy_project(project)
    toys.write_dataset(project / "data")
    config = toys.config("data")
    config["models"] = {"danq": config["models"]["danq"] | training}
    toys.write_config(project / "config/config.yaml", config)
    for name in PROFILES:
        settings = {"latency-wait": 5, "set-threads": {"train": 1}}
        if name == "profiles/slurm":
            settings["slurm-init-seconds-before-status-checks"] = 2
        else:
            settings |= {"seconds-between-status-checks": 2}
        edit_profile(project, name, settings)
    done = snakemake(project, "windows", "--cores", "2")
    assert done.returncode == 0, done.stderr
    return project


def edit_profile(project: Path, name: str, settings: dict, **resources) -> None:
    """Change the settings of a profile, and the resources that it requests for training."""
    path = project / name / "config.v9+.yaml"
    profile = yaml.safe_load(path.read_text()) | settings
    profile["set-resources"]["train"] |= resources
    path.write_text(yaml.safe_dump(profile, sort_keys=False))


class Prepared:
    """A prepared project, never run, and the results of the same training in a copy that nothing disturbs."""

    def __init__(self, folder: Path, training: dict):
        self.epochs = training["epochs"]
        self.project = prepare(folder / "prepared", training)
        undisturbed = self.copy(folder / "undisturbed")
        began = time.monotonic()
        done = snakemake(undisturbed, "models", "--cores", "2", "--set-threads", "train=1")
        assert done.returncode == 0, done.stderr
        self.seconds = time.monotonic() - began
        self.results = undisturbed / "results/toy/models/danq/training"

    def copy(self, folder: Path) -> Path:
        return shutil.copytree(self.project, folder)

    def assert_same_results(self, project: Path) -> list[int]:
        """Compare a project's results with the undisturbed ones; returns after how many epochs the training resumed."""
        ours = project / "results/toy/models/danq/training"
        history, expected = (pd.read_csv(path / "history.tsv", sep="\t") for path in (ours, self.results))
        assert history["epoch"].tolist() == list(range(1, self.epochs + 1))
        columns = ["loss", "val_loss", "learning_rate"]
        np.testing.assert_allclose(history[columns], expected[columns], rtol=5e-3)
        paths = (ours, self.results)
        weights, expected = (checkpoint.load(path / "model.weights.h5")[0].get_weights() for path in paths)
        for first, second in zip(weights, expected, strict=True):
            np.testing.assert_allclose(first, second, atol=0.01)
        assert sorted(path.name for path in ours.iterdir()) == ["history.tsv", "model.weights.h5", "run.json"]
        return json.loads((ours / "run.json").read_text())["resumed_after"]


@pytest.fixture(scope="module")
def long(tmp_path_factory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("long").resolve(), LONG)


@pytest.fixture(scope="module")
def short(tmp_path_factory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("short").resolve(), SHORT)


class Head:
    """A Snakemake process in the background."""

    def __init__(self, project: Path, profile: str = "profiles/slurm"):
        self.log = project / "head.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["snakemake", "models", "--profile", profile],
                cwd=project,
                env=environment(**STAND_IN),
                stderr=log,
                stdout=log,
                start_new_session=True,
            )

    def finish(self) -> str:
        """Wait until it succeeds, and return what it wrote."""
        assert self.process.wait(timeout=1800) == 0, self.log.read_text()[-5000:]
        return self.log.read_text()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def epochs_done(project: Path) -> int:
    """The number of epochs in the log of the training."""
    log = project / "logs/toy/train/danq.log"
    return len(re.findall(r"epoch \d+/\d+, loss", log.read_text())) if log.exists() else 0


def wait_for_five_epochs(cluster: Cluster, project: Path) -> None:
    cluster.wait_for(lambda: epochs_done(project) >= 5, "five epochs", 300)


def states(cluster: Cluster, project: Path) -> list[str]:
    return [job["JobState"] for job in cluster.jobs_of(project, "train")]


# Scenarios: each takes the cluster and a project, and leaves finished results in the project.


def hit_time_limits(profile: str, seconds: float, cluster: Cluster, project: Path) -> None:
    """Request a wall-time limit that is too short: its warning comes after half of the time that training takes.

    Slurm sends a warning up to 30 s early; a minute is left to save the state.
    """
    earliest = max(30, round(seconds / 2))
    limit = math.ceil((earliest + 30 + 60) / 60)  # minutes
    warning = 60 * limit - 30 - earliest
    option = {"slurm_extra": f"--signal=TERM@{warning}"} if profile == "profiles/slurm" else {"warning": warning}
    edit_profile(project, profile, {"retries": 20}, runtime=f"{limit}m", **option)
    Head(project, profile=profile).finish()


def cancel_the_job(cluster: Cluster, project: Path) -> None:
    head = Head(project)
    wait_for_five_epochs(cluster, project)
    (job,) = cluster.jobs_of(project, "train")
    subprocess.run(["scancel", job["JobId"]], check=True)
    head.finish()


def kill_the_head(profile: str, cluster: Cluster, project: Path) -> None:
    """Kill Snakemake during the training, and start it again."""
    head = Head(project, profile=profile)
    wait_for_five_epochs(cluster, project)

    second = run(["snakemake", "models", "--profile", profile], project, **STAND_IN)
    assert second.returncode != 0
    assert "Directory cannot be locked" in second.stderr
    assert "Traceback" not in second.stderr

    head.kill()
    stale = run(["snakemake", "models", "--profile", profile], project, **STAND_IN)
    assert stale.returncode != 0
    assert "It can be removed with the --unlock argument" in stale.stderr

    assert run(["snakemake", "models", "--profile", profile, "--unlock"], project).returncode == 0
    text = Head(project, profile=profile).finish()
    (orphan, _) = cluster.jobs_of(project, "train")
    assert f"Cancelled Slurm jobs that a killed Snakemake had left: {orphan['JobId']}" in text


def kill_the_head_while_its_job_waits(cluster: Cluster, project: Path) -> None:
    """Kill Snakemake before its job starts: the job waits for a partition that is down."""
    edit_profile(project, "profiles/slurm", {}, slurm_partition="closed")
    head = Head(project)
    cluster.wait_for(lambda: cluster.jobs_of(project, "train"), "the job", 120)
    time.sleep(3)
    head.kill()
    (job,) = cluster.jobs_of(project, "train")
    subprocess.run(["scontrol", "update", f"JobId={job['JobId']}", "Priority=0"], check=True)
    subprocess.run(["scontrol", "update", "PartitionName=closed", "State=UP"], check=True)
    run(["snakemake", "models", "--profile", "profiles/slurm", "--unlock"], project)
    Head(project).finish()


def requeue_the_launcher(cluster: Cluster, project: Path) -> None:
    """Run Snakemake as a job, which Slurm requeues during the training and starts again when the training has ended."""
    number = run(["sbatch", "--parsable", "profiles/launch.sh", "models"], project, **STAND_IN).stdout.strip()
    wait_for_five_epochs(cluster, project)
    subprocess.run(["scontrol", "requeue", number], check=True)
    cluster.wait_for(lambda: states(cluster, project) == ["COMPLETED"], "the training", 600)
    cluster.start_requeued(number)
    cluster.wait_for(lambda: cluster.job(number)["JobState"] in ("COMPLETED", "FAILED", "TIMEOUT"), "the launcher", 400)


@pytest.fixture(scope="module")
def scenarios(cluster, long, short, tmp_path_factory):
    """Run the scenarios, two at a time; the function that is returned waits for one and returns its project."""
    planned = {f"time limit, {name}": (long, partial(hit_time_limits, name, long.seconds)) for name in PROFILES}
    planned |= {
        "killed head": (long, partial(kill_the_head, "profiles/biowulf")),
        "cancelled": (short, cancel_the_job),
        "killed head, waiting": (short, kill_the_head_while_its_job_waits),
        "launcher": (short, requeue_the_launcher),
    }
    running: dict[str, Future] = {}
    projects: dict[str, Path] = {}
    pool = ThreadPoolExecutor(max_workers=2)
    for number, (name, (prepared, scenario)) in enumerate(planned.items()):
        projects[name] = prepared.copy(tmp_path_factory.mktemp(f"scenario{number}").resolve() / "project")
        running[name] = pool.submit(scenario, cluster, projects[name])

    def finished(name: str) -> Path:
        running[name].result()
        return projects[name]

    yield finished
    pool.shutdown(wait=False, cancel_futures=True)


def test_a_failed_node(cluster, short, tmp_path):
    """Slurm starts the same job again. This scenario runs alone, since it kills every job on the node."""
    project = short.copy(tmp_path.resolve() / "project")
    head = Head(project)
    wait_for_five_epochs(cluster, project)
    try:
        cluster.stop_node()
    finally:
        cluster.start_node()
    (job,) = cluster.jobs_of(project, "train")
    cluster.start_requeued(job["JobId"])
    head.finish()
    resumed = short.assert_same_results(project)
    (job,) = cluster.jobs_of(project, "train")
    assert job["JobState"] == "COMPLETED"
    # On a busy machine, the node may miss a ping and count as failed once more.
    assert 1 <= len(resumed) <= int(job["Restarts"])
    assert min(resumed) >= 5


@pytest.mark.parametrize("profile", PROFILES)
def test_a_time_limit_that_is_too_short(cluster, scenarios, long, profile):
    project = scenarios(f"time limit, {profile}")
    resumed = long.assert_same_results(project)
    jobs = cluster.jobs_of(project, "train")
    print(profile, [(job["JobId"], job["JobState"], job["RunTime"], job["ExitCode"]) for job in jobs], resumed)
    assert 2 <= len(resumed) + 1 <= len(jobs)  # on a busy machine, a warning may come before the first epoch has ended
    assert {job["JobState"] for job in jobs[:-1]} <= {"FAILED", "TIMEOUT", "CANCELLED"}
    assert jobs[-1]["JobState"] == "COMPLETED"
    assert sorted(resumed) == resumed
    assert resumed[-1] > 0


def test_a_cancelled_job(cluster, scenarios, short):
    project = scenarios("cancelled")
    (resumed,) = short.assert_same_results(project)
    assert resumed >= 5
    assert states(cluster, project) == ["CANCELLED", "COMPLETED"]


def test_a_killed_head_process(cluster, scenarios, long):
    project = scenarios("killed head")
    (resumed,) = long.assert_same_results(project)
    assert resumed >= 5
    assert states(cluster, project) == ["CANCELLED", "COMPLETED"]


def test_a_head_process_killed_while_its_job_waits(cluster, scenarios, short):
    """A job that has not started is cancelled, too: Snakemake's records contain its number."""
    project = scenarios("killed head, waiting")
    assert short.assert_same_results(project) == []
    assert states(cluster, project) == ["CANCELLED", "COMPLETED"]


def test_a_requeued_launcher_does_not_repeat_finished_work(cluster, scenarios, short):
    project = scenarios("launcher")
    (log,) = project.glob("danq-*.log")
    launcher = cluster.job(log.stem.removeprefix("danq-"))
    text = log.read_text()
    assert (launcher["JobState"], launcher["Restarts"]) == ("COMPLETED", "1"), text[-5000:]
    assert "Nothing to be done" in text
    assert short.assert_same_results(project) == []
    assert states(cluster, project) == ["COMPLETED"]
