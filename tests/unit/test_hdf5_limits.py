"""HDF5 files that declare more than they hold, or whose values are elsewhere, are refused before they are read."""

import h5py
import numpy as np
import pytest

from danq import hdf5
from danq.errors import UserError


def huge(file):
    file.create_dataset("x", (10**12,), np.uint8, chunks=(64,))


def never_written(file):
    file.create_dataset("x", (5,), np.uint8)


def external(file):
    file.create_dataset("x", (5,), np.uint8, external=[("/dev/zero", 0, h5py.h5f.UNLIMITED)])


def virtual(file):
    layout = h5py.VirtualLayout((5,), np.uint8)
    layout[:] = h5py.VirtualSource("other.h5", "x", (5,))
    file.create_virtual_dataset("x", layout)


def soft_link(file):
    file["x"] = h5py.SoftLink("/x")


def external_link(file):
    file["group/x"] = h5py.ExternalLink("other.h5", "x")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (huge, "x declares 1,000,000,000,000 bytes, of which 0 are stored"),
        (never_written, "x declares 5 bytes, of which 0 are stored"),
        (external, "the values of /x are in another file"),
        (virtual, "the values of /x are in another file"),
        (soft_link, "x is a link to another place"),
        (external_link, "group/x is a link to another place"),
    ],
)
def test_what_the_file_does_not_hold_is_refused(tmp_path, make, words):
    with h5py.File(tmp_path / "f.h5", "w") as file:
        make(file)
    with pytest.raises(UserError) as caught, hdf5.reading(tmp_path / "f.h5", "windows file", "make it again"):
        raise AssertionError("opened")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("; make it again")


@pytest.mark.parametrize(
    "options", [{}, {"chunks": (100,), "compression": "gzip"}, {"chunks": (100,), "shuffle": True}]
)
def test_what_the_file_holds_is_read(tmp_path, options):
    """Zeros compress best, a thousandfold."""
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file.create_dataset("group/x", data=np.zeros(100_000, np.uint8), **options)
        file["text"] = "a" * 100_000
        file["names"] = ["chr1", "chr2"]
        file.create_dataset("empty", (0, 4), np.float32)
    with hdf5.reading(tmp_path / "f.h5", "windows file", "make it again") as file:
        assert file["group/x"][()].sum() == 0
        assert len(file["text"][()]) == 100_000
