"""The Slurm queue: this user's jobs, and cancelling them."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from danq.errors import UserError

log = logging.getLogger(__name__)
PATIENCE = 300  # seconds that cancelled jobs get to save their state and end
# Written by Snakemake's Slurm plugin (rule_predict_tracks_wildcards_danq_chr1.0), and by profiles/biowulf
# (..._wildcards_model=danq,shard=chr1.0).
_COMMENT = re.compile(r"rule_(?P<rule>\w+?)(_wildcards_(?P<wildcards>.*))?")
_NAMED = re.compile(r"(^|,)\w+=")


def _ask(*fields: str) -> list[list[str]]:
    """Fields of this user's waiting and running jobs, one list per job; empty on a machine without Slurm."""
    if shutil.which("squeue") is None:
        return []
    command = ["squeue", "--me", "--noheader", f"--format={'|'.join(fields)}"]
    for wait in (2, 10, 30, 0):  # a busy controller may not answer for a while
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return [line.strip().split("|") for line in asked.stdout.splitlines()]
        time.sleep(wait)
    raise UserError(f"squeue does not answer ({asked.stderr.strip()}); try again when the cluster does")


def jobs_here(folder: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Jobs that Snakemake submitted from the folder: number, and (rule,) or (rule, its wildcards joined by _)."""
    found = []
    for number, comment, place in _ask("%A", "%k", "%Z"):
        named = _COMMENT.fullmatch(comment)
        if named and Path(place) == folder:
            values = _NAMED.sub(lambda match: "_" if match[1] else "", named["wildcards"] or "")
            found.append((number, (named["rule"], *([values] if values else []))))
    return found


def cancel(jobs: Iterable[str]) -> set[str]:
    """Cancel the jobs that still wait or run, and wait until they have ended; returns their numbers."""
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
        log.warning("Slurm jobs %s did not end; see `squeue --me`", ", ".join(sorted(left)))
    return found
