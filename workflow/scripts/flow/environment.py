"""The conda environments of the rules: what the programs need, with the hashes of the lock files.

`make lock` writes them. pip refuses a package whose hash differs, and one that is not listed.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from packaging.markers import Marker

PROJECT = Path(__file__).parents[3]
ENVIRONMENT = PROJECT / "workflow/envs/danq.yaml"
MODISCO = PROJECT / "workflow/envs/modisco.yaml"  # of the rule discover
# What discover.py imports; TF-MoDISco needs no TensorFlow.
OF_MODISCO = {"h5py", "modisco-lite", "numpy", "pandas", "threadpoolctl"}
PYTHON = "3.11"
MACHINE = {"python_version": PYTHON, "python_full_version": f"{PYTHON}.0", "sys_platform": "linux"}
ABOUT = """\
# The programs' software for `snakemake --sdm conda`; `make lock` writes this file from requirements.lock. From PyPI,
# because TensorFlow's own builds are there, and with hashes. Python and pip come from conda, in no exact build.
"""
ABOUT_MODISCO = """\
# The software of discover.py for `snakemake --sdm conda`; `make lock` writes this file from requirements-modisco.lock.
"""
HEAD = f"""\
channels: [conda-forge, nodefaults]
dependencies:
  - python={PYTHON}
  - pip
  - pip:
"""


@dataclass
class Locked:
    """One package of a lock file.

    line : the requirement with its hashes, on one line, as pip reads it
    wanted_by : names of the packages that need it
    """

    line: str
    wanted_by: set[str] = field(default_factory=set)


def read_lock(text: str) -> dict[str, Locked]:
    """The packages that a lock file of `uv pip compile --generate-hashes` has for Python 3.11 on Linux, by name."""
    packages: dict[str, Locked] = {}
    for block in re.split(r"\n(?=[A-Za-z0-9])", text):
        lines = block.splitlines()
        requirement, _, marker = lines[0].removesuffix("\\").partition(";")
        if marker and not Marker(marker.strip()).evaluate(MACHINE):
            continue
        hashes = [line.removesuffix("\\").strip() for line in lines if line.lstrip().startswith("--hash")]
        comments = [line.strip().removeprefix("#").strip() for line in lines if line.lstrip().startswith("#")]
        parents = {comment.removeprefix("via").strip() for comment in comments}
        packages[requirement.partition("==")[0]] = Locked(" ".join([requirement.strip(), *hashes]), parents - {""})
    return packages


def needed(packages: dict[str, Locked], wanted: set[str]) -> list[str]:
    """The names of the wanted packages and of all that they need, sorted."""
    found = set(wanted)
    while more := {name for name, package in packages.items() if package.wanted_by & found} - found:
        found |= more
    return sorted(found)


def environment(project: Path = PROJECT) -> str:
    """The text of the conda environment: all that the programs need, without Snakemake."""
    listed = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    wanted = {re.match(r"[\w-]+", text)[0] for text in listed}
    packages = read_lock((project / "requirements.lock").read_text(encoding="utf-8"))
    names = needed(packages, {name for name in wanted if not name.startswith("snakemake")})
    return ABOUT + _listed(packages, names)


def modisco(project: Path = PROJECT) -> str:
    """The text of the conda environment of discover.py."""
    packages = read_lock((project / "requirements-modisco.lock").read_text(encoding="utf-8"))
    return ABOUT_MODISCO + _listed(packages, needed(packages, OF_MODISCO))


def _listed(packages: dict[str, Locked], names: list[str]) -> str:
    return HEAD + "".join(f"      - {packages[name].line}\n" for name in names)


if __name__ == "__main__":
    ENVIRONMENT.write_text(environment(), encoding="utf-8")
    MODISCO.write_text(modisco(), encoding="utf-8")
