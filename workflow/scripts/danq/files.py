"""Opens the user's files, and writes output files completely or not at all."""

from __future__ import annotations

import errno
import fcntl
import glob
import gzip
import io
import json
import logging
import os
import platform
import shutil
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from .errors import UserError

log = logging.getLogger(__name__)
GZIP_MAGIC = b"\x1f\x8b"
SLACK = 1 << 20  # bytes that a file may need in addition to its data
STALE = 24 * 3600  # seconds after which a temporary file of another machine is taken for one of a killed process


def existing(path: str | Path, what: str = "file") -> Path:
    """Return `path` as a Path; raise UserError if it is not a readable file."""
    path = Path(path)
    if not path.exists():
        raise UserError(f"{path}: no such {what}; check the path (relative paths start at {Path.cwd()})")
    if not path.is_file() or not os.access(path, os.R_OK):
        raise UserError(f"{path}: not a {what} that can be read; check the path and its permissions")
    return path


@contextmanager
def opened(path: str | Path, what: str = "file") -> Iterator[BinaryIO]:
    """Open a plain or gzip file for reading bytes; a damaged gzip file raises UserError."""
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


def read_json(path: str | Path, what: str, *keys: str) -> dict:
    """A JSON object; a file that is no JSON, or that lacks one of the keys (`recipe.sizes`), is a UserError."""
    try:
        found = json.loads(existing(path, what).read_text(encoding="utf-8"))
        for key in keys:
            value = found
            for name in key.split("."):
                value = value[name]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else error
        raise UserError(f"{path}: not a valid {what} ({reason}); write it again") from error
    return found


