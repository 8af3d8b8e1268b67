"""Which Slurm jobs of a killed Snakemake are cancelled; tests/slurm tries it on a real cluster."""

from __future__ import annotations

import pytest
import toys

from flow import orphans


@pytest.fixture
def queue(monkeypatch):
    """A queue with a training of danq and a prediction of deepsea from this folder."""
    running = [("7", ("train", "danq")), ("8", ("predict", "deepsea"))]
    monkeypatch.setattr(orphans, "jobs_here", lambda folder: running)
    monkeypatch.setattr(orphans, "cancel", set)


@pytest.mark.usefixtures("queue")
def test_jobs_of_this_run_are_cancelled(tmp_path):
    assert orphans.cancel_orphans([("train", "danq"), ("train", "deepsea")], [], tmp_path) == ["7"]


@pytest.mark.usefixtures("queue")
def test_recorded_jobs_are_cancelled(tmp_path):
    assert orphans.cancel_orphans([], ["3", "4"], tmp_path) == ["3", "4"]


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize(("locks", "cancelled"), [(1, ["3", "7"]), (2, ["3"])])
def test_running_jobs_are_left_alone_while_another_snakemake_works_here(tmp_path, locks, cancelled):
    for number in range(locks):
        toys.write_lines(tmp_path / f".snakemake/locks/{number}.output.lock", [])
    assert orphans.cancel_orphans([("train", "danq")], ["3"], tmp_path) == cancelled
