"""The one data format: packed windows and labels in HDF5, written whole, read by memory map.

Datasets: `sequence` uint8 (N, ceil(L/2)), `labels` uint8 (N, ceil(T/8)), `contig` int32 (N,) and
`start` int64 (N,) when the place is known (0-based first base of the window), `contigs` names,
`targets` JSON (a dataset, because HDF5 attributes end at 64 KB). Attributes: see `Windows`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from . import onehot
from .errors import UserError
from .files import existing, replacing
from .targets import Target, from_json, to_json

FORMAT = "danq-windows-1"
BLOCK = 1 << 16  # windows handled at a time


class Windows:
    """Windows of one split, memory-mapped: opening costs nothing, and any batch can be gathered.

    Attributes
    ----------
    path, length (bp), bin (bp or 0 when unknown), targets, assembly,
    fingerprint (of the content), made_by (dict: how it was made), contigs (names)
    """

    def __init__(self, path: str | Path):
        self.path = existing(path, "windows file")
        try:
            with h5py.File(self.path, "r") as file:
                if file.attrs.get("format") != FORMAT:
                    raise UserError(f"{path}: not a windows file of this workflow; make one with prepare.py")
                self.length, self.bin = int(file.attrs["window"]), int(file.attrs["bin"])
                self.assembly, self.fingerprint = file.attrs["assembly"], file.attrs["fingerprint"]
                self.made_by: dict = json.loads(file.attrs["made_by"])
                self.targets: list[Target] = from_json(file["targets"][()])
                self.contigs = [name.decode() for name in file["contigs"][()]] if "contigs" in file else []
                places = [file[name] for name in ("contig", "start") if name in file]
                self._sequence, self._labels = (self._mapped(file[name]) for name in ("sequence", "labels"))
                self._contig, self._start = (self._mapped(data) for data in places) if places else (None, None)
        except (OSError, KeyError, ValueError) as error:
            raise UserError(f"{path}: the windows file is cut short or damaged ({error}); make it again") from error

    def _mapped(self, data: h5py.Dataset) -> np.ndarray:
        if data.size == 0:
            return np.empty(data.shape, data.dtype)
        return np.memmap(self.path, data.dtype, "r", data.id.get_offset(), data.shape)

    def __len__(self) -> int:
        return len(self._sequence)

    def packed(self, index, reverse: np.ndarray | None = None) -> np.ndarray:
        """Packed windows uint8 (n, ceil(L/2)); where `reverse` (n,) is True, reverse-complemented."""
        packed = np.asarray(self._sequence[index])
        if reverse is not None and reverse.any():
            packed = packed if packed.flags.writeable else packed.copy()
            packed[reverse] = onehot.reverse_complement(packed[reverse], self.length)
        return packed

    def onehot(self, index, reverse: np.ndarray | None = None, dtype=np.float32) -> np.ndarray:
        """One-hot windows (n, L, 4), channels A, C, G, T."""
        return onehot.unpack(self.packed(index, reverse), self.length, dtype)

    def packed_labels(self, index=slice(None)) -> np.ndarray:
        """Packed labels uint8 (n, ceil(T/8))."""
        return np.asarray(self._labels[index])

    def labels(self, index=slice(None)) -> np.ndarray:
        """Labels uint8 (n, T)."""
        return unpack_labels(self.packed_labels(index), len(self.targets))

    def places(self) -> tuple[np.ndarray, np.ndarray] | None:
        """Contig names (n,) and 0-based starts (n,) in bp, or None when they are not known."""
        if self._contig is None:
            return None
        return np.array(self.contigs, dtype=object)[self._contig], np.asarray(self._start)

    def positives(self) -> np.ndarray:
        """How many windows are positive for each target, int64 (T,)."""
        total = np.zeros(len(self.targets), np.int64)
        for block in blocks(len(self)):
            total += self.labels(block).sum(axis=0, dtype=np.int64)
        return total


def unpack_labels(packed: np.ndarray, n_targets: int) -> np.ndarray:
    """Packed labels uint8 (n, ceil(T/8)) to uint8 (n, T)."""
    return np.unpackbits(packed, axis=1, count=n_targets)


def blocks(n: int, size: int = BLOCK) -> Iterator[slice]:
    """Slices that walk over n rows."""
    return (slice(begin, min(begin + size, n)) for begin in range(0, n, size))


class Writer:
    """Fills a windows file from front to back; made by `writing`."""

    def __init__(self, file: h5py.File, n: int, length: int, n_targets: int):
        self._file, self._n, self._filled = file, n, 0
        shapes = {"sequence": onehot.packed_width(length), "labels": -(-n_targets // 8)}
        self._data = {name: file.create_dataset(name, (n, width), np.uint8) for name, width in shapes.items()}
        self._digests = {name: hashlib.blake2b(digest_size=16) for name in shapes}

    def append(self, sequence: np.ndarray, labels: np.ndarray, contig=None, start=None) -> None:
        """Write the next rows: packed sequence and labels, and where the windows lie."""
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
    """Write a windows file of `n` windows of `length` bp through the Writer it yields."""
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
