"""Wall-time limits, cancelled jobs, nodes that go down and killed head processes: nothing is lost or done twice.

Each test ends with the history and the weights of a training that nobody disturbed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import toys
import yaml
from project import copy_project, environment, run, snakemake

from danq import checkpoint

STAND_IN = {"DANQ_CPUS_AS_GPUS": "1"}
EPOCHS = 60  # about a minute
TRAINING = {"epochs": EPOCHS, "patience": EPOCHS, "batch_size": 10, "schedule": "cosine", "learning_rate": 0.0003}
PROFILES = ["profiles/slurm", "profiles/biowulf"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A project with one model to train, and its windows."""
    project = copy_project(tmp_path_factory.mktemp("prepared").resolve() / "project")
    toys.write_dataset(project / "data")
    config = toys.config("data")
    config["models"] = {"danq": config["models"]["danq"] | TRAINING}
    toys.write_config(project / "config/config.yaml", config)
    for name in PROFILES:
        path = project / name / "config.v9+.yaml"
        profile = yaml.safe_load(path.read_text())
        profile |= {"latency-wait": 5}
        if path.parent.name == "slurm":
            profile |= {"slurm-init-seconds-before-status-checks": 3}
        profile["set-threads"] = {"train": 2}
        path.write_text(yaml.safe_dump(profile, sort_keys=False))
    done = snakemake(project, "windows", "--cores", "2")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="module")
def undisturbed(prepared, tmp_path_factory) -> Path:
    """The results of the same training on this machine, in one go."""
    project = shutil.copytree(prepared, tmp_path_factory.mktemp("undisturbed") / "project")
    done = snakemake(project, "models", "--cores", "2", "--set-threads", "train=2")
    assert done.returncode == 0, done.stderr
    return project / "results/toy/danq"


@pytest.fixture
def project(prepared, tmp_path) -> Path:
    return shutil.copytree(prepared, tmp_path.resolve() / "project")


class Head:
    """A Snakemake that works in the background."""

    def __init__(self, project: Path, *words: str, profile: str = "profiles/slurm"):
        self.project, self.log = project, project / "head.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                ["snakemake", "models", "--profile", profile, *words],
                cwd=project,
                env=environment(**STAND_IN),
                stderr=log,
                stdout=log,
                start_new_session=True,
            )

    def finish(self) -> str:
        """Wait for a good end; what it wrote."""
        assert self.process.wait(timeout=600) == 0, self.log.read_text()[-5000:]
        return self.log.read_text()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def epochs_done(project: Path) -> int:
    """How many epochs the log of the training tells of."""
    log = project / "logs/toy/train/danq.log"
    return len(re.findall(r"epoch \d+/\d+: loss", log.read_text())) if log.exists() else 0


def assert_as_if_nothing_had_happened(project: Path, undisturbed: Path) -> list[int]:
    """Compare results; returns after how many epochs training went on."""
    ours, theirs = (pd.read_csv(path / "history.tsv", sep="\t") for path in (project / "results/toy/danq", undisturbed))
    assert ours["epoch"].tolist() == list(range(1, EPOCHS + 1))
    columns = ["loss", "val_loss", "learning_rate"]
    np.testing.assert_allclose(ours[columns], theirs[columns], rtol=5e-3)
    path = project / "results/toy/danq"
    weights, expected = (checkpoint.load(each / "model.weights.h5")[0].get_weights() for each in (path, undisturbed))
    for first, second in zip(weights, expected, strict=True):
        np.testing.assert_allclose(first, second, atol=0.01)
    assert sorted(each.name for each in path.iterdir()) == ["history.tsv", "model.weights.h5", "run.json"]
    return json.loads((path / "run.json").read_text())["resumed_after"]


def states(cluster, project: Path) -> list[str]:
    return [job["JobState"] for job in cluster.jobs_of(project, "train")]


def edit_profile(project: Path, profile: str, **resources) -> None:
    path = project / profile / "config.v9+.yaml"
    settings = yaml.safe_load(path.read_text())
    settings["retries"] = 10
    settings["set-resources"]["train"] |= resources
    path.write_text(yaml.safe_dump(settings, sort_keys=False))


