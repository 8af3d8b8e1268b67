"""The data format of the workflow: packed windows and labels in HDF5, read by memory map.

Datasets: `sequence` uint8 (N, ceil(L/2)), `labels` uint8 (N, ceil(T/8)), `contig` int32 (N,) and
`start` int64 (N,) if the places are known (0-based first base of each window), `contigs` names,
`targets` JSON (a dataset, because HDF5 limits attributes to 64 KB). Attributes: see `Windows`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from .. import hdf5
from ..errors import UserError
from ..files import replacing
from . import onehot
from .sources import Source
from .targets import Target, from_json, to_json

FORMAT = "danq-windows-1"
BLOCK = 1 << 16  # windows processed at a time


class Windows(Source):
    """Labelled windows of one split. The file is memory-mapped, so opening it reads no windows.

    Attributes
    ----------
    path : windows file
    length : length of each window in bp
    bin : length of the labelled bin in bp, or 0 if unknown
    targets : one per label
    assembly : name of the genome assembly
    contigs : contig names
    fingerprint : hash of the content
    made_by : how the file was made
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        with hdf5.reading(path, "windows file", "make it again") as file:
            if file.attrs.get("format") != FORMAT:
                raise UserError(f"{path}: not a windows file of this workflow; make one with prepare.py")
            self.length, self.bin = int(file.attrs["window"]), int(file.attrs["bin"])
            self.assembly, self.fingerprint = str(file.attrs["assembly"]), str(file.attrs["fingerprint"])
            self.made_by: dict = json.loads(file.attrs["made_by"])
            self.targets: list[Target] = from_json(file["targets"][()])
            self.contigs = [name.decode() for name in file["contigs"][()]] if "contigs" in file else []
            self._sequence = hdf5.mapped(file, "sequence", np.uint8, (None, onehot.packed_width(self.length)))
            n = len(self._sequence)
            self._labels = hdf5.mapped(file, "labels", np.uint8, (n, -(-len(self.targets) // 8)))
            self._contig = self._start = None
            if "contig" in file or "start" in file:
                self._contig = hdf5.mapped(file, "contig", np.int32, (n,))
                self._start = hdf5.mapped(file, "start", np.int64, (n,))
            self._check()

    def _check(self) -> None:
        """Raise ValueError if the parts of the file contradict each other."""
        if self.length < 1 or self.bin < 0 or not isinstance(self.made_by, dict):
            raise ValueError("its attributes have values that no windows file has")
        if [target.index for target in self.targets] != list(range(1, len(self.targets) + 1)):
            raise ValueError("its targets are not numbered from 1")
        if self._contig is not None and len(self._contig):
            if self.contigs and not 0 <= self._contig.min() <= self._contig.max() < len(self.contigs):
                raise ValueError(f"its windows are on contigs beyond the {len(self.contigs)} that it names")
            if self._start.min() + self.length <= 0:
                raise ValueError("a window is before the start of its contig")

    def __str__(self) -> str:
        return str(self.path)

    def __len__(self) -> int:
        return len(self._sequence)

    def _forward(self, index) -> np.ndarray:
        return np.asarray(self._sequence[index])

    def packed_labels(self, index=slice(None)) -> np.ndarray:
        """Packed labels uint8 (n, ceil(T/8))."""
        return np.asarray(self._labels[index])

    def labels(self, index=slice(None)) -> np.ndarray:
        """Labels uint8 (n, T)."""
        return unpack_labels(self.packed_labels(index), len(self.targets))

    def places(self) -> tuple[np.ndarray, np.ndarray] | None:
        if self._contig is None:
            return None
        return np.array(self.contigs, dtype=object)[self._contig], np.asarray(self._start)

    def numbered_places(self) -> tuple[np.ndarray, np.ndarray] | None:
        """As `places`, with the index int32 (n,) into `contigs` instead of names."""
        return None if self._contig is None else (np.asarray(self._contig), np.asarray(self._start))

    def positives(self) -> np.ndarray:
        """Number of positive windows of each target, int64 (T,)."""
        total = np.zeros(len(self.targets), np.int64)
        for block in blocks(len(self)):
            total += self.labels(block).sum(axis=0, dtype=np.int64)
        return total


def unpack_labels(packed: np.ndarray, n_targets: int) -> np.ndarray:
    """Packed labels uint8 (n, ceil(T/8)) to uint8 (n, T)."""
    return np.unpackbits(packed, axis=1, count=n_targets)


def blocks(n: int, size: int = BLOCK) -> Iterator[slice]:
    """Consecutive slices of at most `size` rows that cover `n` rows."""
    return (slice(begin, min(begin + size, n)) for begin in range(0, n, size))


class Writer:
    """Appends windows to a windows file; created by `writing`."""

    def __init__(self, file: h5py.File, n: int, length: int, n_targets: int):
        self._file, self._n, self._filled = file, n, 0
        shapes = {"sequence": onehot.packed_width(length), "labels": -(-n_targets // 8)}
        self._data = {name: file.create_dataset(name, (n, width), np.uint8) for name, width in shapes.items()}
        self._digests = {name: hashlib.blake2b(digest_size=16) for name in shapes}

    def append(self, sequence: np.ndarray, labels: np.ndarray, contig=None, start=None) -> None:
        """Append rows.

        sequence : uint8 (n, ceil(L/2)), packed
        labels : uint8 (n, ceil(T/8)), packed
        contig : index (n,) into the contig names, if known
        start : 0-based first base (n,), if known
        """
        rows = slice(self._filled, self._filled + len(sequence))
        for name, values in (("sequence", sequence), ("labels", labels)):
            values = np.ascontiguousarray(values)
            self._data[name][rows] = values
            self._digests[name].update(values)
        for name, values, dtype in (("contig", contig, np.int32), ("start", start, np.int64)):
            if values is not None:
                self._file.require_dataset(name, (self._n,), dtype)[rows] = values
        self._filled = rows.stop

    def fingerprint(self, *facts) -> str:
        """Hash of the written rows and of further facts."""
        if self._filled != self._n:
            raise AssertionError(f"{self._filled} of {self._n} windows written")
        digest = hashlib.blake2b(json.dumps(facts).encode(), digest_size=16)
        for part in self._digests.values():
            digest.update(part.digest())
        return digest.hexdigest()


@contextmanager
def writing(
    path: str | Path,
    n: int,
    length: int,
    targets: Iterable[Target],
    *,
    bin: int = 0,
    contigs: Iterable[str] = (),
    assembly: str = "",
    made_by: dict | None = None,
) -> Iterator[Writer]:
    """Yield a Writer of a file of `n` windows of `length` bp. On an error, no file is left and an old file is kept."""
    targets, contigs = list(targets), list(contigs)
    row = onehot.packed_width(length) + -(-len(targets) // 8) + 12  # bytes
    with replacing(path, room=n * row) as temporary, h5py.File(temporary, "w") as file:
        writer = Writer(file, n, length, len(targets))
        yield writer
        file["targets"] = to_json(targets)
        if contigs:
            file["contigs"] = contigs
        file.attrs.update(
            format=FORMAT,
            window=length,
            bin=bin,
            alphabet=onehot.ALPHABET,
            assembly=assembly,
            made_by=json.dumps(made_by or {}),
            fingerprint=writer.fingerprint(length, [target.title for target in targets]),
        )
