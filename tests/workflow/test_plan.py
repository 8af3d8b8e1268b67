"""plan.py names the steps that a dry run of Snakemake lists."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import toys
from project import copy_project, jobs, run, snakemake


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("project"))
    toys.write_dataset(folder / "data")
    config = toys.config("data")
    config["models"]["danq"]["seeds"] = [1, 2]
    toys.write_config(folder / "toy.yaml", config)
    return folder


def planned(text: str) -> dict[str, int]:
    """The rules of a plan, each with its number of steps."""
    counts = {}
    for line in text.splitlines():
        if line.startswith("  "):
            for step in re.sub(r"^  \S+ +", "", line).split("; "):
                rule, _, rest = step.partition(" ")
                number = re.search(r"\((\d+)\)$", rest)
                counts[rule] = int(number[1]) if number else max(1, len(rest.split(", ")) if rest else 1)
    return counts


def test_the_plan_has_the_steps_of_a_dry_run(project):
    done = run(["python", "workflow/scripts/plan.py", "--configfile", "toy.yaml"], project)
    assert done.returncode == 0, done.stderr
    expected = Counter(rule for rule, _ in jobs(snakemake(project, "-n", "--configfile", "toy.yaml").stdout))
    assert sum(expected.values()) > 30
    assert planned(done.stdout) == expected
    assert done.stdout.startswith(f"{sum(expected.values())} steps to run for results/toy:\n")
    assert "train danq-seed1, danq-seed2, deepsea" in done.stdout
    assert len(done.stdout.splitlines()) < 15


def test_targets_are_passed_to_snakemake(project):
    done = run(["python", "workflow/scripts/plan.py", "windows", "--configfile", "toy.yaml"], project)
    assert planned(done.stdout) == {"prepare": 1}


def test_a_mistake_in_the_config_is_shown(project):
    toys.write_config(project / "wrong.yaml", toys.config("data") | {"windos": 1})
    done = run(["python", "workflow/scripts/plan.py", "--configfile", "wrong.yaml"], project)
    assert done.returncode == 1
    assert "unknown key 'windos'" in done.stderr
    assert "common.smk" not in done.stderr
    (project / "broken.yaml").write_text("dataset: a\nwindows:\n  bin: 200\n window: 400\n")
    broken = run(["python", "workflow/scripts/plan.py", "--configfile", "broken.yaml"], project)
    assert broken.stderr.startswith("error: broken.yaml, line 4: not YAML")
    missing = run(["python", "workflow/scripts/plan.py", "--configfile", "no.yaml"], project)
    assert missing.stderr.startswith("error: no.yaml: no such config; ")