@pytest.mark.parametrize(
    ("profile", "warning"),
    [("profiles/slurm", {"slurm_extra": "--signal=TERM@75"}), ("profiles/biowulf", {"warning": 75})],
)
def test_a_time_limit_that_is_too_short(cluster, project, undisturbed, profile, warning):
    edit_profile(project, profile, runtime="2m", **warning)
    Head(project, profile=profile).finish()
    resumed = assert_as_if_nothing_had_happened(project, undisturbed)
    jobs = cluster.jobs_of(project, "train")
    print(profile, [(job["JobId"], job["JobState"], job["RunTime"], job["ExitCode"]) for job in jobs], resumed)
    assert len(jobs) == len(resumed) + 1 >= 2
    assert {job["JobState"] for job in jobs[:-1]} <= {"FAILED", "TIMEOUT", "CANCELLED"}
    assert jobs[-1]["JobState"] == "COMPLETED"
    assert sorted(resumed) == resumed
    assert resumed[-1] > 0


def test_a_cancelled_job(cluster, project, undisturbed):
    head = Head(project)
    cluster.wait_for(lambda: epochs_done(project) >= 5, "five epochs", 120)
    (job,) = cluster.jobs_of(project, "train")
    subprocess.run(["scancel", job["JobId"]], check=True)
    head.finish()
    (resumed,) = assert_as_if_nothing_had_happened(project, undisturbed)
    assert resumed >= 5
    assert states(cluster, project) == ["CANCELLED", "COMPLETED"]


def test_a_node_that_goes_down(cluster, project, undisturbed):
    head = Head(project)
    cluster.wait_for(lambda: epochs_done(project) >= 5, "five epochs", 120)
    try:
        cluster.stop_node()
    finally:
        cluster.start_node()
    head.finish()
    (resumed,) = assert_as_if_nothing_had_happened(project, undisturbed)
    assert resumed >= 5
    (job,) = cluster.jobs_of(project, "train")  # Slurm started the same job again
    assert (job["JobState"], job["Restarts"]) == ("COMPLETED", "1")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_killed_head_process(cluster, project, undisturbed, profile):
    head = Head(project, profile=profile)
    cluster.wait_for(lambda: epochs_done(project) >= 5, "five epochs", 120)

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
    (resumed,) = assert_as_if_nothing_had_happened(project, undisturbed)
    assert resumed >= 5
    assert states(cluster, project) == ["CANCELLED", "COMPLETED"]


def test_a_head_process_killed_while_its_job_waits(cluster, project, undisturbed):
    """A job that has not begun is cancelled, too: Snakemake's records know its number."""
    subprocess.run(["scontrol", "update", "PartitionName=gpu", "State=DOWN"], check=True)
    try:
        head = Head(project)
        cluster.wait_for(lambda: cluster.jobs_of(project, "train"), "the job", 60)
        time.sleep(3)
        head.kill()
    finally:
        subprocess.run(["scontrol", "update", "PartitionName=gpu", "State=UP"], check=True)
        subprocess.run(["scontrol", "update", f"JobId={cluster.jobs_of(project, 'train')[0]['JobId']}", "Priority=0"])
    run(["snakemake", "models", "--profile", "profiles/slurm", "--unlock"], project)
    Head(project).finish()
    assert assert_as_if_nothing_had_happened(project, undisturbed) == []
    assert states(cluster, project) == ["CANCELLED", "COMPLETED"]


def test_the_launcher_and_its_restart(cluster, project, undisturbed):
    """Snakemake in a job of its own, which Slurm starts again (two minutes later) in the middle of the training.

    The training ends meanwhile, and what is finished is not done again.
    """
    submit = ["sbatch", "--parsable", "profiles/launch.sh", "models"]
    number = run(submit, project, **STAND_IN).stdout.strip()
    cluster.wait_for(lambda: epochs_done(project) >= 5, "five epochs", 120)
    subprocess.run(["scontrol", "requeue", number], check=True)

    def ended():
        job = next(job for job in cluster.jobs() if job["JobId"] == number)
        return job if job["JobState"] in ("COMPLETED", "FAILED", "TIMEOUT") else None

    launcher = cluster.wait_for(ended, "the launcher", 400)
    text = (project / f"danq-{number}.log").read_text()
    assert (launcher["JobState"], launcher["Restarts"]) == ("COMPLETED", "1"), text[-5000:]
    assert "Nothing to be done" in text
    assert assert_as_if_nothing_had_happened(project, undisturbed) == []
    assert states(cluster, project) == ["COMPLETED"]
