"""The container recipe agrees with the lock files and with itself, and --sdm apptainer runs jobs in the image.

Neither Docker nor Apptainer runs in the tests. A stand-in for Apptainer writes down how Snakemake calls it, and runs
the job's command outside any image; so the image itself is not tested.
"""

import importlib.util
import re
import shlex
import tomllib

import pytest
import toys
import yaml
from project import PROJECT, copy_project, environment, snakemake

CONTAINERS = PROJECT / "containers"
STAND_IN = """#!/bin/bash
[ "$1" = --version ] && { echo "apptainer version 1.3.0"; exit 0; }
printf '%s\\n' "$*" >> apptainer.log
while [ "$1" != bash ]; do shift; done
exec "$@"
"""


def instructions():
    """Name and words of each instruction of the Dockerfile."""
    lines = [line for line in (CONTAINERS / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(" ", 1)) for line in lines]


def sections():
    """The sections of the Apptainer definition, and the lines before them under ""."""
    parts = re.split(r"^%(\w+)\n", (CONTAINERS / "danq.def").read_text(), flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def test_both_recipes_install_the_lock_files_with_the_command_of_the_makefile():
    made = dict(instructions())
    definition = sections()
    base = re.search(r"^From: (.+)$", definition[""], re.MULTILINE)[1]
    assert made["FROM"] == base
    version = re.fullmatch(r"python:(3\.\d+)-slim-\w+", base)[1]
    lower, upper = re.findall(
        r"3\.\d+", tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["requires-python"]
    )
    assert [int(one[2:]) for one in (lower, version)] < [int(upper[2:])] * 2
    assert f"python={version}" in yaml.safe_load((PROJECT / "workflow/envs/danq.yaml").read_text())["dependencies"]
    assert made["ARG"] == "LOCK=requirements.lock"
    assert definition["arguments"].split() == ["lock=requirements.lock"]
    installing = [words for name, words in instructions() if name == "RUN" and "pip install" in words]
    installing += [line.strip() for line in definition["post"].splitlines() if "pip install" in line]
    assert len(installing) == 2
    for command in installing:
        words = shlex.split(command.replace("{{ lock }}", "$LOCK"))
        assert words[-3:] == ["--require-hashes", "-r", "/opt/danq/$LOCK"]
    makefile = (PROJECT / "Makefile").read_text()
    assert "--require-hashes -r $$lock" in makefile
    assert "LOCKS := $(LOCK) " in makefile


def test_both_recipes_copy_files_that_exist_and_are_sent_to_the_builder():
    copied = [word for name, words in instructions() if name == "COPY" for word in words.split()[:-1]]
    pairs = [line.split() for line in sections()["files"].splitlines() if line.strip()]
    assert sorted(copied) == sorted(source for source, _ in pairs)
    assert all(target == f"/opt/danq/{source.rpartition('/')[2]}" for source, target in pairs)
    ignored = (CONTAINERS / "Dockerfile.dockerignore").read_text().split("\n")
    assert {line[1:] for line in ignored if line.startswith("!")} == set(copied)
    assert "requirements-gpu.lock" in copied
    for path in copied:
        assert (PROJECT / path).is_file()


@pytest.fixture
def check():
    """The program that checks an image."""
    spec = importlib.util.spec_from_file_location("check", CONTAINERS / "check.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_check_of_the_image_passes_with_the_software_of_the_lock_file_and_fails_without(check, capsys, monkeypatch):
    monkeypatch.setenv("PATH", environment()["PATH"])
    check.main()
    assert re.fullmatch(r"Python 3\.\d+\.\d+, Keras 3\.\S+, TensorFlow 2\.\S+\n", capsys.readouterr().out)
    check.MODULES, check.COMMANDS = ("no_module",), ("no_command",)
    with pytest.raises(
        SystemExit, match=r"missing in this image: no_command, no_module \(No module named 'no_module'\)"
    ):
        check.main()


def test_the_check_imports_all_that_the_project_depends_on(check):
    names = {"biopython": "Bio", "pyyaml": "yaml", "scikit-learn": "sklearn", "pybigwig": "pyBigWig"}
    depends = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]
    wanted = {re.match(r"[\w-]+", one)[0] for one in depends}
    plugins = {one for one in wanted if one.startswith("snakemake-executor-plugin")}
    assert {names.get(one, one) for one in wanted - plugins} == set(check.MODULES)


@pytest.fixture
def project(tmp_path):
    """A copy of the project with a toy dataset, and a stand-in for Apptainer in PATH."""
    folder = copy_project(tmp_path / "project")
    toys.write_dataset(folder / "data")
    toys.write_config(folder / "config/toy.yaml", toys.config("data"))
    stand_in = tmp_path / "bin/apptainer"
    toys.write_lines(stand_in, [STAND_IN])
    stand_in.chmod(0o755)
    return folder, {"PATH": f"{stand_in.parent}:{environment()['PATH']}"}


def test_jobs_run_in_the_image_with_sdm_apptainer_and_only_then(project):
    folder, variables = project
    words = ["windows", "--cores", "1", "--configfile", "config/toy.yaml"]
    given = [*words, "--config", "container=danq.sif"]
    done = snakemake(folder, *given, **variables)  # the key alone changes nothing
    assert done.returncode == 0, done.stderr
    assert not (folder / "apptainer.log").exists()
    (folder / "danq.sif").write_text("")
    table = folder / "results/toy/windows/targets.tsv"
    before = table.read_bytes()
    again = snakemake(folder, "-n", *given, **variables)
    assert "Nothing to be done" in again.stdout + again.stderr
    table.unlink()
    done = snakemake(folder, *given, "--sdm", "apptainer", "--apptainer-args=--nv", **variables)
    assert done.returncode == 0, done.stderr
    called = (folder / "apptainer.log").read_text().splitlines()
    assert any("--nv" in line and " danq.sif bash -c " in line and "prepare.py" in line for line in called)
    assert table.read_bytes() == before
