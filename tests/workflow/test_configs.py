"""Configs, schema, defaults of the programs, README, versions and profiles agree."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import jsonschema
import pytest
import toys
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from project import PROJECT, copy_project, jobs, snakemake
from real_data import DEEPBIND, SACCER3, needs_deepbind, needs_yeast
from referencing import Registry, Resource

from danq.data.prepare import Rule
from danq.models import registry
from danq.training import recipe
from flow import reference
from flow.schema import complete_schema

SCHEMA = complete_schema(PROJECT / "workflow/schemas/config.schema.yaml")
CONFIGS = sorted((PROJECT / "config").glob("*.yaml"))
RECIPES = sorted((PROJECT / "config/models").glob("*.yaml"))
PROFILES = sorted((PROJECT / "profiles").glob("*/config*.yaml"))
README = (PROJECT / "config/README.md").read_text()


def keys(schema: dict, path: str = "") -> Iterator[tuple[str, dict, bool]]:
    """Every key of the config: its path with dots, its schema, and whether it is required."""
    for name, key in schema.get("properties", {}).items():
        others = schema.get("else", {})  # required because of another key
        source = (schema.get("then", {}), others.get("then", {}), others.get("else", {}).get("then", {}))
        required = (schema, *source)
        yield f"{path}{name}", key, any(name in part.get("required", ()) for part in required)
        yield from keys(key, f"{path}{name}.")


def all_keys() -> dict[str, tuple[dict, bool]]:
    definitions = SCHEMA["$defs"]
    parts = [
        *keys(SCHEMA),
        *keys(definitions["model"], "models.NAME."),
        *keys(definitions["sequences"], "sequences.NAME."),
        *keys(definitions["search"], "search.NAME."),
        *(found for name in registry.ARCHITECTURES for found in keys(definitions[name], f"models.NAME.sizes.{name}.")),
    ]
    return {path: (key, required) for path, key, required in parts}


KEYS = all_keys()


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project without results."""
    return copy_project(tmp_path_factory.mktemp("project"))


def test_the_configs_in_the_documentation_have_the_keys_of_the_schema():
    """Blocks of YAML in README and docs name keys that exist; required keys of other blocks may be left out."""
    found = 0
    for page in [PROJECT / "README.md", *(PROJECT / "docs").rglob("*.md")]:
        for block in re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL):
            for name, value in yaml.safe_load(block).items():
                parts = {"properties": {name: SCHEMA["properties"][name]}, "$defs": SCHEMA["$defs"]}
                jsonschema.validate({name: value}, parts)
                found += 1
    assert found >= 4


# The schema


@pytest.mark.parametrize("path", KEYS)
def test_every_key_is_described(path):
    key, required = KEYS[path]
    assert key["description"].strip().endswith(".")
    assert required != ("default" in key), "a required key has no default, an optional one has"


def test_a_model_has_the_keys_of_the_recipe():
    keys = SCHEMA["$defs"]["model"]["properties"]
    assert set(keys) - {"tensorboard", "seeds"} == {field.name for field in fields(recipe.Recipe)}
    assert SCHEMA["properties"]["seed"]["default"] == recipe.Recipe().seed


def test_the_defaults_of_the_windows_are_those_of_the_program():
    rule = Rule()
    other_names = {"overlap_fraction": "fraction", "overlap_of": "of"}
    for name, key in SCHEMA["properties"]["windows"]["properties"].items():
        if name != "split":
            assert key["default"] == getattr(rule, other_names.get(name, name)), name
    assert SCHEMA["properties"]["windows"]["properties"]["split"]["properties"]["train"]["default"] == ["rest"]


# The README of the configs


def documented() -> dict[str, tuple[str, str]]:
    """The keys in the tables of the README: path to meaning and default."""
    found, prefix = {}, ""
    for line in README.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if len(cells) != 3 or set(cells[0]) <= {"-", "|"}:
            continue
        if cells[0].startswith("key"):
            under = re.search(r"under `([^`]+)`", cells[0])
            prefix = f"{under[1].replace('<name>', 'NAME')}." if under else ""
            architecture = re.search(r"` of ([\w-]+)\)", cells[0])
            prefix += f"{architecture[1]}." if architecture else ""
            continue
        before = ""
        for name in re.findall(r"`([^`]+)`", cells[0]):  # `split.train`, `.valid`, `.test`
            name = f"{before}{name}" if name.startswith(".") else name
            before = name.rpartition(".")[0]
            found[f"{prefix}{name}"] = (cells[1], cells[2])
    return found


