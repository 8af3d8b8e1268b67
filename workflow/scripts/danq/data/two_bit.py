"""Reads 2bit files: two bits per base, blocks of unknown bases (N) and of masked bases (lower case).

Format: https://genome.ucsc.edu/FAQ/FAQformat.html#format7, in both byte orders, with offsets of 32 or 64 bits. The file
is mapped into memory, and every number in it is compared with its size before anything is read: py2bit crashes on a
file that is cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import UserError

MAGIC = {b"\x43\x27\x41\x1a": "<", b"\x1a\x41\x27\x43": ">"}  # to the byte order
CHUNK = 1 << 22  # bases in memory, a multiple of 4
LETTERS = np.frombuffer(b"TCAG", np.uint8)[np.arange(256)[:, None] >> np.array([6, 4, 2, 0]) & 3]  # (256, 4)


class Blocks(NamedTuple):
    """Sorted stretches of a contig that do not overlap, int64 (n,) each, half-open."""

    start: np.ndarray
    end: np.ndarray

    def inside(self, start: int, end: int) -> np.ndarray:
        """Whether the bases from start to end lie in a block; bool (end - start,)."""
        first, last = np.searchsorted(self.end, start, "right"), np.searchsorted(self.start, end, "left")
        change = np.zeros(end - start + 1, np.int8)
        np.add.at(change, np.maximum(self.start[first:last] - start, 0), 1)
        np.add.at(change, np.minimum(self.end[first:last], end) - start, -1)
        return np.cumsum(change[:-1]) > 0


class TwoBit:
    """The contigs of a 2bit file.

    Attributes
    ----------
    contigs : name to length in bp, in the order of the file

    A file that is cut or damaged is a UserError.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        self._data = np.memmap(self.path, np.uint8, "r")
        self._order = MAGIC[self._data[:4].tobytes()]
        version, count = (int(word) for word in self._words(4, 2))
        if version > 1 or count < 1:
            raise self._damaged("its header has values that no 2bit file has")
        self._places: dict[str, int] = {}
        place, width = 16, 8 if version else 4
        for _ in range(count):
            size = int(self._bytes(place, 1)[0])
            name = self._bytes(place + 1, size).tobytes().decode("latin-1")
            if not name or name in self._places:
                raise self._damaged(f"its contigs have no name, or the same one ({name!r})")
            self._places[name] = int(self._words(place + 1 + size, 1, f"u{width}")[0])
            place += 1 + size + width
        self._read = {name: self._contig(place) for name, place in self._places.items()}
        self.contigs = {name: length for name, (length, *_) in self._read.items()}

    def letters(self, contig: str) -> Iterator[np.ndarray]:
        """The bases of a contig as letters uint8, in pieces of `CHUNK`; masked bases are in lower case."""
        length, unknown, masked, place = self._read[contig]
        for start in range(0, length, CHUNK):
            end = min(start + CHUNK, length)
            packed = self._bytes(place + start // 4, -(-(end - start) // 4))
            bases = LETTERS[packed].reshape(-1)[: end - start]
            bases[unknown.inside(start, end)] = ord("N")
            bases[masked.inside(start, end)] |= 32  # lower case
            yield bases

    def _contig(self, place: int) -> tuple[int, Blocks, Blocks, int]:
        """Length, unknown and masked blocks, and where the packed bases begin."""
        length = int(self._words(place, 1)[0])
        place, found = place + 4, []
        for _ in range(2):
            count = int(self._words(place, 1)[0])
            start, size = self._words(place + 4, 2 * count).astype(np.int64).reshape(2, count)
            place += 4 + 8 * count
            blocks = Blocks(start, start + size)
            if count and (blocks.end[-1] > length or (start[1:] < blocks.end[:-1]).any()):
                raise self._damaged("its blocks overlap, or lie beyond their contig")
            found.append(blocks)
        self._bytes(place + 4, -(-length // 4))
        return length, *found, place + 4

    def _words(self, place: int, count: int, kind: str = "u4") -> np.ndarray:
        return self._bytes(place, count * np.dtype(kind).itemsize).view(self._order + kind)

    def _bytes(self, place: int, count: int) -> np.ndarray:
        if place + count > len(self._data):
            raise self._damaged("it ends too early")
        return np.asarray(self._data[place : place + count])

    def _damaged(self, why: str) -> UserError:
        return UserError(f"{self.path}: the 2bit file is truncated or damaged ({why}); fetch or write it again")
