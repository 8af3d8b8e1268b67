"""Copies of windows on a job's scratch disk, since network file systems are slow at random access."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

log = logging.getLogger(__name__)
SPARE = 0.05  # fraction of the scratch disk to keep free


@contextmanager
def staged(folder: str | Path, names: Iterable[str], scratch: str | Path | None) -> Iterator[Path]:
    """Copy the files `names` of `folder` to a temporary folder in `scratch`, and yield this folder.

    If `scratch` is None, missing or too full, yield `folder` itself; the last two cases log a warning.
    """
    folder = Path(folder)
    copies = _copied(folder, list(names), Path(scratch)) if scratch else None
    try:
        yield copies or folder
    finally:
        if copies:
            shutil.rmtree(copies, ignore_errors=True)


def _copied(folder: Path, names: list[str], scratch: Path) -> Path | None:
    """The folder of the copies; None, with a warning, if the scratch disk cannot be used."""
    begin, copies = time.monotonic(), None
    try:
        size = sum((folder / name).stat().st_size for name in names if (folder / name).exists())
        disk = shutil.disk_usage(scratch)
        if disk.free - SPARE * disk.total < size:
            raise OSError(f"it has {disk.free / 1e9:.1f} GB free, less than the required {size / 1e9:.1f} GB")
        copies = Path(tempfile.mkdtemp(prefix="danq-", dir=scratch))
        for name in names:
            if (folder / name).exists():  # the reader reports a missing file
                shutil.copyfile(folder / name, copies / name)
    except BaseException as error:
        if copies:
            shutil.rmtree(copies, ignore_errors=True)
        if not isinstance(error, OSError):  # such as one raised by a signal
            raise
        reason = os.strerror(error.errno) if error.errno else error
        log.warning("scratch disk %s is not used: %s; reading the windows from %s", scratch, reason, folder)
        return None
    seconds = time.monotonic() - begin
    log.info("windows copied to the scratch disk %s: %.2f GB in %.0f s", copies, size / 1e9, seconds)
    return copies
