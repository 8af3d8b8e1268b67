"""The published .mat bundle: train.mat (v7.3, which is HDF5), valid.mat and test.mat (v5).

`<split>xdata` is one-hot DNA, `<split>data` the labels, uint8, channels A, G, C, T. Seen with the sample
as the last axis, both formats store the same order of bytes: (L, 4, N) and (T, N). A file lists N/2
forward windows and then the reverse complements of all of them (Zhou & Troyanskaya 2015).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import h5py
import numpy as np

from . import mat5, onehot
from .errors import UserError
from .files import existing

ALPHABET = "AGCT"
BLOCK = 1 << 15  # samples read at a time
PIECE = 1 << 28  # bytes of one-hot DNA read at a time, at most
VALID_PAIR = np.array([all(base in (0, 1, 2, 4, 8) for base in divmod(byte, 16)) for byte in range(256)])


def check_alphabet(alphabet: str) -> None:
    """An order of channels is the four letters, each once; else a UserError."""
    if sorted(alphabet) != sorted(onehot.ALPHABET):
        raise UserError(f"the alphabet {alphabet!r} is not an order of A, C, G and T; write AGCT, say")


def channels(alphabet: str) -> list[int]:
    """Where a file with channels in the order `alphabet` has A, C, G and T."""
    check_alphabet(alphabet)
    return [alphabet.index(base) for base in onehot.ALPHABET]


class Bundle:
    """One .mat file, open for reading blocks of samples, packed; a context manager.

    n (samples), length (bp), n_targets, block (samples best read at a time)

    Parameters
    ----------
    path : the file, v5 or v7.3
    split : train, valid or test, which the variables are named after
    alphabet : order of the channels in the file
    """

    def __init__(self, path: str | Path, split: str, alphabet: str = ALPHABET):
        self.path = existing(path, ".mat file")
        self._names = f"{split}xdata", f"{split}data"
        self._open = ExitStack()
        self._channels = channels(alphabet)
        if mat5.is_mat5(self.path):
            self._open_v5()
        elif h5py.is_hdf5(self.path):
            self._open_hdf5()
        else:
            raise UserError(f"{path}: neither a v5 nor a v7.3 MAT file; check that it was fetched whole")
        if not self.n:
            raise UserError(f"{path}: holds no samples")

    def __enter__(self) -> Bundle:
        return self

    def __exit__(self, *_) -> None:
        self._open.close()

    def samples(self, rows: slice) -> tuple[np.ndarray, np.ndarray]:
        """Packed windows uint8 (n, ceil(L/2)) and packed labels uint8 (n, ceil(T/8)) of a slice of samples."""
        return self._samples(rows)

    @contextmanager
    def _damage(self) -> Iterator[None]:
        """What HDF5 says of a file cut short, in one sentence."""
        try:
            yield
        except OSError as error:
            raise UserError(
                f"{self.path}: the MAT file is cut short or damaged ({error}); fetch or unpack it again"
            ) from error

    def _check_shapes(self, sequence: tuple, labels: tuple, expected: str) -> None:
        """Shapes with the sample last: (L, 4, N) and (T, N); `expected` is how the file should have them."""
        if len(sequence) != 3 or sequence[1] != 4 or len(labels) != 2 or sequence[2] != labels[1]:
            raise UserError(
                f"{self.path}: {self._names[0]} and {self._names[1]} have axes that do not fit; {expected} are needed"
            )
        (self.length, _, self.n), self.n_targets = sequence, labels[0]

    def _pick(self, found: dict):
        missing = [name for name in self._names if name not in found]
        if missing:
            there = ", ".join(sorted(found)) or "nothing"
            raise UserError(f"{self.path}: has no variable {missing[0]!r} but {there}; is it the right split's file?")
        return [found[name] for name in self._names]

    def _check_type(self, name: str, kind: str, fits: bool) -> None:
        if not fits:
            raise UserError(f"{self.path}: {name} is of type {kind}; uint8 is needed, 0 or 1")

    def _open_v5(self) -> None:
        sequence, labels = self._pick(mat5.variables(self.path))
        for variable in (sequence, labels):
            self._check_type(variable.name, variable.kind, variable.one_byte)
        self._check_shapes(sequence.shape[::-1], labels.shape[::-1], "(N, 4, 1000) and (N, 919)")
        self.block, whole = BLOCK, None

        def samples(rows: slice):
            nonlocal whole  # a v5 file has at most 2 GB, an eighth of it when packed
            if whole is None:
                whole = self._read_v5(sequence, labels)
            return tuple(np.ascontiguousarray(part[:, rows].T) for part in whole)

        self._samples = samples

    def _read_v5(self, sequence: mat5.Variable, labels: mat5.Variable) -> list[np.ndarray]:
        """All samples, packed: (ceil(L/2), N) and (ceil(T/8), N)."""
        step = 2 * max(1, PIECE // (8 * 4 * self.n))
        read = []
        with mat5.data(self.path, sequence) as stream:
            for first in range(0, self.length, step):
                shape = (min(step, self.length - first), 4, self.n)
                read.append(self._pack(np.frombuffer(stream.read(int(np.prod(shape))), np.uint8).reshape(shape)))
        whole = [np.concatenate(read)]
        read.clear()
        with mat5.data(self.path, labels) as stream:
            for first in range(0, self.n_targets, 8):
                shape = (min(8, self.n_targets - first), self.n)
                read.append(self._pack_labels(np.frombuffer(stream.read(int(np.prod(shape))), np.uint8).reshape(shape)))
        return [*whole, np.concatenate(read)]

    def _open_hdf5(self) -> None:
        with self._damage():
            file = self._open.enter_context(h5py.File(self.path, "r"))
        sequence, labels = self._pick({name: item for name, item in file.items() if isinstance(item, h5py.Dataset)})
        for name, data in zip(self._names, (sequence, labels), strict=True):
            self._check_type(name, str(data.dtype), data.dtype.kind in "iub" and data.dtype.itemsize == 1)
        # Files written from Python may have the sample first; MATLAB's have it last.
        first = sequence.ndim == 3 and labels.ndim == 2 and sequence.shape[0] == labels.shape[0]
        if first and sequence.shape[2] == labels.shape[1] and "MATLAB_class" in sequence.attrs:
            first = False  # both readings fit
        last = (lambda shape: shape[::-1]) if first else (lambda shape: shape)
        self._check_shapes(last(sequence.shape), last(labels.shape), "(1000, 4, N) and (919, N)")
        chunk = last(sequence.chunks or (1, 1, 1))
        most = max(1, min(PIECE // (4 * chunk[0]), PIECE // onehot.packed_width(self.length)))
        self.block = min(chunk[2] * -(-BLOCK // chunk[2]), most)
        step = 2 * chunk[0] * max(1, PIECE // (2 * chunk[0] * 4 * self.block))

        def samples(rows: slice):
            pieces = [slice(place, min(place + step, self.length)) for place in range(0, self.length, step)]
            with self._damage():  # one piece at a time is in memory unpacked
                packed = np.concatenate([
                    self._pack(sequence[rows, :, piece].T if first else sequence[piece, :, rows]) for piece in pieces
                ])  # fmt: skip
                of_rows = labels[rows].T if first else labels[:, rows]
            return np.ascontiguousarray(packed.T), np.ascontiguousarray(self._pack_labels(of_rows).T)

        self._samples = samples

    def _pack(self, planes: np.ndarray) -> np.ndarray:
        """One-hot planes uint8 (l, 4, n) in the file's order of channels to packed (ceil(l/2), n)."""
        if planes.max(initial=0) > 1 or planes.min(initial=0) < 0:
            raise UserError(f"{self.path}: {self._names[0]} has values other than 0 and 1; it is no one-hot DNA")
        nibbles = np.zeros((len(planes) + len(planes) % 2, planes.shape[2]), np.uint8)
        for shift, channel in zip((3, 2, 1, 0), self._channels, strict=True):
            nibbles[: len(planes)] |= planes[:, channel].view(np.uint8) << shift
        packed = nibbles[0::2] << 4
        packed |= nibbles[1::2]
        if not VALID_PAIR[packed].all():
            raise UserError(f"{self.path}: {self._names[0]} has places with two bases at once; it is no one-hot DNA")
        return packed

    def _pack_labels(self, planes: np.ndarray) -> np.ndarray:
        """Labels uint8 (t, n) to packed (ceil(t/8), n)."""
        if planes.max(initial=0) > 1 or planes.min(initial=0) < 0:
            raise UserError(f"{self.path}: {self._names[1]} has values other than 0 and 1; labels are 0 or 1")
        return np.packbits(planes.view(np.uint8), axis=0)
