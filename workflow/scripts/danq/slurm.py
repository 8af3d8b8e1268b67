"""Jobs on a Slurm cluster that a killed head process left behind."""

from __future__ import annotations

import logging
import shutil
import subprocess
import time
from collections.abc import Iterable

log = logging.getLogger(__name__)
PATIENCE = 300  # seconds for cancelled jobs to save and end


def queued(jobs: Iterable[str]) -> set[str]:
    """Those of the job numbers that still wait or run; none where there is no Slurm."""
    jobs = set(jobs)
    if not jobs or shutil.which("squeue") is None:
        return set()
    asked = subprocess.run(["squeue", "--me", "--noheader", "--format=%A"], capture_output=True, text=True)
    return jobs & set(asked.stdout.split())


def cancel(jobs: Iterable[str]) -> set[str]:
    """Cancel the jobs that still wait or run, and wait until they have ended; returns their numbers."""
    left = found = queued(jobs)
    if found:
        subprocess.run(["scancel", *sorted(found)], check=False)
    until = time.monotonic() + PATIENCE
    while left and time.monotonic() < until:
        time.sleep(1)
        left = queued(left)
    if left:
        log.warning("Slurm jobs %s do not end; see `squeue --me`", ", ".join(sorted(left)))
    return found
