"""Tracks on Slurm: a piece whose job is killed and a node that fails end in the bytes of an undisturbed run."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import toys
import yaml
from project import copy_project, environment, run, snakemake

pytestmark = pytest.mark.timeout(2400)

STAND_IN = {"DANQ_CPUS_AS_GPUS": "1"}
COMMAND = ["snakemake", "--profile", "profiles/slurm", "--", "tracks"]


def content(project: Path) -> dict[str, bytes]:
    folder = project / "results/toy/models/danq/tracks"
    files = [*folder.glob("shards/*.h5"), *folder.glob("bigwig/*.bw"), folder / "bigwig/tracks.tsv"]
    return {path.name: path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def trained(tmp_path_factory) -> Path:
    """A project with a trained model and no tracks."""
    project = copy_project(tmp_path_factory.mktemp("tracks").resolve() / "project")
    toys.write_dataset(project / "data")
    config = toys.config("data") | {"baselines": []}
    config["models"] = {"danq": config["models"]["danq"] | {"max_windows": 50}}
    config["tracks"] = {"targets": ["CTCF"], "regions": ["chr4"], "stride": 10, "block": 1000}
    toys.write_config(project / "config/config.yaml", config)
    path = project / "profiles/slurm/config.v9+.yaml"
    profile = yaml.safe_load(path.read_text()) | {"latency-wait": 5, "slurm-init-seconds-before-status-checks": 2}
    profile["set-threads"] |= {"train": 2, "predict_tracks": 2}
    path.write_text(yaml.safe_dump(profile, sort_keys=False))
    assert snakemake(project, "models", "--cores", "2").returncode == 0
    return project


def test_a_killed_job_and_a_failed_node_change_no_byte(cluster, trained, tmp_path):
    undisturbed = shutil.copytree(trained, tmp_path.resolve() / "undisturbed")
    assert run(COMMAND, undisturbed, **STAND_IN).returncode == 0
    project = shutil.copytree(trained, tmp_path.resolve() / "project")
    with (project / "head.log").open("wb") as log:
        head = subprocess.Popen(COMMAND, cwd=project, env=environment(**STAND_IN), stdout=log, stderr=log)

    def running():
        return [job for job in cluster.jobs_of(project, "predict_tracks") if job["JobState"] == "RUNNING"]

    first = cluster.wait_for(running, "a piece to run", 300)[0]
    subprocess.run(["scancel", first["JobId"]], check=True)
    cluster.wait_for(lambda: cluster.job(first["JobId"])["JobState"] == "CANCELLED", "the cancelled job", 60)
    others = [job["JobId"] for job in cluster.wait_for(running, "another piece to run", 300)]
    try:
        cluster.stop_node()
    finally:
        cluster.start_node()
    for number in others:
        if cluster.job(number)["JobState"] == "PENDING":
            cluster.start_requeued(number)
    assert head.wait(timeout=1200) == 0, (project / "head.log").read_text()[-5000:]
    assert content(project) == content(undisturbed)
    assert len(content(project)) == 3 + 1 + 1
