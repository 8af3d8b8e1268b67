"""Reads and writes MATLAB v5 files of uint8 arrays as streams.

SciPy loads a complete variable, 1.8 GB for the published test set. Here only one plane at a time is
in memory, for compressed files too. Format: MathWorks, "MAT-File Level 5 File Format".
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import UserError
from ..files import existing

HEADER = 128  # bytes
MOST_BYTES = 2**31 - 1  # maximum size of a variable
INT8, UINT8, INT32, UINT32, MATRIX, COMPRESSED = 1, 2, 5, 6, 14, 15  # kinds of data elements
UINT8_CLASS = 9
CLASSES = {1: "cell", 2: "struct", 4: "char", 5: "sparse", 6: "double", 7: "single", 8: "int8", 9: "uint8",
           10: "int16", 11: "uint16", 12: "int32", 13: "uint32"}  # fmt: skip
READ_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Variable:
    """An array in a file; `shape` is in MATLAB's order (first axis fastest), `kind` is, for example, uint8."""

    name: str
    shape: tuple[int, ...]
    kind: str
    one_byte: bool  # whether each element is stored as one byte
    place: int  # position of its data element in the file


def is_mat5(path: str | Path) -> bool:
    with existing(path, "MAT file").open("rb") as file:
        header = file.read(HEADER)
    return len(header) == HEADER and header[126:128] in (b"IM", b"MI") and header[124:126] in (b"\0\1", b"\1\0")


def variables(path: str | Path) -> dict[str, Variable]:
    """The arrays of the file by name, without their data."""
    found, end = {}, existing(path, "MAT file").stat().st_size
    with _opened(path) as (file, order):
        place = HEADER
        while tag := file.read(8):
            kind, size = struct.unpack(order + "II", tag)
            if kind in (MATRIX, COMPRESSED):
                file.seek(place)
                variable, _ = _describe(_content(file, order), order, place)
                found[variable.name] = variable
            place += 8 + size
            if place > end:
                raise EOFError(f"{place - end} bytes are missing")
            file.seek(place)
    return found


@contextmanager
def data(path: str | Path, variable: Variable) -> Iterator[BinaryIO]:
    """Yield a stream of the array's bytes, first axis fastest."""
    with _opened(path) as (file, order):
        file.seek(variable.place)
        stream = _content(file, order)
        _, small = _describe(stream, order, variable.place)
        yield stream if small is None else _Exact(io.BytesIO(small))


@contextmanager
def _opened(path: str | Path) -> Iterator[tuple[BinaryIO, str]]:
    """Yield the file and its byte order; errors of a damaged file become a UserError."""
    with existing(path, "MAT file").open("rb") as file:
        order = "<" if file.read(HEADER)[126:128] == b"IM" else ">"
        try:
            yield file, order
        except (struct.error, zlib.error, EOFError) as error:
            raise UserError(f"{path}: the MAT file is cut short or damaged ({error}); download it again") from error


def _content(file: BinaryIO, order: str):
    """A stream of the matrix at the file's position, after its tag."""
    kind, size = struct.unpack(order + "II", file.read(8))
    if kind == COMPRESSED:
        file = _Inflated(file, size)
        kind, size = struct.unpack(order + "II", file.read(8))
    return _Exact(file)


class _Exact:
    """Reads exactly the requested number of bytes, or raises EOFError."""

    def __init__(self, file):
        self._file = file

    def read(self, size: int) -> bytes:
        found = self._file.read(size)
        if len(found) < size:
            raise EOFError(f"{size - len(found)} bytes are missing")
        return found


class _Inflated:
    """The uncompressed bytes of the next `size` bytes of a file."""

    def __init__(self, file: BinaryIO, size: int):
        self._file, self._left, self._inflate = file, size, zlib.decompressobj()

    def read(self, size: int) -> bytes:
        parts = []
        while size > 0 and not self._inflate.eof:
            packed = self._inflate.unconsumed_tail
            if not packed:
                packed = self._file.read(min(READ_AT_ONCE, self._left))
                self._left -= len(packed)
                if not packed:
                    break
            parts.append(self._inflate.decompress(packed, size))
            size -= len(parts[-1])
        return b"".join(parts)


def _element(stream, order: str) -> tuple[int, bytes]:
    """Kind and bytes of a small part of a matrix: flags, dimensions or name."""
    tag = stream.read(8)
    kind, size = struct.unpack(order + "II", tag)
    if kind >> 16:  # up to four bytes are packed into the tag
        return kind & 0xFFFF, tag[4 : 4 + (kind >> 16)]
    return kind, stream.read(size + -size % 8)[:size]


def _describe(stream, order: str, place: int) -> tuple[Variable, bytes | None]:
    """Read up to the start of the array's data; an array of up to four bytes is returned with the description."""
    flags = struct.unpack(order + "I", _element(stream, order)[1][:4])[0]
    dimensions = _element(stream, order)[1]
    shape = struct.unpack(f"{order}{len(dimensions) // 4}i", dimensions)
    name = _element(stream, order)[1].decode("latin-1")
    kind = CLASSES.get(flags & 0xFF, "unknown")
    if kind in ("cell", "struct", "unknown"):
        return Variable(name, shape, kind, False, place), None
    tag = stream.read(8)
    stored, size = struct.unpack(order + "II", tag)
    size = stored >> 16 or size
    if stored & 0xFFFF in (INT8, UINT8) and (size != math.prod(shape) or min(shape, default=0) < 0):
        raise EOFError(f"{name} has the shape {shape}, but {size} bytes")  # before anything is made of this shape
    variable = Variable(name, shape, kind, stored & 0xFFFF in (INT8, UINT8), place)
    return variable, tag[4 : 4 + (stored >> 16)] if stored >> 16 else None


def write(file: BinaryIO, arrays: Iterable[tuple[str, tuple[int, ...], Iterable[bytes]]]) -> None:
    """Write uint8 arrays.

    arrays : for each, its name, its shape in MATLAB's order, and its bytes in parts, first axis fastest

    Raises UserError if an array is larger than 2 GB; use v7.3 for those.
    """
    file.write(b"MATLAB 5.0 MAT-file, written by the DanQ workflow".ljust(124) + b"\0\1IM")
    for name, shape, parts in arrays:
        size = 1
        for extent in shape:
            size *= extent
        head = _part(UINT32, struct.pack("<II", UINT8_CLASS, 0))
        head += _part(INT32, struct.pack(f"<{len(shape)}i", *shape)) + _part(INT8, name.encode())
        whole = len(head) + 8 + size + -size % 8
        if whole > MOST_BYTES:
            raise UserError(f"{name} of shape {shape} is larger than a v5 MAT file can hold (2 GB); write v7.3")
        file.write(struct.pack("<II", MATRIX, whole) + head + struct.pack("<II", UINT8, size))
        for part in parts:
            file.write(part)
        file.write(bytes(-size % 8))


def _part(kind: int, content: bytes) -> bytes:
    return struct.pack("<II", kind, len(content)) + content + bytes(-len(content) % 8)
