"""Each way to start the workflow: in its folder, from another folder, and as a module of another workflow."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import toys
import yaml
from project import copy_project, jobs, run, snakemake

MODULE = """
configfile: "config/config.yaml"

module danq:
    snakefile: {snakefile}
    config: {config}

use rule * from danq{alias}
"""
STAGES = {"prepare", "train", "predict", "evaluate", "compare", "motifs", "annotate", "draw_logos", "report"}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def elsewhere(tmp_path) -> Path:
    """A folder with the toy data and its config, and nothing of the workflow."""
    toys.write_dataset(tmp_path / "data")
    toys.write_config(tmp_path / "config/config.yaml", toys.config("data"))
    return tmp_path


def write_module(folder: Path, snakefile: str, config: str = "config", alias: str = "") -> None:
    text = MODULE.format(snakefile=snakefile, config=config, alias=alias)
    toys.write_lines(folder / "workflow/Snakefile", [text])


def rules(done: subprocess.CompletedProcess) -> set[str]:
    assert done.returncode == 0, done.stdout + done.stderr
    return {rule for rule, _ in jobs(done.stdout)}


@pytest.mark.parametrize("snakefile", ["Snakefile", "workflow/Snakefile"])
def test_from_another_folder(project, elsewhere, snakefile):
    assert rules(snakemake(elsewhere, "-s", project / snakefile, "--dry-run")) >= STAGES


@pytest.mark.parametrize("snakefile", ["Snakefile", "workflow/Snakefile"])
def test_with_a_working_directory(project, elsewhere, snakefile):
    done = snakemake(project, "-s", snakefile, "--directory", elsewhere, "--dry-run")
    assert rules(done) >= STAGES
    assert "results/toy/report.html" in done.stdout


def test_in_its_own_folder(project):
    """The default target is the report, and the config is the demo's."""
    done = snakemake(project, "--dry-run")
    assert rules(done) >= STAGES
    assert "results/demo/report.html" in done.stdout


def test_a_config_file_replaces_the_demos(project, elsewhere):
    config = elsewhere / "config/config.yaml"
    done = snakemake(project, "-s", "workflow/Snakefile", "--directory", elsewhere, "--configfile", config, "-n")
    assert {model for _, model in jobs(done.stdout)} == {"", "danq", "deepsea", "composition", "motif", "kmer"}
    assert "results/demo" not in done.stdout


def test_as_a_module_in_a_real_run(project, elsewhere):
    """With a prefix for the rules' names, and the config in a block of the other workflow's."""
    config = toys.config("data")
    del config["models"]["danq"]  # one training is enough here
    toys.write_config(elsewhere / "config/config.yaml", {"danq": config})
    write_module(elsewhere, repr(str(project / "workflow/Snakefile")), 'config["danq"]', " as danq_*")
    assert rules(snakemake(elsewhere, "--dry-run")) >= {f"danq_{rule}" for rule in STAGES}
    done = snakemake(elsewhere, "--cores", "2", "danq_evaluation")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (elsewhere / "results/toy/auc.tsv").read_text().splitlines()
    assert {line.split("\t")[0] for line in lines[1:]} == {"deepsea", "composition", "motif", "kmer"}
    assert "Nothing to be done" in snakemake(elsewhere, "--cores", "2", "danq_evaluation").stderr


@pytest.fixture(scope="module")
def repository(tmp_path_factory) -> Path:
    """A git repository that holds the workflow."""
    folder = copy_project(tmp_path_factory.mktemp("repository"))
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "All"], ["tag", "v1"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    return folder


def test_as_deployed_from_the_catalogue(repository, elsewhere):
    """`snakedeploy deploy-workflow` writes this Snakefile; the clone that Snakemake keeps in its cache is made here."""
    source = 'github("owner/danq", path="workflow/Snakefile", tag="v1")'
    write_module(elsewhere, source)
    clone = elsewhere / "cache/snakemake/snakemake/source-cache/snakemake-git-cache/github.com/owner/danq"
    clone.parent.mkdir(parents=True)
    subprocess.run(["git", "clone", "-q", "--bare", repository, clone], check=True)
    cache = {"XDG_CACHE_HOME": str(elsewhere / "cache")}
    done = snakemake(elsewhere, "--dry-run", **cache)
    assert rules(done) >= STAGES
    program = next((elsewhere / ".snakemake/danq").glob("*/scripts/prepare.py"))
    helped = run(["python", program, "--help"])
    assert helped.returncode == 0, helped.stderr
    made = snakemake(elsewhere, "--cores", "2", "windows", **cache)
    assert made.returncode == 0, made.stdout + made.stderr
    assert (elsewhere / "results/toy/windows/train.h5").exists()


def test_from_a_git_repository_on_disk(repository, elsewhere):
    write_module(elsewhere, repr(f"git+file://{repository}/workflow/Snakefile@main"))
    assert rules(snakemake(elsewhere, "--dry-run")) >= STAGES


def test_the_catalogue_finds_its_files(project):
    assert (project / "workflow/Snakefile").is_file()
    assert yaml.safe_load((project / "config/config.yaml").read_text())["dataset"] == "demo"
    assert os.access(project / "config/README.md", os.R_OK)
