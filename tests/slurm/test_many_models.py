"""Eight models train in parallel on the node's four V100s, and no two jobs share a GPU at the same time."""

from __future__ import annotations

import json
from datetime import datetime
from itertools import combinations

import pytest
import toys
import yaml
from project import copy_project, jobs, run, snakemake

MODELS = [f"danq_{i:02}" for i in range(1, 9)]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    project = copy_project(tmp_path_factory.mktemp("many").resolve() / "project")
    toys.write_dataset(project / "data")
    config = toys.config("data")
    config["models"] = {name: config["models"]["danq"] | {"seed": i} for i, name in enumerate(MODELS)}
    toys.write_config(project / "config/config.yaml", config)
    path = project / "profiles/slurm/config.v9+.yaml"
    profile = yaml.safe_load(path.read_text()) | {"latency-wait": 5, "slurm-init-seconds-before-status-checks": 2}
    profile["set-threads"] = {"train": 1}
    path.write_text(yaml.safe_dump(profile, sort_keys=False))
    return project


def test_a_dry_run_plans_all_stages_of_all_models(project):
    plan = jobs(snakemake(project, "--dry-run", "--profile", "profiles/slurm").stdout)
    for rule in ("train", "predict", "motifs", "draw_logos"):
        assert {model for name, model in plan if name == rule} == set(MODELS)
    assert {model for name, model in plan if name == "evaluate"} == {*MODELS, "composition", "motif", "kmer"}


def test_parallel_jobs_do_not_share_a_gpu(cluster, project):
    assert snakemake(project, "windows", "--cores", "2").returncode == 0
    done = run(["snakemake", "models", "--profile", "profiles/slurm"], project, DANQ_CPUS_AS_GPUS="1")
    assert done.returncode == 0, done.stderr[-5000:]
    records = {job["JobId"]: job for job in cluster.jobs_of(project, "train")}
    assert len(records) == len(MODELS)
    spans = []
    for name in MODELS:
        seen = json.loads((project / f"results/toy/models/{name}/training/run.json").read_text())["job"]
        job = records[seen["SLURM_JOB_ID"]]
        begin, end = (datetime.fromisoformat(job[key]) for key in ("StartTime", "EndTime"))
        spans.append((seen["CUDA_VISIBLE_DEVICES"], begin, end))
    assert {gpu for gpu, *_ in spans} == {"0", "1", "2", "3"}
    together = [
        (first, second) for first, second in combinations(spans, 2) if first[1] < second[2] and second[1] < first[2]
    ]
    assert together  # some jobs ran in parallel
    assert not [(first, second) for first, second in together if first[0] == second[0]]
