"""Results are whole or absent, whatever ends the writer."""

import os
import platform
import subprocess
import sys
import time

import pytest

from danq.files import STALE, replacing

KILLED = """
import os, sys
from danq.files import replacing
with replacing(sys.argv[1]) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), 9)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_error_leaves_the_earlier_file(tmp_path):
    path = tmp_path / "a.h5"
    path.write_text("earlier")
    with pytest.raises(KeyError), replacing(path) as temporary:
        temporary.write_text("half")
        raise KeyError
    assert (names(tmp_path), path.read_text()) == (["a.h5"], "earlier")


def test_what_a_killed_writer_left_goes_with_the_next(tmp_path):
    path = tmp_path / "a[1].h5"
    subprocess.run([sys.executable, "-c", KILLED, path], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    (left,) = names(tmp_path)
    assert left.startswith(".tmp-")
    with replacing(tmp_path / "other.h5") as temporary:
        temporary.write_text("whole")
    assert names(tmp_path) == [left, "other.h5"]
    with replacing(path) as temporary:
        temporary.write_text("whole")
    assert (names(tmp_path), path.read_text()) == (["a[1].h5", "other.h5"], "whole")


def test_writers_at_work_are_left_alone(tmp_path):
    path = tmp_path / "a.h5"
    here = tmp_path / f".tmp-{platform.node()}-{os.getppid()}-a.h5"  # a process that runs
    elsewhere = tmp_path / ".tmp-another-node-1-a.h5"
    for other in (here, elsewhere):
        other.write_text("at work")
    with replacing(path) as temporary:
        temporary.write_text("whole")
    assert names(tmp_path) == sorted([elsewhere.name, here.name, "a.h5"])
    os.utime(elsewhere, times=(time.time() - 2 * STALE,) * 2)
    with replacing(path) as temporary:
        temporary.write_text("whole")
    assert names(tmp_path) == sorted([here.name, "a.h5"])
