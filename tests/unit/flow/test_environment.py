"""The conda environment that is made from the lock file."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import requires

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from project import PROJECT

from flow import code, environment

LINES, MODISCO = (
    yaml.safe_load(path.read_text(encoding="utf-8"))["dependencies"][-1]["pip"]
    for path in (environment.ENVIRONMENT, environment.MODISCO)
)


def test_the_environment_is_the_one_that_the_lock_file_gives():
    assert environment.ENVIRONMENT.read_text(encoding="utf-8") == environment.environment(PROJECT)
    assert environment.MODISCO.read_text(encoding="utf-8") == environment.modisco(PROJECT)


def test_modisco_has_the_same_versions_of_what_the_others_have():
    """So that `make environment MODISCO=1` changes no other package."""
    locks = [
        (PROJECT / name).read_text(encoding="utf-8") for name in ("requirements.lock", "requirements-modisco.lock")
    ]
    plain, more = (set(re.findall(r"^\S+==.*", lock, re.MULTILINE)) for lock in locks)
    assert plain < more
    names = {line.partition("==")[0] for line in more - plain}
    assert {"modisco-lite", "numba"} <= names
    assert len(names) < 12
    own = {line.partition("==")[0] for line in MODISCO}
    assert "modisco-lite" in own
    assert "tensorflow" not in own
    assert all(word in locks[1] for line in MODISCO for word in line.split())


def test_modisco_has_all_that_the_rule_discover_imports():
    names = set()
    for path in code.modules("discover"):
        for node in ast.walk(code.tree(path)):
            if isinstance(node, ast.Import):
                names |= {one.name.partition(".")[0] for one in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(node.module.partition(".")[0])
    calls = {getattr(node, "attr", None) for node in ast.walk(code.tree(code.SCRIPTS / "discover.py"))}
    assert "quiet_loading" not in calls  # the only part of cli that imports Keras
    names -= {"danq", "cli", "keras", *sys.stdlib_module_names}
    listed = {line.partition("==")[0] for line in MODISCO} | {"modiscolite"}
    assert {"numpy", "modiscolite"} <= names <= listed


def test_every_package_has_one_version_and_hashes():
    for line in LINES:
        assert re.fullmatch(r"[a-z0-9.-]+==\S+( --hash=sha256:[0-9a-f]{64})+", line), line[:80]
    lock = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert all(word in lock for line in LINES for word in line.split())


def test_nothing_that_the_packages_need_is_missing():
    """pip refuses packages that are not listed, because the others have hashes."""
    names = {line.partition("==")[0] for line in LINES}
    for name in names:
        for text in requires(name) or []:
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate(environment.MACHINE | {"extra": ""}):
                assert canonicalize_name(wanted.name) in names, (name, text)
    assert not any(name.startswith("snakemake") or name == "pytest" for name in names)


def test_a_lock_file_is_read():
    lock = """\
a==1 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via danq-workflow (pyproject.toml)
b==1 ; python_full_version < '3.12' \\
    --hash=sha256:cc
    # via
    #   a
    #   d
b==2 ; python_full_version >= '3.12' \\
    --hash=sha256:dd
    # via a
c==1 ; sys_platform == 'win32' \\
    --hash=sha256:ee
    # via a
d==1 \\
    --hash=sha256:ff
    # via e
"""
    packages = environment.read_lock(lock)
    assert packages["a"].line == "a==1 --hash=sha256:aa --hash=sha256:bb"
    assert packages["b"].line == "b==1 --hash=sha256:cc"
    assert environment.needed(packages, {"a"}) == ["a", "b"]
    assert environment.needed(packages, {"d"}) == ["b", "d"]
