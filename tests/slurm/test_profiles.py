"""The workflow runs on the toy dataset with each profile on a real Slurm controller; tests read the job records."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import toys
from project import copy_project, run

pytestmark = pytest.mark.timeout(2400)  # for the runs

# Each profile, and options that make Snakemake notice the end of a job soon.
QUICK = {
    "profiles/slurm": ["--slurm-init-seconds-before-status-checks", "2"],
    "profiles/biowulf": ["--seconds-between-status-checks", "2", "--max-status-checks-per-second", "10"],
}
STAND_IN = {"DANQ_CPUS_AS_GPUS": "1"}  # the node has no real GPUs
GPU_JOBS = ("train", "predict", "influence", "shuffled_labels")
CPU_JOBS = ("prepare", "baseline", "evaluate", "motifs", "annotate", "draw_logos", "draw_curves", "report")
# Rule: CPUs, memory in MB, minutes.
REQUESTED = {
    "prepare": (8, 8000, 120),
    "train": (8, 16000, 72 * 60),
    "predict": (8, 16000, 4 * 60),
    "evaluate": (4, 8000, 60),
    "motifs": (8, 16000, 4 * 60),
    "report": (1, 8000, 60),
}


def toy_project(folder: Path) -> Path:
    """Copy the project; its config is the toy dataset with every stage that runs as a job."""
    project = copy_project(folder)
    toys.write_dataset(project / "data")
    config = toys.config("data") | {"baselines": ["kmer"], "controls": {"shuffled_labels": True}}
    del config["models"]["deepsea"]
    toys.write_config(project / "config/config.yaml", config)
    return project


@pytest.fixture(scope="module")
def runs(cluster, tmp_path_factory):
    """Run the workflow with all profiles at once; maps each profile to its project and the finished command."""
    projects = {profile: toy_project(tmp_path_factory.mktemp("toy").resolve() / "project") for profile in QUICK}

    def run_all(profile: str):
        return run(["snakemake", "--profile", profile, *QUICK[profile]], projects[profile], **STAND_IN)

    with ThreadPoolExecutor(len(QUICK)) as pool:
        finished = pool.map(run_all, QUICK)
        return {profile: (projects[profile], done) for profile, done in zip(QUICK, finished, strict=True)}


@pytest.fixture(scope="module", params=list(QUICK))
def finished(request, runs) -> Path:
    """The project in which the workflow ran with a profile."""
    project, done = runs[request.param]
    assert done.returncode == 0, done.stderr[-5000:]
    return project


def minutes(limit: str) -> int:
    days, _, clock = limit.rpartition("-")
    hours, minute, _ = map(int, clock.split(":"))
    return int(days or 0) * 24 * 60 + hours * 60 + minute


def test_everything_ran_as_a_job(cluster, finished):
    assert (finished / "results/toy/report.html").stat().st_size > 100_000
    for rule in (*GPU_JOBS, *CPU_JOBS):
        jobs = cluster.jobs_of(finished, rule)
        assert len(jobs) == (2 if rule == "evaluate" else 1), rule
        assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    assert not cluster.jobs_of(finished, "compare")  # takes seconds, so it runs where Snakemake runs


@pytest.mark.parametrize("rule", REQUESTED)
def test_each_job_requested_the_resources_of_the_profile(cluster, finished, rule):
    cpus, memory, limit = REQUESTED[rule]
    for job in cluster.jobs_of(finished, rule):
        assert job["CPUs/Task"] == str(cpus)
        assert f"mem={memory}M" in job["TRES"]
        assert minutes(job["TimeLimit"]) == limit
        assert job["Partition"] == ("gpu" if rule in GPU_JOBS else "norm")
        asked = " ".join(job.get(name, "") for name in ("TresPerJob", "TresPerNode"))
        assert ("gpu:v100:1" in asked) == (rule in GPU_JOBS), job
        assert ("lscratch:100" in asked) == (rule in GPU_JOBS), job
        assert ("gpu:v100:1" in job.get("JOB_GRES", "")) == (rule in GPU_JOBS), job


def test_training_saw_its_gpu_and_read_from_the_scratch_disk(cluster, finished):
    (job,) = cluster.jobs_of(finished, "train")
    seen = json.loads((finished / "results/toy/models/danq/training/run.json").read_text())["job"]
    assert seen["SLURM_JOB_ID"] == job["JobId"]
    assert re.fullmatch(r"\d", seen["CUDA_VISIBLE_DEVICES"])
    assert re.fullmatch(rf"/lscratch/{job['JobId']}/danq-\w+/train.h5", seen["windows"])


def test_prediction_read_from_the_scratch_disk_and_its_copies_are_removed(cluster, finished):
    log = (finished / "logs/toy/predict/danq.log").read_text()
    assert "windows copied to the scratch disk /lscratch/" in log
    assert not [path for path in Path("/lscratch").iterdir() if path.name in {j["JobId"] for j in cluster.jobs()}]
