"""The records of a FASTA file as windows, whatever its compression and however many they are."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..errors import UserError
from ..files import existing, opened
from .fasta_kinds import check_kind
from .genome import NIBBLE, WRONG, remedy
from .tiles import Tiles, cut

CHUNK = 1 << 20  # bytes read at a time
_HEADER = re.compile(rb"^>[^\n]*\n?", re.MULTILINE)


class FastaRecords(Tiles):
    """Windows along the records of a FASTA file, plain, gzip or bgzip, in the order of the file.

    The file is read twice: once for the lengths of the records, and from its beginning to its end while windows are
    asked for in order. A window before those read last makes it start again. Memory grows with the number of records
    alone. No index is written. Records of the same name are kept apart by their place in the file.

    Parameters
    ----------
    path : FASTA file
    length, stride : see `Tiles`
    pad : put unknown bases on both sides of records that are shorter than a window, instead of refusing them

    Attributes
    ----------
    path : as given
    repeated : number of records whose name an earlier record has

    A record without bases, or one that is too short without `pad`, is a UserError, as is a file that is not FASTA.
    """

    def __init__(self, path: str | Path, length: int, stride: int | None = None, pad: bool = False):
        self.path = Path(path)
        names, sizes = _lengths(self.path)
        self._check(names, sizes, length, pad)
        super().__init__(np.zeros_like(sizes), sizes, names, length, stride)
        self.repeated = len(names) - len(set(names))
        self._sizes = sizes
        self._offset = np.concatenate([[0], np.cumsum(np.maximum(sizes, length))])  # of records on the tape
        self._rewind()

    def __str__(self) -> str:
        return str(self.path)

    def _check(self, names: list[str], sizes: np.ndarray, length: int, pad: bool) -> None:
        short = np.flatnonzero(sizes < length)
        empty = np.flatnonzero(sizes == 0)
        if len(empty):
            raise UserError(f"{self.path}: the record {names[empty[0]]} has no bases; remove it")
        if len(short) and not pad:
            more = f" (and {len(short) - 1:,} more)" if len(short) > 1 else ""
            raise UserError(
                f"{self.path}: the record {names[short[0]]} has {sizes[short[0]]:,} bp{more}, the model reads windows "
                f"of {length:,} bp; give longer sequences, or add unknown bases on both sides with --pad"
            )

    def _forward(self, index) -> np.ndarray:
        rows = self.rows(index)
        sequence = self.sequence(rows)
        return cut(self._offset[sequence] + self._shifts(rows, sequence), self.length, self._bases)

    # The tape: all records one after the other, the short ones with their padding.

    def _rewind(self) -> None:
        self._tape = self._pieces()
        self._held: deque[np.ndarray] = deque()
        self._from = self._to = 0  # what is held, on the tape

    def _bases(self, start: int, stop: int) -> np.ndarray:
        """Nibbles of a part of the tape. What lies before is forgotten."""
        if start < self._from:
            self._rewind()
        while self._to < stop:
            self._forget(start)
            try:
                piece = next(self._tape)
            except StopIteration:
                raise UserError(f"{self.path}: has changed while it was read; start again") from None
            self._held.append(piece)
            self._to += len(piece)
        self._forget(start)
        return np.concatenate(self._held)[start - self._from : stop - self._from]

    def _forget(self, start: int) -> None:
        while self._held and self._from + len(self._held[0]) <= start:
            self._from += len(self._held.popleft())

    def _pieces(self) -> Iterator[np.ndarray]:
        """The nibbles of all records, in pieces."""
        record, left, right = -1, 0, 0
        for name, nibbles in _read(self.path):
            if name is None:
                left -= len(nibbles)
                yield nibbles
                continue
            yield np.zeros(right, np.uint8)
            record += 1
            if left or record == len(self._sizes):
                return
            left = int(self._sizes[record])  # bases
            missing = max(self.length - left, 0)
            right = missing - missing // 2
            yield np.zeros(missing // 2, np.uint8)
        if not left:
            yield np.zeros(right, np.uint8)


def _lengths(path: Path) -> tuple[list[str], np.ndarray]:
    """Names of the records and their lengths int64 (n,) in bp."""
    names: list[str] = []
    sizes: list[int] = []
    with tqdm(desc="reading", unit=" bp", unit_scale=True, disable=None) as progress:
        for name, nibbles in _read(path):
            if name is None:
                sizes[-1] += len(nibbles)
                progress.update(len(nibbles))
            else:
                names.append(name)
                sizes.append(0)
    return names, np.array(sizes, np.int64)


def _read(path: Path) -> Iterator[tuple[str | None, np.ndarray]]:
    """The name of each record with no bases, then None with its nibbles in pieces.

    A file that is not FASTA, or a character that is no base, is a UserError.
    """
    check_kind(existing(path, "FASTA file"))
    with opened(path, "FASTA file") as file:
        line, name, fresh = 1, None, True  # fresh: the chunk begins with a line
        while chunk := file.read(CHUNK):
            if chunk.startswith(b">", chunk.rfind(b"\n") + 1) and (fresh or b"\n" in chunk):
                chunk += file.readline()  # a whole header
            begin = 0
            for header in _HEADER.finditer(chunk, 0 if fresh else 1):
                bases = _bases_of(path, name, chunk[begin : header.start()], line)
                if name is not None and len(bases):
                    yield None, bases
                line += chunk.count(b"\n", begin, header.start())
                name = _name(path, header[0], line)
                yield name, np.empty(0, np.uint8)
                line, begin = line + header[0].count(b"\n"), header.end()
            bases = _bases_of(path, name, chunk[begin:], line)
            if name is not None and len(bases):
                yield None, bases
            line += chunk.count(b"\n", begin)
            fresh = chunk.endswith(b"\n")
        if name is None:
            raise UserError(f"{path}: contains no sequence; a FASTA record starts with '>'")


def _name(path: Path, header: bytes, line: int) -> str:
    """The first word of a header."""
    try:
        words = header[1:].decode("utf-8").split()
    except UnicodeDecodeError:
        raise UserError(f"{path}, line {line}: the header is not in UTF-8; save the file as UTF-8 text") from None
    if not words:
        raise UserError(f"{path}, line {line}: the record has no name; write one after '>'")
    if not words[0].isprintable():
        raise UserError(f"{path}, line {line}: the name {words[0]!r} has a control character; rename the record")
    return words[0]


def _bases_of(path: Path, name: str | None, text: bytes, line: int) -> np.ndarray:
    """Nibbles of some lines of a record; `line` is the number of the first one."""
    bases = text.translate(None, b"\r\n")
    if name is None and bases.strip():
        raise UserError(f"{path}, line {line}: text before the first record; a FASTA record starts with '>'")
    nibbles = NIBBLE[np.frombuffer(bases, np.uint8)]
    if name is not None and len(nibbles) and nibbles.max() == WRONG:
        found = bases[nibbles.argmax() :][:1]
        line += text.count(b"\n", 0, text.find(found))
        letter = found.decode("latin-1")
        raise UserError(f"{path}, line {line}: the record {name} has {letter!r}; {remedy(letter)}")
    return nibbles
