"""Windows on a job's own scratch disk: batches are gathered at random, which network file systems are slow at."""

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
SPARE = 0.05  # part of the scratch disk that stays free


@contextmanager
def staged(folder: str | Path, names: Iterable[str], scratch: str | Path | None) -> Iterator[Path]:
    """Copy `folder`/`names` into a folder under `scratch` and yield that; it is removed at the end.

    Without a `scratch`, or when it is not there or has no room (a warning says which), `folder` itself is yielded.
    """
    folder = Path(folder)
    copies = _copied(folder, list(names), Path(scratch)) if scratch else None
    try:
        yield copies or folder
    finally:
        if copies:
            shutil.rmtree(copies, ignore_errors=True)


def _copied(folder: Path, names: list[str], scratch: Path) -> Path | None:
    """The folder with the copies, or None with a warning."""
    begin, copies = time.monotonic(), None
    try:
        size = sum((folder / name).stat().st_size for name in names if (folder / name).exists())
        disk = shutil.disk_usage(scratch)
        if disk.free - SPARE * disk.total < size:
            raise OSError(f"it has {disk.free / 1e9:.1f} GB free, too few for {size / 1e9:.1f} GB")
        copies = Path(tempfile.mkdtemp(prefix="danq-", dir=scratch))
        for name in names:
            if (folder / name).exists():  # a missing file is for its reader to report
                shutil.copyfile(folder / name, copies / name)
    except BaseException as error:
        if copies:
            shutil.rmtree(copies, ignore_errors=True)
        if not isinstance(error, OSError):  # a signal's
            raise
        reason = os.strerror(error.errno) if error.errno else error
        log.warning("scratch disk %s is not used: %s; reading the windows from %s", scratch, reason, folder)
        return None
    seconds = time.monotonic() - begin
    log.info("windows copied to the scratch disk %s: %.2f GB in %.0f s", copies, size / 1e9, seconds)
    return copies
