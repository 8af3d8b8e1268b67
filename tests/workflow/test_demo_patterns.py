"""Patterns in the contributions to the demo's targets: they are the planted motifs. Needs modisco-lite."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys

import pytest
from project import PROJECT, program

RESULTS = PROJECT / "results/demo"
MODEL = RESULTS / "models/danq/training/model.weights.h5"
PLANTED = ("CTCF", "REST", "CEBPB", "HNF1A", "NRF1", "ZNF143", "RFX5", "SRF")
pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("modiscolite") is None,
        reason="modisco-lite is not installed (make environment MODISCO=1)",
    ),
    pytest.mark.skipif(not MODEL.exists(), reason="the demo has not run (make demo)"),
]


@pytest.fixture(scope="module")
def attributions(tmp_path_factory):
    """Gradients of the positive test windows of each factor."""
    path = tmp_path_factory.mktemp("patterns") / "gradient.h5"
    words = ["-c", MODEL, "-d", RESULTS / "windows", "-t", "TF", "--method", "gradient", "--windows", "200"]
    done = program("attribute", *words, "-o", path)
    assert done.returncode == 0, done.stderr
    return path


def counted(attributions, *words):
    """Numbers of factors that are found, of all factors, and, with a control, of names in it."""
    command = [sys.executable, PROJECT / "benchmarks/patterns.py", attributions, *words]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    found = re.search(r"(\d+) of (\d+) factors found; (\d+ names|no control)", done.stderr).groups()
    return [int(number.removesuffix(" names")) for number in found if number != "no control"]


def test_patterns_are_the_planted_motifs(attributions):
    """Measured: all eight by E < 1e-3, the highest being 6e-4."""
    found, factors = counted(attributions, *PLANTED, "--no-control")
    assert factors == 8
    assert found >= 7


def test_contributions_of_other_bases_have_no_name(attributions):
    assert counted(attributions, "CTCF", "CEBPB")[2] == 0
