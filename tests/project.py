"""Run the workflow and its programs in tests as subprocesses, in a copy of the project."""

from __future__ import annotations

import contextlib
import io
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
SCRIPTS = PROJECT / "workflow/scripts"
PLUGINS = PROJECT / "tests/plugins"
PARTS = ("Snakefile", "workflow", "config", "profiles")
PATIENCE = 1200  # seconds that a command may take; generous, since other tests run at the same time

_JOB = re.compile(r"^(?:local)?rule (?P<rule>\w+):\n(?P<fields>(?:    .*\n?)*)", re.MULTILINE)
_FIELD = re.compile(r"^    (?P<name>[a-z]+): (?P<value>.*)$", re.MULTILINE)


def copy_project(folder: Path) -> Path:
    """Copy everything that a run needs from the working tree to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = PROJECT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / part)
    return folder


def environment(**more: str) -> dict[str, str]:
    """Return the environment variables, with the Python that runs the tests first in PATH: the rules call `python`."""
    return os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"} | more


def run(command: list, folder: Path | None = None, **more: str) -> subprocess.CompletedProcess:
    """Run a command with additional environment variables, and capture its output."""
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
    """Run the program of a stage."""
    return run([sys.executable, SCRIPTS / f"{name}.py", *words], folder)


def run_here(script: Path, *words, folder: Path | None = None) -> subprocess.CompletedProcess:
    """Run a Python program in this process, which has imported TensorFlow: that saves seconds."""
    arguments, handler = sys.argv, signal.getsignal(signal.SIGTERM)
    sys.argv = [str(script), *map(str, words)]
    out, err, code = io.StringIO(), io.StringIO(), None
    try:
        with contextlib.chdir(folder or Path()), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            runpy.run_path(str(script), run_name="__main__")
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.argv = arguments
        signal.signal(signal.SIGTERM, handler)
    if isinstance(code, str):  # a message that a program passes to `sys.exit` goes to the terminal
        print(code, file=err)
        code = 1
    return subprocess.CompletedProcess(sys.argv, code or 0, out.getvalue(), err.getvalue())


def error_of(name: str, *words, folder: Path) -> str:
    """Run the program of a stage in this process, and return its error message; success is an AssertionError."""
    done = run_here(SCRIPTS / f"{name}.py", *words, folder=folder)
    assert done.returncode == 1, f"{' '.join(map(str, (name, *words)))}: status {done.returncode}"
    return done.stderr.strip().splitlines()[-1]


def snakemake(folder: Path, *words, **more: str) -> subprocess.CompletedProcess:
    """Run Snakemake; a dry run also prints the fields of each job, for `jobs`."""
    if {"--dry-run", "-n"} & set(words):
        words = ("--logger", "fields", *words)
        more["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PLUGINS), more.get("PYTHONPATH")]))
    return run(["snakemake", *words], folder, **more)


def jobs(dry_run: str) -> dict[tuple[str, str], dict[str, str]]:
    """Map (rule, model or '') to the fields that a dry run shows, for every job that has outputs."""
    found = {}
    for job in _JOB.finditer(dry_run):
        fields = {field["name"]: field["value"] for field in _FIELD.finditer(job["fields"])}
        if "output" in fields:
            found[job["rule"], fields.get("wildcards", "").removeprefix("model=")] = fields
    return found
