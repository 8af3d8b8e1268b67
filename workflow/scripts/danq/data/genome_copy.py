"""Copies of genomes that have no random access as they are downloaded: plain gzip (UCSC's hg38.fa.gz) and 2bit.

The copy is a FASTA file in blocks of gzip (bgzip), with the same letters: lower case (repeats) is kept.
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pysam
from tqdm import tqdm

from ..errors import UserError
from ..files import existing, opened, replacing
from .fasta_kinds import HEAD, check_head, head_of, is_bgzip, is_two_bit
from .two_bit import TwoBit

log = logging.getLogger(__name__)
SUFFIX = ".bgz"  # of copies: hg38.fa.gz.bgz, hg38.2bit.bgz
LEVEL = 1  # of compression: on genomes, ten times as fast as the default, and an eighth larger
LINE = 64  # bases of a line


def copy_of(path: Path, other_folder: str | Path | None = None) -> Path:
    """The bgzip copy of a genome that needs one; it is made if there is none, or if it is older than the file.

    It is next to the file, or in the other folder if the file's folder cannot be written to.
    """
    here = path.with_name(path.name + SUFFIX)
    if _is_current(here, path):
        return here
    if not os.access(path.parent, os.W_OK) and other_folder is not None:
        here = Path(other_folder, here.name)
        if _is_current(here, path):
            return here
    log.info("%s has no random access; its bgzip copy is %s", path, here)
    write_bgzip(path, here)
    return here


def _is_current(copy: Path, path: Path) -> bool:
    return copy.exists() and copy.stat().st_mtime >= path.stat().st_mtime


def write_bgzip(path: str | Path, output: str | Path) -> None:
    """Write a genome (FASTA, plain or gzip, or 2bit) as bgzip FASTA; a bgzip file is linked, or copied.

    A file that is truncated or of another kind is a UserError, and nothing is written.
    """
    path = existing(path, "genome")
    head = head_of(path)
    with replacing(output) as temporary:
        if is_bgzip(head):
            _link(path, temporary)
            return
        pieces = _of_two_bit(path) if is_two_bit(head) else _of_fasta(path)
        with pysam.BGZFile(str(temporary), f"wb{LEVEL}") as file:
            for piece in pieces:
                file.write(piece)


def _link(path: Path, output: Path) -> None:
    """A second name of a file; a copy where the file system cannot link."""
    try:
        os.link(path.resolve(), output)
    except OSError:
        shutil.copyfile(path, output)


def _of_fasta(path: Path) -> Iterator[bytes]:
    """The text of a FASTA file, plain or gzip, in pieces."""
    progress = tqdm(desc=f"recompressing {path.name}", unit="B", unit_scale=True, disable=None)
    with progress, opened(path, "genome") as file:
        piece = file.read(HEAD)
        check_head(path, piece)
        if not piece.lstrip().startswith((b">", b";")):
            raise UserError(f"{path}: not a FASTA file, which begins with '>'; give the genome as FASTA or 2bit")
        while piece:
            yield piece
            progress.update(len(piece))
            piece = file.read(1 << 20)


def _of_two_bit(path: Path) -> Iterator[bytes]:
    """The contigs of a 2bit file as FASTA, in pieces."""
    genome = TwoBit(path)
    size = sum(genome.contigs.values())
    with tqdm(desc=f"converting {path.name}", total=size, unit="bp", unit_scale=True, disable=None) as progress:
        for name in genome.contigs:
            yield f">{name}\n".encode("latin-1")
            for letters in genome.letters(name):
                yield _lines(letters)
                progress.update(len(letters))


def _lines(letters: np.ndarray) -> bytes:
    """Letters in lines of `LINE`."""
    whole = len(letters) // LINE * LINE
    ends = np.full((whole // LINE, 1), ord("\n"), np.uint8)
    text = np.hstack([letters[:whole].reshape(-1, LINE), ends]).tobytes()
    return text + (letters[whole:].tobytes() + b"\n" if whole < len(letters) else b"")
