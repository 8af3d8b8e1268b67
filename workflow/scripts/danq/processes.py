"""Work in several processes, where the machine allows them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

log = logging.getLogger(__name__)
CHUNK = 4  # calls that a process gets at a time


@contextmanager
def parallel(processes: int | None) -> Iterator[Callable]:
    """Yield a `map` that runs in this number of processes; in this one if they cannot share memory.

    Processes need semaphores, which lie in /dev/shm; some containers have none.
    """
    if (processes or 1) <= 1:
        yield map
        return
    try:
        pool = ProcessPoolExecutor(max(1, min(processes or 1, os.cpu_count() or 1)))  # more than the cores gain nothing
    except (OSError, ImportError) as error:
        log.warning("no further processes can be started (%s; is /dev/shm missing?): working in one", error)
        yield map
        return
    with pool:
        yield lambda function, *values: pool.map(function, *values, chunksize=CHUNK)
