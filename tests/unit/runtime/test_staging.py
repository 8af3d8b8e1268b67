"""Windows are copied to a scratch disk with room for them, and otherwise read in place."""

import os
import subprocess

import pytest

from danq.runtime.staging import staged


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "windows"
    folder.mkdir()
    (folder / "train.h5").write_bytes(os.urandom(1 << 20))
    (folder / "valid.h5").write_bytes(b"valid")
    (folder / "test.h5").write_bytes(b"test")
    return folder


def test_copies_are_made_and_removed(folder, tmp_path, caplog):
    scratch = tmp_path / "lscratch"
    scratch.mkdir()
    with caplog.at_level("INFO"), staged(folder, ["train.h5", "valid.h5"], scratch) as copies:
        assert copies.parent == scratch
        assert sorted(path.name for path in copies.iterdir()) == ["train.h5", "valid.h5"]
        assert (copies / "train.h5").read_bytes() == (folder / "train.h5").read_bytes()
    assert f"windows copied to the scratch disk {copies}: 0.00 GB" in caplog.text
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("scratch", [None, ""])
def test_without_scratch_nothing_is_copied(folder, scratch, caplog):
    with staged(folder, ["train.h5"], scratch) as place:
        assert place == folder
    assert caplog.text == ""


def test_a_missing_scratch_disk_is_not_used(folder, tmp_path, caplog):
    with staged(folder, ["train.h5"], tmp_path / "no") as place:
        assert place == folder
    assert f"{tmp_path}/no is not used: No such file or directory; reading the windows from {folder}" in caplog.text


def test_a_missing_file_is_reported_by_its_reader(folder, tmp_path):
    with staged(folder, ["train.h5", "other.h5"], tmp_path) as copies:
        assert [path.name for path in copies.iterdir()] == ["train.h5"]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk, which only root may")
@pytest.mark.parametrize("size", ["512k", "1050k"])  # too small; too small with the part that stays free
def test_a_full_scratch_disk_is_not_used(folder, tmp_path, caplog, size):
    scratch = tmp_path / "small"
    scratch.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", scratch], check=True)
    try:
        with staged(folder, ["train.h5"], scratch) as place:
            assert place == folder
        assert f"{scratch} is not used: it has 0.0 GB free, less than the required 0.0 GB" in caplog.text
        assert list(scratch.iterdir()) == []
    finally:
        subprocess.run(["umount", scratch], check=True)
