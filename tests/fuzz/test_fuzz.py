"""A few hundred mutations of all input formats: each ends right, or with one sentence and status 1."""

import os
import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent))

import harness
import pytest
from formats import FORMATS
from mutators import BYTES, TEXT
from worker import case_of

CASES = 600


@pytest.fixture(scope="module")
def results():
    found = {}
    for result in harness.run(harness.cases(CASES), jobs=min(2, os.cpu_count() or 1)):
        found.setdefault(result.format, []).append(result)
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_a_mutated_input_is_read_right_or_refused_in_one_sentence(results, name):
    faults = [one for one in results[name] if one.kind not in harness.FINE]
    assert not faults, "\n\n".join(map(str, faults))


def test_every_mutator_is_tried():
    tried = {case_of(*case)[0] for case in harness.cases(CASES)}
    assert tried >= {*TEXT, *BYTES, *(mutator for one in FORMATS.values() for mutator in one.structural)}


@pytest.mark.parametrize("mutate", [*TEXT, *BYTES])
def test_a_seed_gives_the_same_mutation(mutate):
    data = b"chr1\t100\t200\nchr2\t5\t70\n"
    assert mutate(Random("1"), data) == mutate(Random("1"), data)


@pytest.mark.parametrize("kind", ["wrong", "hang", "crash", "half-written", "traceback"])
def test_the_harness_finds_faults(tmp_path, kind):
    """A program that crashes, hangs or ignores damage is a finding, and the next case runs."""
    worker = harness.Worker(tmp_path / "log")
    try:
        assert worker.run(f"self_test_{kind}", 0).kind == kind
        assert worker.run("self_test_right", 0).kind == "right"
    finally:
        worker.stop()
