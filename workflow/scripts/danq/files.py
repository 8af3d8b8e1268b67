"""Opening what users give and writing results whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import glob
import gzip
import io
import logging
import os
import platform
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from .errors import UserError

log = logging.getLogger(__name__)
GZIP_MAGIC = b"\x1f\x8b"
SLACK = 1 << 20  # bytes that a file may have beside its data
STALE = 24 * 3600  # seconds after which a temporary file of another machine was left by a killed process


def existing(path: str | Path, what: str = "file") -> Path:
    """`path` as a Path, or a UserError when no such file is there."""
    path = Path(path)
    if not path.exists():
        raise UserError(f"{path}: no such {what}; check the path (relative paths start at {Path.cwd()})")
    if not path.is_file() or not os.access(path, os.R_OK):
        raise UserError(f"{path}: not a {what} that can be read; check the path and its permissions")
    return path


@contextmanager
def opened(path: str | Path, what: str = "file") -> Iterator[BinaryIO]:
    """Open a plain or gzip file for reading bytes; a damaged gzip is a UserError."""
    path = existing(path, what)
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield io.BufferedReader(unpacked)
            else:
                yield raw
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UserError(f"{path}: the gzip file is truncated or damaged ({error}); fetch or write it again") from error


@contextmanager
def replacing(path: str | Path, room: int = 0) -> Iterator[Path]:
    """Yield a temporary path beside `path`; rename it into place when the block ends well.

    Whatever goes wrong, the temporary file or folder is removed and an earlier `path` stays as
    it was; what a killed process left is removed by the next writer. A full disk, a read-only
    folder and the like become a UserError. `room` is the size of
    the data in bytes, needed for HDF5 files: the library crashes when it finds the disk full as it
    closes a file, so that is found out before.
    """
    path = Path(path)
    mark = f".tmp-{platform.node()}-"
    temporary = path.with_name(f"{mark}{os.getpid()}-{path.name}")  # keeps the suffix, which Keras insists on
    try:
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            _sweep(path, mark)
            if room:
                _make_room(temporary, room + SLACK)
            yield temporary
            _to_disk(temporary)
            if temporary.is_dir() and path.is_dir():
                shutil.rmtree(path)
            os.replace(temporary, path)
    finally:
        _remove(temporary)


@contextmanager
def temporary_folder(parent: str | Path, name: str) -> Iterator[Path]:
    """A folder in `parent` for the time of a `with` block; what a killed process left is removed by the next."""
    path = Path(parent) / name
    mark = f".tmp-{platform.node()}-"
    temporary = path.with_name(f"{mark}{os.getpid()}-{name}")
    try:
        with _told(path.parent):
            temporary.mkdir(parents=True)
            _sweep(path, mark)
            yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn the disk's troubles into a UserError that names `path`."""
    try:
        yield
    except (OSError, RuntimeError) as error:  # HDF5 reports a failed close as RuntimeError
        reason = _disk_trouble(error)
        if reason is None:
            raise
        raise UserError(f"{path}: {reason}; nothing was written there") from error


@contextmanager
def locked(path: str | Path, who: str) -> Iterator[None]:
    """Hold `path` for this process alone; while another has it, a UserError that begins with `who`.

    A file beside it carries the lock, which the system takes back when its process ends in any way.
    """
    path = Path(path)
    lock = path.with_name(f".lock-{path.name}")
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a+")
        while not (_taken(file, path, who) and _same(file, lock)):  # its holder removes the file as it lets go
            file.close()
            file = lock.open("a+")
    with file:
        file.truncate(0)
        job = os.environ.get("SLURM_JOB_ID")
        file.write(f"process {os.getpid()} on {platform.node()}{f', Slurm job {job}' if job else ''}")
        file.flush()
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _taken(file: IO[str], path: Path, who: str) -> bool:
    """Take the lock, or say who has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise UserError(
            f"{path}: {who} is writing it ({file.read().strip()}); wait for its end, or choose another output"
        ) from None
    except OSError as error:
        log.warning("%s: this file system has no locks (%s); start no second writer", path, error.strerror)
    return True


def _same(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _sweep(path: Path, mark: str) -> None:
    """Remove what killed writers of `path` left beside it: their process ended here, or it is a day old."""
    for left in path.parent.glob(f".tmp-*-{glob.escape(path.name)}"):
        pid = left.name.removeprefix(mark).removesuffix(f"-{path.name}")
        try:
            ended = pid.isdigit() and not _runs(int(pid))
            if ended or time.time() - left.stat().st_mtime > STALE:
                _remove(left)
        except OSError:  # another process was faster
            continue


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Have a file's content on the disk before its name is: a machine that dies in between leaves the earlier file."""
    if path.is_file():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _make_room(path: Path, size: int) -> None:
    """Raise OSError unless a file of `size` bytes fits on the disk of `path`; leaves an empty file there."""
    with path.open("wb") as file:
        if hasattr(os, "posix_fallocate"):  # macOS lacks it
            try:
                os.posix_fallocate(file.fileno(), 0, size)
            except OSError as error:
                if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):  # a file system that cannot tell
                    raise
        file.truncate(0)


def _disk_trouble(error: Exception) -> str | None:
    """What a failed write means to the user, or None when the disk is not to blame."""
    number, text = getattr(error, "errno", None), str(error)
    if number == errno.ENOSPC or "No space left" in text or f"errno = {errno.ENOSPC}," in text:
        return "the disk is full (free some space or choose another folder)"
    if number == errno.EDQUOT or f"errno = {errno.EDQUOT}," in text:
        return "the disk quota is used up (free some space or choose another folder)"
    if number in (errno.EACCES, errno.EROFS, errno.EPERM):
        return "the folder cannot be written to (check its permissions or choose another folder)"
    if number in (errno.ENOTDIR, errno.EEXIST):
        return "a file stands where a folder is needed (choose another output path)"
    return None
