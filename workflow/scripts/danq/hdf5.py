"""Reads HDF5 files: damage and contradictions become one sentence, arrays are memory-mapped.

Reading takes bounded time and memory. A file of a few kilobytes can declare terabytes, and its values can be in another
file, so `check_all` compares what every dataset declares with what the file stores before anything is read.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from .errors import UserError
from .files import existing

# What h5py and NumPy raise on files that are cut short, damaged or made by hand.
DAMAGE = (
    *(OSError, LookupError, ValueError, TypeError, AttributeError, RuntimeError, OverflowError, MemoryError),
    SystemError,  # of h5py, where a table of links is damaged
)
DEFLATED = 1040  # most bytes that gzip, the filter of MATLAB and h5py, makes of one byte


@contextmanager
def reading(path: str | Path, what: str, remedy: str) -> Iterator[h5py.File]:
    """Open a file for reading; what is wrong with its content is a UserError, also within the block.

    what : kind of the file, such as "windows file"
    remedy : what the user can do about a damaged file, such as "make it again"
    """
    path = existing(path, what)
    try:
        with h5py.File(path, "r") as file:
            check_all(file)
            yield file
    except DAMAGE as error:
        number = getattr(error, "errno", None)
        if number:  # the disk or the network failed; the file may be whole
            raise UserError(
                f"{path}: the {what} cannot be read ({os.strerror(number)}); check the disk or the network"
            ) from error
        raise UserError(f"{path}: the {what} is cut short or damaged ({reason(error)}); {remedy}") from error


def reason(error: Exception) -> str:
    """The first line of an error's message; those of h5py can have several."""
    return (str(error).strip() or type(error).__name__).split("\n")[0][:200]


def check_all(group: h5py.Group) -> None:
    """Raise a ValueError unless all values below `group` are in this file, and no more than it can hold."""
    names: list[str] = []
    group.visititems_links(lambda name, link: names.append(name))  # does not follow links
    for name in names:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ValueError(f"{name} is a link to another place")
        if isinstance(group[name], h5py.Dataset):
            check_stored(group[name])


def check_stored(data: h5py.Dataset) -> None:
    """Raise a ValueError unless the values of a dataset are in its file, and no more than it can hold."""
    if data.external or data.is_virtual:
        raise ValueError(f"the values of {data.name} are in another file")
    stored = data.id.get_storage_size()
    most = stored if data.chunks is None else stored * DEFLATED
    if data.nbytes > most or stored > data.file.id.get_filesize():
        raise ValueError(f"{data.name} declares {data.nbytes:,} bytes, of which {stored:,} are stored")


def mapped(file: h5py.File, name: str, dtype: type, shape: tuple[int | None, ...]) -> np.ndarray:
    """The dataset as a read-only memory map of its file. None in `shape` fits any length.

    Raises ValueError if the file itself does not hold it as one block, or if its type or shape differs.
    """
    data = dataset(file, name, dtype, shape)
    if data.size == 0:
        return np.empty(data.shape, dtype)
    if data.chunks or data.external or data.is_virtual or data.id.get_offset() is None:
        raise ValueError(f"{name} is not one block of this file")
    return np.memmap(file.filename, dtype, "r", data.id.get_offset(), data.shape)


def dataset(file: h5py.File, name: str, dtype: type, shape: tuple[int | None, ...]) -> h5py.Dataset:
    """The dataset, with the checks of `mapped` except that it is one block."""
    link = file.get(name, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise ValueError(f"{name} is missing" if link is None else f"{name} is a link to another place")
    data = file[name]
    if not isinstance(data, h5py.Dataset):
        raise ValueError(f"{name} is no array")
    fits = len(data.shape) == len(shape) and all(n in (None, m) for n, m in zip(shape, data.shape, strict=True))
    if data.dtype != dtype or not fits:
        sizes = " x ".join("any" if n is None else str(n) for n in shape)
        raise ValueError(f"{name} is {data.dtype} {data.shape}, not {np.dtype(dtype)} {sizes}")
    return data
