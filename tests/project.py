"""Running the workflow and its programs in tests, for real: in a copy of the project, as subprocesses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
SCRIPTS = PROJECT / "workflow/scripts"
PARTS = ("Snakefile", "workflow", "config", "profiles")
PATIENCE = 600  # seconds; a busy machine is no failure

_JOB = re.compile(r"^(?:local)?rule (?P<rule>\w+):\n(?P<fields>(?:    .*\n?)*)", re.MULTILINE)
_FIELD = re.compile(r"^    (?P<name>[a-z]+): (?P<value>.*)$", re.MULTILINE)


def copy_project(folder: Path) -> Path:
    """All that a run needs, in `folder`; the working tree's files, so that tests try what is being written."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / part)
    return folder


def environment(**more: str) -> dict[str, str]:
    """The rules call `python`: it shall be the one that runs the tests."""
    return os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"} | more


def run(command: list, folder: Path | None = None, **more: str) -> subprocess.CompletedProcess:
    """Run a command, with more environment variables, and keep what it writes."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def program(name: str, *words, folder: Path | None = None) -> subprocess.CompletedProcess:
    """One of the stages' programs."""
    return run([sys.executable, SCRIPTS / f"{name}.py", *words], folder)


def snakemake(folder: Path, *words, **more: str) -> subprocess.CompletedProcess:
    return run(["snakemake", *words], folder, **more)


def jobs(dry_run: str) -> dict[tuple[str, str], dict[str, str]]:
    """The jobs that a dry run lists, without the targets' own: (rule, model or '') to the fields it shows."""
    found = {}
    for job in _JOB.finditer(dry_run):
        fields = {field["name"]: field["value"] for field in _FIELD.finditer(job["fields"])}
        if "output" in fields:
            found[job["rule"], fields.get("wildcards", "").removeprefix("model=")] = fields
    return found
