"""Functions shared by the benchmarks: fresh processes, temporary folders and tables.

Importing this module puts workflow/scripts on sys.path, so import it before `danq` or `cli`.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[1] / "workflow" / "scripts"
sys.path.insert(0, str(SCRIPTS))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # hide TensorFlow's start-up messages
GB = 1e9

# The published set and its models.
LENGTH, TARGETS = 1000, 919  # bp, chromatin features
PARAMETERS = {"DanQ": 46_926_479, "DeepSEA": 52_843_119}


def apart(function: Callable, *args) -> Any:
    """Run `function(*args)` in a fresh interpreter, to separate memory, threads and caches of the measurements."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *args).result()


@contextmanager
def scratch(parent: str | None, needed: float) -> Iterator[Path]:
    """Yield a temporary folder in `parent` (None: the system's default) with at least `needed` bytes free."""
    check_disk(parent or tempfile.gettempdir(), needed)
    with tempfile.TemporaryDirectory(prefix="danq-benchmark-", dir=parent) as folder:
        yield Path(folder)


def check_disk(folder: str | Path, needed: float) -> None:
    """Exit with a message unless `folder` has `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        sys.exit(f"error: {folder} has {free / GB:.1f} GB free, {needed / GB:.1f} GB are needed; choose another folder")


def say(text: str) -> None:
    """Print a progress message to stderr."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def print_table(title: str, rows: list[dict]) -> None:
    """Print a table; the first column is left-aligned, the others right-aligned."""
    cells = [list(rows[0])] + [[str(value) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    print(f"\n{title}")
    for line in cells:
        aligned = [cell.rjust(width) for cell, width in zip(line, widths, strict=True)]
        aligned[0] = line[0].ljust(widths[0])
        print("  ".join(aligned).rstrip(), flush=True)


def times(ratio: float) -> str:
    return f"{ratio:.1f}x" if ratio >= 10 else f"{ratio:.2f}x"
