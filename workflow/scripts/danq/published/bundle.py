"""Reads the published .mat bundle: train.mat (v7.3, which is HDF5), valid.mat and test.mat (v5).

`<split>xdata` is one-hot DNA with channels A, G, C, T, and `<split>data` are the labels; both are uint8.
With the sample as the last axis, both formats store the bytes in the same order: (L, 4, N) and (T, N). A file
lists N/2 forward windows and then the reverse complements of all of them (Zhou & Troyanskaya 2015).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import h5py
import numpy as np

from .. import hdf5
from ..data import onehot
from ..errors import UserError
from ..files import existing
from . import matlab5

log = logging.getLogger(__name__)
ALPHABET = "AGCT"
BLOCK = 1 << 15  # samples read at a time
SAMPLED = 64  # samples that tell the order of the axes, if both fit
PIECE = 1 << 28  # maximum bytes of one-hot DNA read at a time
VALID_PAIR = np.array([all(base in (0, 1, 2, 4, 8) for base in divmod(byte, 16)) for byte in range(256)])


def check_alphabet(alphabet: str) -> None:
    """Raise UserError unless `alphabet` has each of the four letters once."""
    if sorted(alphabet) != sorted(onehot.ALPHABET):
        raise UserError(f"the alphabet {alphabet!r} is not an order of A, C, G and T; write, for example, AGCT")


def channels(alphabet: str) -> list[int]:
    """Indices of A, C, G and T in a file with channels in the order `alphabet`."""
    check_alphabet(alphabet)
    return [alphabet.index(base) for base in onehot.ALPHABET]


class Bundle:
    """One .mat file, open for reading packed blocks of samples; a context manager.

    Parameters
    ----------
    path : the file, v5 or v7.3
    split : train, valid or test; the variables are named after it
    alphabet : order of the channels in the file

    Attributes
    ----------
    n : number of samples
    length : window size in bp
    n_targets : number of targets
    block : number of samples to read at a time

    Raises UserError if the file is not such a bundle.
    """

    def __init__(self, path: str | Path, split: str, alphabet: str = ALPHABET):
        self.path = existing(path, ".mat file")
        self._names = f"{split}xdata", f"{split}data"
        self._open = ExitStack()
        self._channels = channels(alphabet)
        if matlab5.is_mat5(self.path):
            self._open_v5()
        elif h5py.is_hdf5(self.path):
            self._open_hdf5()
        else:
            raise UserError(f"{path}: neither a v5 nor a v7.3 MAT file; check that it was downloaded completely")
        if not self.n:
            raise UserError(f"{path}: contains no samples; download it again")

    def __enter__(self) -> Bundle:
        return self

    def __exit__(self, *_) -> None:
        self._open.close()

    def samples(self, rows: slice) -> tuple[np.ndarray, np.ndarray]:
        """Packed windows uint8 (n, ceil(L/2)) and packed labels uint8 (n, ceil(T/8)) of a slice of samples."""
        return self._samples(rows)

    @contextmanager
    def _damage(self) -> Iterator[None]:
        """Convert errors of HDF5 in a truncated or damaged file to a UserError."""
        try:
            yield
        except hdf5.DAMAGE as error:
            if getattr(error, "errno", None):  # the disk or the network failed; the file may be whole
                raise UserError(
                    f"{self.path}: cannot be read ({os.strerror(error.errno)}); check the disk or the network"
                ) from error
            raise UserError(
                f"{self.path}: the MAT file is cut short or damaged ({hdf5.reason(error)}); download or unpack it again"
            ) from error

    def _check_shapes(self, sequence: tuple, labels: tuple, expected: str) -> None:
        """Check shapes with the sample last, (L, 4, N) and (T, N); `expected` describes those of the file."""
        if len(sequence) != 3 or sequence[1] != 4 or len(labels) != 2 or sequence[2] != labels[1]:
            raise UserError(
                f"{self.path}: {self._names[0]} and {self._names[1]} have axes that do not fit; {expected} are needed"
            )
        if 0 in (*sequence, *labels):
            raise UserError(f"{self.path}: {' or '.join(self._names)} is empty; download the file again")
        (self.length, _, self.n), self.n_targets = sequence, labels[0]

    def _pick(self, found: dict):
        missing = [name for name in self._names if name not in found]
        if missing:
            there = ", ".join(sorted(found)) or "nothing"
            raise UserError(
                f"{self.path}: has no variable {missing[0]!r} but {there}; check that it is the file of this split"
            )
        return [found[name] for name in self._names]

    def _check_type(self, name: str, kind: str, fits: bool) -> None:
        if not fits:
            raise UserError(f"{self.path}: {name} is of type {kind}; uint8 is needed, with values 0 and 1")

    def _open_v5(self) -> None:
        sequence, labels = self._pick(matlab5.variables(self.path))
        for variable in (sequence, labels):
            self._check_type(variable.name, variable.kind, variable.one_byte)
        self._check_shapes(sequence.shape[::-1], labels.shape[::-1], "(N, 4, 1000) and (N, 919)")
        self.block, whole = BLOCK, None

        def samples(rows: slice):
            nonlocal whole  # a v5 file has at most 2 GB, and an eighth of that when packed
            if whole is None:
                whole = self._read_v5(sequence, labels)
            return tuple(np.ascontiguousarray(part[:, rows].T) for part in whole)

        self._samples = samples

    def _read_v5(self, sequence: matlab5.Variable, labels: matlab5.Variable) -> list[np.ndarray]:
        """All samples, packed: (ceil(L/2), N) and (ceil(T/8), N)."""
        step = 2 * max(1, PIECE // (8 * 4 * self.n))
        read = []
        with matlab5.data(self.path, sequence) as stream:
            for first in range(0, self.length, step):
                shape = (min(step, self.length - first), 4, self.n)
                read.append(self._pack(np.frombuffer(stream.read(int(np.prod(shape))), np.uint8).reshape(shape)))
        whole = [np.concatenate(read)]
        read.clear()
        with matlab5.data(self.path, labels) as stream:
            for first in range(0, self.n_targets, 8):
                shape = (min(8, self.n_targets - first), self.n)
                read.append(self._pack_labels(np.frombuffer(stream.read(int(np.prod(shape))), np.uint8).reshape(shape)))
        return [*whole, np.concatenate(read)]

    def _open_hdf5(self) -> None:
        with self._damage():
            file = self._open.enter_context(h5py.File(self.path, "r"))
            found = {name: item for name, item in file.items() if isinstance(item, h5py.Dataset)}
            for name in self._names:
                if name in found:
                    hdf5.check_stored(found[name])
        sequence, labels = self._pick(found)
        for name, data in zip(self._names, (sequence, labels), strict=True):
            self._check_type(name, str(data.dtype), data.dtype.kind in "iub" and data.dtype.itemsize == 1)
        # Files written from Python may have the sample first; MATLAB's have it last.
        first = sequence.ndim == 3 and labels.ndim == 2 and sequence.shape[0] == labels.shape[0]
        if first and sequence.shape[2] == labels.shape[1]:  # both readings fit
            first = "MATLAB_class" not in sequence.attrs and self._samples_first(sequence, labels)
        last = (lambda shape: shape[::-1]) if first else (lambda shape: shape)
        self._check_shapes(last(sequence.shape), last(labels.shape), "(1000, 4, N) and (919, N)")
        chunk = last(sequence.chunks or (1, 1, 1))
        most = max(1, min(PIECE // (4 * chunk[0]), PIECE // onehot.packed_width(self.length)))
        self.block = min(chunk[2] * -(-BLOCK // chunk[2]), most)
        step = 2 * chunk[0] * max(1, PIECE // (2 * chunk[0] * 4 * self.block))

        def samples(rows: slice):
            pieces = [slice(place, min(place + step, self.length)) for place in range(0, self.length, step)]
            with self._damage():  # only one piece at a time is unpacked in memory
                packed = np.concatenate([
                    self._pack(sequence[rows, :, piece].T if first else sequence[piece, :, rows]) for piece in pieces
                ])  # fmt: skip
                of_rows = labels[rows].T if first else labels[:, rows]
            return np.ascontiguousarray(packed.T), np.ascontiguousarray(self._pack_labels(of_rows).T)

        self._samples = samples

    def _samples_first(self, sequence: h5py.Dataset, labels: h5py.Dataset) -> bool:
        """Whether the sample is the first axis, from the content: the halves of the samples are opposite strands."""
        with self._damage():
            mirrored = [self._mirrored(sequence, labels, first) for first in (True, False)]
        if mirrored[0] == mirrored[1]:
            raise UserError(
                f"{self.path}: its samples may be the first or the last axis, because windows are as long as there are "
                f"targets; write {self._names[0]} with the attribute MATLAB_class (samples last), or as a v5 file"
            )
        log.warning(
            "%s: both orders of axes fit; the samples are the %s one, because its halves are opposite strands",
            self.path, "first" if mirrored[0] else "last",
        )  # fmt: skip
        return mirrored[0]

    def _mirrored(self, sequence: h5py.Dataset, labels: h5py.Dataset, first: bool) -> bool:
        """Whether the second half of the samples begins with the reverse complements of the first's begin."""
        n = sequence.shape[0 if first else 2]
        if n % 2:
            return False
        halves = []
        for begin in (0, n // 2):
            rows = slice(begin, begin + min(n // 2, SAMPLED))
            planes = sequence[rows].T if first else sequence[:, :, rows]
            halves.append((self._pack(planes).T, labels[rows].T if first else labels[:, rows]))
        (forward, ours), (opposite, others) = halves
        length = sequence.shape[2 if first else 0]
        return np.array_equal(onehot.reverse_complement(np.ascontiguousarray(forward), length), opposite) and (
            np.array_equal(ours, others)
        )

    def _pack(self, planes: np.ndarray) -> np.ndarray:
        """Pack one-hot planes uint8 (l, 4, n), channels in the file's order, to (ceil(l/2), n)."""
        if planes.max(initial=0) > 1 or planes.min(initial=0) < 0:
            raise UserError(f"{self.path}: {self._names[0]} has values other than 0 and 1; it is not one-hot DNA")
        nibbles = np.zeros((len(planes) + len(planes) % 2, planes.shape[2]), np.uint8)
        for shift, channel in zip((3, 2, 1, 0), self._channels, strict=True):
            nibbles[: len(planes)] |= planes[:, channel].view(np.uint8) << shift
        packed = nibbles[0::2] << 4
        packed |= nibbles[1::2]
        if not VALID_PAIR[packed].all():
            raise UserError(
                f"{self.path}: {self._names[0]} has positions with two bases at once; it is not one-hot DNA"
            )
        return packed

    def _pack_labels(self, planes: np.ndarray) -> np.ndarray:
        """Pack labels uint8 (t, n) to (ceil(t/8), n)."""
        if planes.max(initial=0) > 1 or planes.min(initial=0) < 0:
            raise UserError(f"{self.path}: {self._names[1]} has values other than 0 and 1; labels are 0 or 1")
        return np.packbits(planes.view(np.uint8), axis=0)