def test_the_readme_documents_every_key_and_no_other():
    inner = {path for path in KEYS if any(other.startswith(f"{path}.") for other in KEYS)}
    assert set(documented()) - {"models.NAME.sizes"} == set(KEYS) - inner - {"models", "sequences", "search"}


def test_the_readme_gives_the_defaults():
    """All but lists and defaults that are described in words."""
    compared = 0
    for path, (_, default) in documented().items():
        value = KEYS[path][0].get("default")
        if value in (None, "", [], {}) or isinstance(value, list) or "," in default:
            continue
        assert default.strip("`") == str(value) or yaml.safe_load(default.strip("`")) == value, path
        compared += 1
    assert compared > 20


def test_the_generated_tables_of_the_readme_are_up_to_date():
    for page in reference.PAGES:
        text = page.read_text()
        assert reference.with_tables(text) == text, f"{page.name}: run `make docs`"


def test_the_schema_for_editors_is_up_to_date():
    assert reference.SCHEMA.read_text() == reference.schema(), "run `make docs`"


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in (*CONFIGS, *RECIPES)])
def test_the_first_line_names_the_schema_for_editors_and_the_file_follows_it(path):
    first = path.read_text().splitlines()[0]
    named = path.parent / first.removeprefix("# yaml-language-server: $schema=")
    schema = json.loads(named.read_text())
    files = [Resource.from_contents(json.loads(file.read_text())) for file in named.parent.glob("*.json")]
    known = Registry().with_resources(zip((file.name for file in named.parent.glob("*.json")), files, strict=True))
    validator = jsonschema.Draft7Validator(schema, registry=known)
    config = yaml.safe_load(path.read_text())
    validator.validate(config)
    model = next(iter(config["models"].values()))
    model["filter"] = 1
    assert "'filter' was unexpected" in str(next(validator.iter_errors(config)))


def test_a_generated_table_follows_the_code():
    outdated = README.replace("| `kernel` |", "| `width` |")
    assert outdated != README
    assert reference.with_tables(outdated) == README


# The configs that come with the project


def published_bundle(folder: Path) -> Path:
    """Empty files in place of the published bundle, which is enough for a dry run."""
    for name in ("deepsea_train/train.mat", "deepsea_train/valid.mat", "deepsea_train/test.mat", "predictor.names"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("".join(f"cell|factor{i}|None\n" for i in range(919)))
    return folder


def test_ready_recipes_join_any_config(project):
    """Each file of config/models/ adds its models, and the schema has all of its keys."""
    assert len(RECIPES) == 5
    names = {name for path in RECIPES for name in yaml.safe_load(path.read_text())["models"]}
    files = ["config/config.yaml", *(f"config/models/{path.name}" for path in RECIPES)]
    done = snakemake(project, "--dry-run", "--printshellcmds", "--configfile", *files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {model for rule, model in jobs(done.stdout) if rule == "train"} == names | {"danq", "deepsea"}
    shown = done.stdout + done.stderr
    commands = {
        re.search(r"/(\w+)/training/model.weights.h5", line)[1]: line
        for line in shown.splitlines()
        if "/train.py " in line
    }
    said = {
        "deepsea_published": [
            "--weight-decay=1e-06",
            "--schedule=inverse",
            "--momentum=0.9",
            "--batch-size=16",
            "l1=1e-08",
        ],
        "danq_published": ["--optimizer=rmsprop", "--batch-size=100", "--patience=5", "--model=DanQ "],
        "danq_jaspar": ["--model=DanQ-JASPAR", "--first-filters=jaspar", "--jaspar-release=JASPAR2016", "filters=1024"],
        "deepsea": ["--optimizer=adam", "--batch-size=500", "--learning-rate=0.0001"],
    }
    for model, options in said.items():
        for words in options:
            assert words in commands[model], (model, words)
    assert "max_norm=0.9" in commands["deepsea_published"]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in CONFIGS])
