"""The index of a FASTA file (`.fai`, and `.gzi` of a bgzip file): built completely or not at all, and checked.

pyfaidx writes an index in place, so that a second process, or a run after a full disk, would believe a part of it.
Formats: http://www.htslib.org/doc/faidx.html
"""

from __future__ import annotations

import logging
import os
import re
import struct
import zlib
from bisect import bisect_right
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

import pyfaidx

from ..errors import UserError
from ..files import GZIP_MAGIC, replacing

log = logging.getLogger(__name__)
BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")  # an empty block
HEADER = re.compile(rb"\s*(?:;[^\n]*\s+)*>[ \t]*(\S+)[^\n]*\n")
LONGEST_HEADER = 1 << 20  # bytes between two records
BLOCK = 1 << 16  # bytes of a bgzip block, at most
TAIL = 1 << 16  # bytes after the last base that may be line ends

UNREADABLE = (
    *(pyfaidx.FastaIndexingError, pyfaidx.IndexNotFoundError),
    *(ValueError, EOFError, AssertionError, struct.error, zlib.error),  # raised for a truncated bgzip file
)


def index_of(path: Path, other_folder: str | Path | None) -> tuple[str, str]:
    """The paths of a valid `.fai` and `.gzi` of a FASTA file; they are built if there are none.

    They are next to the file, or in the other folder if the file's folder cannot be written to. Raises UserError if the
    file cannot be indexed.
    """
    compressed = _is_compressed(path)
    if compressed:
        _check_end(path)
    here = _paths(path.parent, path)
    if _is_valid(path, *here, compressed):
        return here
    if not os.access(path.parent, os.W_OK) and other_folder is not None:
        here = _paths(Path(other_folder), path)
        if _is_valid(path, *here, compressed):
            return here
        log.info("%s: its folder cannot be written to; indexed in %s", path, other_folder)
    with ExitStack() as stack:
        fai = stack.enter_context(replacing(here[0]))
        gzi = stack.enter_context(replacing(here[1])) if compressed else Path(f"{fai}.gzi")
        try:
            pyfaidx.Faidx(str(path), indexname=str(fai), gzi_indexname=str(gzi), rebuild=True).close()
        except pyfaidx.UnsupportedCompressionFormat as error:
            raise UserError(
                f"{path}: its blocks cannot be read as bgzip; fetch it again, or run `gunzip` and `bgzip` on it"
            ) from error
        except UNREADABLE as error:
            if "Duplicate key" in str(error):
                raise UserError(f"{path}: two contigs have the same name ({first_line(error)}); rename one") from error
            raise UserError(
                f"{path}: cannot be indexed as FASTA ({first_line(error)}); check that the file is complete"
            ) from error
        except OSError as error:  # pyfaidx hides the reason, such as a full disk
            raise (error.__context__ if isinstance(error.__context__, OSError) else error) from None
    if not _is_valid(path, *here, compressed):
        raise UserError(f"{path}: its index does not cover the file; check that each record begins with '>' and a name")
    return here


def first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _paths(folder: Path, path: Path) -> tuple[str, str]:
    return str(folder / f"{path.name}.fai"), str(folder / f"{path.name}.gzi")


def _is_compressed(path: Path) -> bool:
    with path.open("rb") as file:
        compressed = file.read(2) == GZIP_MAGIC
    if compressed and path.suffix.lower() not in (".gz", ".bgz"):
        raise UserError(f"{path}: compressed, but without the suffix .gz; rename it {path.name}.gz")
    return compressed


def _check_end(path: Path) -> None:
    """Raise UserError if a bgzip file ends without its last, empty block."""
    with path.open("rb") as file:
        is_bgzip = file.read(16)[12:14] == b"BC"
        file.seek(max(0, path.stat().st_size - len(BGZIP_END)))
        if is_bgzip and file.read() != BGZIP_END:
            raise UserError(f"{path}: the bgzip file is truncated (its end marker is missing); fetch or write it again")


def _is_valid(path: Path, fai: str, gzi: str, compressed: bool) -> bool:
    """Whether the index exists, is not older than the file, and describes all of it.

    Between two records of the index, the file must have one header line, with the name of the second.
    """
    try:
        changed = path.stat().st_mtime
        if Path(fai).stat().st_mtime < changed or (compressed and Path(gzi).stat().st_mtime < changed):
            return False
        lines = Path(fai).read_text(encoding="utf-8").splitlines()
        with path.open("rb") as file:
            text = _Bgzip(file, gzi) if compressed else file
            end = 0
            for line in lines:
                name, *numbers = line.split("\t")
                length, offset, bases, width = map(int, numbers)
                text.seek(end)
                header = HEADER.fullmatch(text.read(offset - end)) if 0 < offset - end <= LONGEST_HEADER else None
                if header is None or header[1].decode() != name:
                    return False
                end = offset + (length // bases * width + length % bases if bases else 0)
            text.seek(end - 1)
            rest = text.read(TAIL)
    except (OSError, ValueError, struct.error, zlib.error):
        return False
    return 0 < len(rest) < TAIL and not rest[1:].strip()


class _Bgzip:
    """The text of a bgzip file with random access, by the blocks that its index lists."""

    def __init__(self, file: BinaryIO, gzi: str):
        data = Path(gzi).read_bytes()
        count = struct.unpack_from("<Q", data)[0]
        if len(data) != 8 + 16 * count:
            raise ValueError(f"{gzi} is cut short")
        pairs = struct.unpack_from(f"<{2 * count}Q", data, 8)
        self._file, self._packed, self._first = file, [0, *pairs[::2]], [0, *pairs[1::2]]
        self._position, self._block, self._text = 0, -1, b""

    def seek(self, position: int) -> None:
        self._position = position

    def read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            block = bisect_right(self._first, self._position) - 1
            text = self._of_block(block)[self._position - self._first[block] :][: size - len(found)]
            if not text:
                return found
            found += text
            self._position += len(text)
        return found

    def _of_block(self, block: int) -> bytes:
        """The text of a block, which ends where the index says that the next one begins."""
        if block != self._block:
            self._file.seek(self._packed[block])
            unpacked = zlib.decompressobj(31)
            self._text, self._block = unpacked.decompress(self._file.read(2 * BLOCK)), block
            last = block + 1 == len(self._first)
            if last and (self._file.read(1) or unpacked.unused_data.replace(BGZIP_END, b"")):
                raise ValueError("the index lists too few blocks")
            if not last and self._first[block] + len(self._text) != self._first[block + 1]:
                raise ValueError("the index lists other blocks")
        return self._text
