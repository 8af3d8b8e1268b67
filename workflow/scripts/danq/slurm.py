"""Jobs on a Slurm cluster that a killed head process left behind."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from .errors import UserError

log = logging.getLogger(__name__)
PATIENCE = 300  # seconds for cancelled jobs to save and end
# As Snakemake's Slurm plugin writes it (rule_train_wildcards_danq), and profiles/biowulf (..._wildcards_model=danq).
_COMMENT = re.compile(r"rule_(?P<rule>\w+?)(_wildcards_(\w+=)?(?P<wildcard>.*))?")


def _ask(*fields: str) -> list[list[str]]:
    """What squeue says of this user's jobs that wait or run, a list of fields a job; none where there is no Slurm."""
    if shutil.which("squeue") is None:
        return []
    command = ["squeue", "--me", "--noheader", f"--format={'|'.join(fields)}"]
    for wait in (2, 10, 30, 0):  # a busy controller may keep silent for a while
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return [line.strip().split("|") for line in asked.stdout.splitlines()]
        time.sleep(wait)
    raise UserError(f"squeue does not answer ({asked.stderr.strip()}); try again when the cluster does")


def jobs_here(folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Jobs that a Snakemake submitted from the folder: (number, (rule, value of its wildcard, if it has one))."""
    found = []
    for number, comment, place in _ask("%A", "%k", "%Z"):
        named = _COMMENT.fullmatch(comment)
        if named and Path(place) == folder:
            found.append((number, (named["rule"], *([named["wildcard"]] if named["wildcard"] else []))))
    return found


def cancel(jobs: Iterable[str]) -> set[str]:
    """Cancel those of the jobs that still wait or run, and wait until they have ended; returns their numbers."""
    jobs = set(jobs)
    if not jobs:
        return set()
    left = found = jobs & {number for (number,) in _ask("%A")}
    if found:
        subprocess.run(["scancel", *sorted(found)], check=False)
    until = time.monotonic() + PATIENCE
    while left and time.monotonic() < until:
        time.sleep(1)
        left = jobs & {number for (number,) in _ask("%A")}
    if left:
        log.warning("Slurm jobs %s do not end; see `squeue --me`", ", ".join(sorted(left)))
    return found