def test_config_is_valid_and_its_files_exist(project, path, tmp_path):
    config = yaml.safe_load(path.read_text())
    words = ["--dry-run", "--configfile", f"config/{path.name}"]
    if config.get("source") == "bundle":
        words += ["--config", f"folder={published_bundle(tmp_path)}"]
    if config["dataset"].startswith("yeast"):
        if not SACCER3.exists():
            pytest.skip(needs_yeast.kwargs["reason"])
        words += ["--config", f"folder={SACCER3}"]
    if config.get("source") == "sequences":
        if not DEEPBIND.exists():
            pytest.skip(needs_deepbind.kwargs["reason"])
        words += ["--config", f"folder={DEEPBIND}"]
    done = snakemake(project, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    planned = set(jobs(done.stdout))
    first = {"bundle": "import_bundle", "sequences": "prepare_sequences"}.get(config.get("source"), "prepare")
    assert {(first, ""), ("compare", ""), ("report", "")} <= planned
    runs = set()
    for name, model in config["models"].items():
        seeds = model.get("seeds", config.get("seeds", []))
        runs |= {f"{name}-seed{seed}" for seed in seeds} or {name}
    assert {model for rule, model in planned if rule == "train"} == runs
    assert (("simulate", "") in planned) == (config["dataset"] == "demo")


def test_the_demo_is_the_default(project):
    default = snakemake(project, "--dry-run")
    assert set(jobs(default.stdout)) == set(
        jobs(snakemake(project, "--dry-run", "--configfile", "config/config.yaml").stdout)
    )
    assert ("simulate", "") in jobs(default.stdout)


# Versions


def locked(path: str) -> dict[str, str]:
    """Versions of a lock file, for Python 3.11 on Linux."""
    here = {"python_version": "3.11", "python_full_version": "3.11.9", "sys_platform": "linux"}
    lines = re.findall(r"^([A-Za-z0-9][^\\\n]*==[^\\\n]*?) *\\?$", (PROJECT / path).read_text(), re.MULTILINE)
    found = {}
    for line in lines:
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate(here | {"platform_machine": "x86_64"}):
            found[canonicalize_name(wanted.name)] = str(wanted.specifier).removeprefix("==")
    return found


PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
ENVIRONMENT = yaml.safe_load((PROJECT / "workflow/envs/danq.yaml").read_text())["dependencies"]


def test_the_conda_environment_has_the_versions_of_the_lock_file():
    """`--sdm conda` runs the programs in the same versions as `make environment`."""
    pinned = dict(line.split()[0].split("==") for line in ENVIRONMENT[-1]["pip"])
    lock = locked("requirements.lock")
    assert pinned == {name: lock[canonicalize_name(name)] for name in pinned}
    listed = {canonicalize_name(Requirement(text).name) for text in PYPROJECT["dependencies"]}
    assert {name for name in listed if not name.startswith("snakemake")} <= set(pinned)
    python = next(text.removeprefix("python=") for text in ENVIRONMENT if str(text).startswith("python="))
    assert python in SpecifierSet(PYPROJECT["requires-python"])


@pytest.mark.parametrize("path", ["requirements.lock", "requirements-gpu.lock"])
def test_lock_files_satisfy_the_project(path):
    lock = locked(path)
    for text in PYPROJECT["dependencies"]:
        wanted = Requirement(text)
        assert lock[canonicalize_name(wanted.name)] in wanted.specifier, text
    cpu = locked("requirements.lock")
    assert {name: lock[name] for name in cpu} == cpu


# Profiles


@pytest.mark.parametrize("path", [pytest.param(path, id=path.parent.name) for path in PROFILES])
def test_profile_names_rules_that_exist(project, path):
    """Snakemake ignores a rule that does not exist: the real one would get the default memory."""
    others = {
        "discover",
        "import_bundle",
        "prepare_sequences",
        "predict_tracks",
        "join_tracks",
        "search_trial",
    }  # rules that the demo does not have
    rules = others | set(snakemake(project, "--list-rules").stdout.split())
    assert {"prepare", "train", "report"} <= rules
    profile = yaml.safe_load(path.read_text())
    for block in ("set-threads", "set-resources"):
        assert set(profile.get(block, {})) <= rules


@pytest.mark.parametrize("path", [pytest.param(path, id=path.parent.name) for path in PROFILES])
def test_profile_works_in_a_dry_run(project, path):
    done = snakemake(project, "--dry-run", "--profile", f"profiles/{path.parent.name}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("train", "danq") in jobs(done.stdout)


def test_both_architectures_load_at_published_sizes(tmp_path):
    """Sizes that are left out have the published values of the architecture."""
    project = copy_project(tmp_path / "project")
    toys.write_dataset(project / "data")
    config = toys.config("data")
    config["windows"]["window"] = 1000
    for model in config["models"].values():
        del model["sizes"]
    toys.write_config(project / "toy.yaml", config)
    done = snakemake(project, "--dry-run", "--printshellcmds", "--configfile", "toy.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    shown = done.stdout + done.stderr
    assert "lstm=320" in shown
    assert "filters3=960" in shown
