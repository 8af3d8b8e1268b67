"""Systems without locks or shared memory, and full disks."""

import os
import shutil
import subprocess
import sys

import pytest

from danq import processes
from danq.errors import UserError
from danq.files import locked

SHIM = "#include <errno.h>\nint flock(int file, int how) { errno = NUMBER; return -1; }\n"
WORK = """
import sys
import cli, h5py
from danq.files import locked
with locked(sys.argv[1], "another training"), h5py.File(sys.argv[1], "w") as file:
    file["a"] = 1
print(h5py.File(sys.argv[1])["a"][()])
"""


@pytest.mark.skipif(not shutil.which("gcc"), reason="no C compiler")
@pytest.mark.parametrize("number", [37, 95])  # ENOLCK, EOPNOTSUPP
def test_files_are_written_and_read_without_locks(tmp_path, number):
    (tmp_path / "shim.c").write_text(SHIM.replace("NUMBER", str(number)))
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", tmp_path / "shim.so", tmp_path / "shim.c"], check=True)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LD_PRELOAD": str(tmp_path / "shim.so")}
    environment.pop("HDF5_USE_FILE_LOCKING", None)
    command = [sys.executable, "-c", WORK, tmp_path / "a.h5"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    assert "does not support locks" in done.stderr


@pytest.mark.parametrize("count", [1, 2])
def test_without_shared_memory_one_process_works(monkeypatch, caplog, count):
    def fail(*_):
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(processes, "ProcessPoolExecutor", fail)
    with processes.parallel(count) as mapped:
        assert list(mapped(abs, [-1, 2])) == [1, 2]
    assert ("is /dev/shm missing" in caplog.text) == (count > 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, which only root may")
def test_a_full_disk_in_the_lock_file_is_an_error(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=True)
    try:
        with (disk / "filler").open("wb") as file, pytest.raises(OSError, match="No space"):
            while True:
                os.write(file.fileno(), bytes(4096))
        with pytest.raises(UserError, match="a.h5: the disk is full"), locked(disk / "a.h5", "another training"):
            pass
        assert [path.name for path in disk.iterdir()] == ["filler"]
    finally:
        subprocess.run(["umount", disk], check=True)
