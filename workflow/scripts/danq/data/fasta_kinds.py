"""What kind of file a genome is, by its content: FASTA, plain, bgzip or gzip, 2bit, or something else."""

from __future__ import annotations

from pathlib import Path

from ..errors import UserError
from ..files import GZIP_MAGIC
from .two_bit import MAGIC

HEAD = 1 << 16  # bytes that show what kind of file it is
OTHER = {
    b"\xff\xfe": "UTF-16 text; save it as plain text",
    b"\xfe\xff": "UTF-16 text; save it as plain text",
    b"\xef\xbb\xbf": "text with a byte order mark; save it without",
    b"PK\x03\x04": "a zip archive; unpack it",
    b"BZh": "compressed with bzip2; unpack it, or compress it with bgzip",
    b"\xfd7zXZ": "compressed with xz; unpack it, or compress it with bgzip",
    **dict.fromkeys(MAGIC, "a .2bit file; convert it with twoBitToFa"),
    b"LOCUS": "a GenBank file; convert it to FASTA",
}
TAR = slice(257, 262)  # bytes that are `ustar` in a tar archive


def head_of(path: Path) -> bytes:
    """The first bytes of a file."""
    with path.open("rb") as file:
        return file.read(HEAD)


def is_two_bit(head: bytes) -> bool:
    return head[:4] in MAGIC


def is_bgzip(head: bytes) -> bool:
    """Whether a file is in blocks of gzip, which support random access (SAM specification, section 4.1)."""
    return head.startswith(GZIP_MAGIC) and head[12:14] == b"BC"


def needs_copy(path: str | Path) -> bool:
    """Whether a file, by its content, is a genome without random access."""
    head = head_of(Path(path))
    return is_two_bit(head) or (head.startswith(GZIP_MAGIC) and not is_bgzip(head))


def check_kind(path: Path) -> None:
    """Raise UserError if a file is of another kind than FASTA. A compressed file is not looked into."""
    head = head_of(path)
    if not head.startswith(GZIP_MAGIC):
        check_head(path, head)


def check_head(path: Path, head: bytes) -> None:
    """Raise UserError if a file that begins with these bytes, once unpacked, is of another kind than FASTA."""
    for magic, kind in OTHER.items():
        if head.startswith(magic):
            raise UserError(f"{path}: not a FASTA file, but {kind}")
    if head[TAR] == b"ustar":
        raise UserError(f"{path}: not a FASTA file, but a tar archive; unpack it, and join its FASTA files with cat")
    if b"\r" in head and b"\n" not in head:
        raise UserError(f"{path}: its lines end with CR only, as on old Macs; convert them with `tr '\\r' '\\n'`")
    if not head.strip():
        raise UserError(f"{path}: contains no sequence; a FASTA record starts with '>'")