@contextmanager
def replacing(path: str | Path, room: int = 0) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`; rename it to `path` when the block succeeds.

    On any error the temporary file or folder is removed and an existing `path` is unchanged. The
    next writer removes what a killed process left. Disk errors, such as a full disk or a read-only
    folder, raise UserError.

    room : size of the data in bytes, needed for HDF5 files. The library crashes if the disk is full
        when it closes a file, so free space is checked before.
    """
    path = Path(path)
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise UserError(f"{path}: a device or a pipe, which would be replaced by a file; choose another output path")
    mark = f".tmp-{platform.node()}-"
    temporary = path.with_name(f"{mark}{os.getpid()}-{path.name}")  # keeps the suffix, which Keras requires
    try:
        with _as_user_error(path):
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


def check_outputs(
    inputs: Iterable[str | Path | None],
    files: Iterable[str | Path | None] = (),
    folders: Iterable[str | Path | None] = (),
) -> None:
    """Raise UserError if the outputs cannot stand where they are wanted; call it before any work.

    An output must not be an input, also by a symbolic or hard link, nor another output, nor lie below a file.
    None and inputs that do not exist are left out.

    inputs : files that are read
    files : files to write; none may be a folder
    folders : folders to write that replace an earlier one with all its content; they must not hold an input
    """
    inputs = [Path(path) for path in inputs if path and Path(path).exists()]
    files, folders = ([Path(path) for path in paths if path] for paths in (files, folders))
    seen: set[Path] = set()
    for output in files + folders:
        place = output.resolve()
        if place in seen:
            raise UserError(f"{output}: two outputs have this path; choose another path for one of them")
        seen.add(place)
        for path in inputs:
            if (output.exists() and output.samefile(path)) or path.resolve() == place:
                raise UserError(f"{output}: is also an input ({path}), which would be lost; choose another output path")
            if output in folders and place in path.resolve().parents:
                raise UserError(f"{output}: writing this folder anew would remove the input {path}; choose another one")
        if output in files and place.is_dir():
            raise UserError(f"{output}: {_disk_error(OSError(errno.EISDIR, ''))}")
        if (output in folders and place.is_file()) or any(parent.is_file() for parent in place.parents):
            raise UserError(f"{output}: {_disk_error(OSError(errno.ENOTDIR, ''))}")


@contextmanager
def temporary_folder(parent: str | Path, name: str) -> Iterator[Path]:
    """Yield a folder in `parent` that is removed after the block, with any left by killed processes."""
    path = Path(parent) / name
    mark = f".tmp-{platform.node()}-"
    temporary = path.with_name(f"{mark}{os.getpid()}-{name}")
    try:
        with _as_user_error(path.parent):
            temporary.mkdir(parents=True)
            _sweep(path, mark)
            yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _as_user_error(path: Path) -> Iterator[None]:
    """Convert disk errors to a UserError that names `path`."""
    try:
        yield
    except (OSError, RuntimeError) as error:  # HDF5 reports a failed close as RuntimeError
        reason = _disk_error(error)
        if reason is None:
            raise
        raise UserError(f"{path}: {reason}; nothing was written there") from error


@contextmanager
def locked(path: str | Path, who: str) -> Iterator[None]:
    """Lock `path` for this process; raise UserError if another process holds the lock.

    The lock is on a file in the same folder. The system releases it when the process ends in any way.

    who : what writes `path`, for the message
    """
    path = Path(path)
    lock = path.with_name(f".lock-{path.name}")
    with _as_user_error(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a+", encoding="utf-8")
        while not (_taken(file, path, who) and _same(file, lock)):  # the holder removes the file on release
            file.close()
            file = lock.open("a+", encoding="utf-8")
    try:
        with _as_user_error(path):
            job = os.environ.get("SLURM_JOB_ID")
            holder = f"process {os.getpid()} on {platform.node()}{f', Slurm job {job}' if job else ''}"
            file.truncate(0)
            os.write(file.fileno(), holder.encode())
        yield
    finally:
        lock.unlink(missing_ok=True)
        file.close()


def _taken(file: IO[str], path: Path, who: str) -> bool:
    """Take the lock; raise UserError with the holder if another process has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise UserError(
            f"{path}: {who} is writing it ({file.read().strip()}); wait until it ends, or choose another output"
        ) from None
    except OSError as error:
        log.warning(
            "%s: this file system does not support locks (%s); do not start a second run with this output",
            path,
            error.strerror,
        )
    return True


def _same(file: IO[str], path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _sweep(path: Path, mark: str) -> None:
    """Remove temporary files of killed writers of `path`: those whose process has ended, or older than a day."""
    for left in path.parent.glob(f".tmp-*-{glob.escape(path.name)}"):
        pid = left.name.removeprefix(mark).removesuffix(f"-{path.name}")
        try:
            ended = pid.isdigit() and not _runs(int(pid))
            if ended or time.time() - left.stat().st_mtime > STALE:
                _remove(left)
        except OSError:  # another process removed it first
            continue


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # a process of another user
        return True
    return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    """Flush a file to disk before it is renamed, so that the earlier file survives a crash of the machine."""
    if path.is_file():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _make_room(path: Path, size: int) -> None:
    """Raise OSError unless a file of `size` bytes fits on the disk of `path`; leave an empty file at `path`."""
    with path.open("wb") as file:
        if hasattr(os, "posix_fallocate"):  # macOS lacks it
            try:
                os.posix_fallocate(file.fileno(), 0, size)
            except OSError as error:
                if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):  # not supported by the file system
                    raise
        file.truncate(0)


def _disk_error(error: Exception) -> str | None:
    """The reason of a failed write for the user's message, or None if it is not a disk error."""
    number, text = getattr(error, "errno", None), str(error)
    if number == errno.ENOSPC or "No space left" in text or f"errno = {errno.ENOSPC}," in text:
        return "the disk is full (free some space or choose another folder)"
    if number == errno.EDQUOT or f"errno = {errno.EDQUOT}," in text:
        return "the disk quota is used up (free some space or choose another folder)"
    if number in (errno.EACCES, errno.EROFS, errno.EPERM):
        return "the folder cannot be written to (check its permissions or choose another folder)"
    if number in (errno.ENOTDIR, errno.EEXIST):
        return "a file stands where a folder is needed (choose another output path)"
    if number == errno.EISDIR:
        return "a folder stands where a file is to be written (choose another output path)"
    if number == errno.ENAMETOOLONG:
        return "the name is too long (choose a shorter output path)"
    return None
