"""The last lines of a run: the report, or the logs of what failed."""

from __future__ import annotations

from pathlib import Path

import pytest
import toys
from project import copy_project, snakemake


@pytest.fixture
def project(tmp_path) -> Path:
    """A copy of the project with the toy data and its config."""
    folder = copy_project(tmp_path / "project")
    toys.write_dataset(folder / "data")
    toys.write_config(folder / "toy.yaml", toys.config("data"))
    return folder


def test_a_failed_step_is_named_with_its_log_and_error(project):
    toys.write_peaks(project / "data/peaks/REST.narrowPeak.gz", ["chr1\t10\tten"])
    done = snakemake(project, "--cores", "1", "windows", "--configfile", "toy.yaml")
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("Failed: ")]
    assert line.startswith("Failed: prepare; see logs/toy/prepare.log: error: data/peaks/REST.narrowPeak.gz, line 1: ")


def test_a_run_without_tables_and_report_ends_without_a_word_on_them(project):
    """A report of an earlier run is not named by a run that was not asked for it."""
    toys.write_lines(project / "results/toy/report.html", ["an old one"])
    done = snakemake(project, "--cores", "1", "windows", "--configfile", "toy.yaml")
    assert done.returncode == 0, done.stderr
    assert "report.html" not in done.stderr
    assert "learned" not in done.stderr
