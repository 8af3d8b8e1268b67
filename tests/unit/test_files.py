"""Output files are complete or absent, however the writer ends."""

import os
import platform
import subprocess
import sys
import time

import pytest
from project import SCRIPTS

from danq.errors import UserError
from danq.file_names import file_name, file_names
from danq.files import STALE, check_outputs, read_json, replacing

KILLED = """
import os, sys
from danq.files import replacing
with replacing(sys.argv[1]) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), 9)
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_error_keeps_the_earlier_file(tmp_path):
    path = tmp_path / "a.h5"
    path.write_text("earlier")
    with pytest.raises(KeyError), replacing(path) as temporary:
        temporary.write_text("half")
        raise KeyError
    assert (names(tmp_path), path.read_text()) == (["a.h5"], "earlier")


def test_the_next_writer_removes_files_of_a_killed_writer(tmp_path):
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


def test_files_of_running_writers_are_kept(tmp_path):
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


@pytest.mark.parametrize(
    ("text", "word"),
    [("", "Expecting value"), ("[1]", "indices"), ('{"recipe": {}}', "'sizes' is missing"), ("[" * 10**5, "recursion"),
     ('{"recipe": 1}', "subscriptable")],
)  # fmt: skip
def test_a_damaged_record_is_one_sentence(tmp_path, text, word):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(UserError, match=rf"run.json: not a valid record of the run \(.*{word}.*\); write it again"):
        read_json(tmp_path / "run.json", "record of the run", "recipe.sizes")


@pytest.mark.parametrize("how", ["same", "symlink", "hardlink", "folder", "below a file", "a folder", "twice"])
def test_outputs_that_would_lose_something_are_refused(tmp_path, how):
    given, output = tmp_path / "in" / "a.h5", tmp_path / "out.h5"
    given.parent.mkdir()
    given.write_text("whole")
    files, folders, message = [output], [], "is also an input"
    if how == "same":
        files = [tmp_path / "in" / ".." / "in" / "a.h5"]
    elif how == "symlink":
        output.symlink_to(given)
    elif how == "hardlink":
        output.hardlink_to(given)
    elif how == "folder":
        files, folders, message = [], [given.parent], "would remove the input"
    elif how == "below a file":
        files, message = [given / "b.h5"], "a file stands where a folder is needed"
    elif how == "a folder":
        files, message = [given.parent], "a folder stands where a file is to be written"
    else:
        files, message = [output, tmp_path / "." / "out.h5"], "two outputs have this path"
    with pytest.raises(UserError, match=message):
        check_outputs([given, None, tmp_path / "missing"], files, folders)
    assert given.read_text() == "whole"


def test_a_pipe_is_not_replaced(tmp_path):
    """As root, `-o /dev/null` would replace the device of the whole system."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="pipe: a device or a pipe"), replacing(tmp_path / "pipe"):
        raise AssertionError
    assert (tmp_path / "pipe").is_fifo()


def test_names_become_safe_and_distinct_file_names():
    texts = ["../../x", "a/b", "A_B", "..", ".hidden", "CTCF", "x" * 300]
    found = file_names(texts)
    assert found[:6] == ["__.._x", "a_b", "A_B-2", "_", "_hidden", "CTCF"]
    assert len(found[6]) == 200
    assert file_name("001_K562|CTCF|None") == "001_K562_CTCF_None"


def test_every_program_with_an_output_checks_it():
    for path in SCRIPTS.glob("*.py"):
        if '"--output"' in path.read_text() and path.stem != "simulate":
            assert "check_outputs(" in path.read_text(), path
