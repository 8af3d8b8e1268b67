"""The whole demo, with fewer epochs, through each profile on a real Slurm controller; then its records are read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from project import copy_project, run

QUICK = {"profiles/slurm": ["--slurm-init-seconds-before-status-checks", "3"], "profiles/biowulf": []}
STAND_IN = {"DANQ_CPUS_AS_GPUS": "1"}  # the node's GPUs are terminals
GPU_JOBS = ("train", "predict", "influence")
CPU_JOBS = ("prepare", "evaluate", "motifs", "annotate", "draw_logos", "draw_curves", "report")
# Rule: CPUs, memory in MB, minutes.
ASKED = {
    "prepare": (8, 8000, 120),
    "train": (8, 16000, 72 * 60),
    "predict": (8, 16000, 4 * 60),
    "evaluate": (4, 8000, 60),
    "motifs": (8, 16000, 4 * 60),
    "report": (1, 8000, 60),
}


def short_demo(folder: Path) -> Path:
    """A copy of the project whose demo trains for two epochs."""
    project = copy_project(folder)
    path = project / "config/config.yaml"
    config = yaml.safe_load(path.read_text())
    for model in config["models"].values():
        model["epochs"] = 2
    config["motifs"]["min_sites"] = 2
    path.write_text(yaml.safe_dump(config))
    return project


@pytest.fixture(scope="module", params=list(QUICK))
def finished(request, cluster, tmp_path_factory):
    """The profile, and the project in which the demo ran through it."""
    project = short_demo(tmp_path_factory.mktemp("demo").resolve() / "project")
    done = run(["snakemake", "--profile", request.param, *QUICK[request.param]], project, **STAND_IN)
    assert done.returncode == 0, done.stderr[-5000:]
    return request.param, project


def minutes(limit: str) -> int:
    days, _, clock = limit.rpartition("-")
    hours, minute, _ = map(int, clock.split(":"))
    return int(days or 0) * 24 * 60 + hours * 60 + minute


def test_everything_ran_as_a_job(cluster, finished):
    _, project = finished
    assert (project / "results/demo/report.html").stat().st_size > 100_000
    for rule in (*GPU_JOBS, *CPU_JOBS):
        jobs = cluster.jobs_of(project, rule)
        assert len(jobs) == (2 if rule in (*GPU_JOBS, "evaluate", "motifs", "annotate", "draw_logos") else 1), rule
        assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    assert not cluster.jobs_of(project, "compare")  # seconds of work, done where Snakemake runs


@pytest.mark.parametrize("rule", ASKED)
def test_each_job_asked_for_what_the_profile_says(cluster, finished, rule):
    _, project = finished
    cpus, memory, limit = ASKED[rule]
    for job in cluster.jobs_of(project, rule):
        assert job["CPUs/Task"] == str(cpus)
        assert f"mem={memory}M" in job["TRES"]
        assert minutes(job["TimeLimit"]) == limit
        assert job["Partition"] == ("gpu" if rule in GPU_JOBS else "norm")
        asked = " ".join(job.get(name, "") for name in ("TresPerJob", "TresPerNode"))
        assert ("gpu:v100:1" in asked) == (rule in GPU_JOBS), job
        assert ("lscratch:100" in asked) == (rule in GPU_JOBS), job
        assert ("gpu:v100:1" in job.get("JOB_GRES", "")) == (rule in GPU_JOBS), job


def test_training_saw_its_gpu_and_read_from_scratch(cluster, finished):
    _, project = finished
    for job in cluster.jobs_of(project, "train"):
        model = re.search(r"(danq|deepsea)$", job["Comment"].strip())[1]
        seen = json.loads((project / f"results/demo/{model}/run.json").read_text())["job"]
        assert seen["SLURM_JOB_ID"] == job["JobId"]
        assert re.fullmatch(r"\d", seen["CUDA_VISIBLE_DEVICES"])
        assert re.fullmatch(rf"/lscratch/{job['JobId']}/danq-\w+/train.h5", seen["windows"])


def test_prediction_read_from_scratch_and_all_scratch_is_gone(cluster, finished):
    _, project = finished
    for model in ("danq", "deepsea"):
        log = (project / f"logs/demo/predict/{model}.log").read_text()
        assert "windows copied to the scratch disk /lscratch/" in log
    assert not [path for path in Path("/lscratch").iterdir() if path.name in {j["JobId"] for j in cluster.jobs()}]
