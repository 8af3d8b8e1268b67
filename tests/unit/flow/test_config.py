"""The checks of the config, without Snakemake; tests/workflow/test_mistakes.py shows that they reach the terminal."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys

import pytest
import toys
import yaml
from mistakes import check, put, take
from project import PROJECT

from danq.errors import UserError
from danq.motifs import jaspar
from danq.published.target_list import published_assays
from flow import config as flow_config
from flow import files


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    toys.write_dataset(folder / "data")
    return folder


@pytest.fixture
def config(folder, monkeypatch):
    """The toy's config, in a working directory that holds its data."""
    monkeypatch.chdir(folder)
    return toys.config("data")


def check_all(config: dict) -> None:
    """All checks that workflow/rules/common.smk makes, in its order."""
    config = flow_config.checked(config)
    listed = flow_config.listed_targets(config)
    flow_config.check_names(config, listed.targets)
    files.check_given_files(config, listed.sheet)
    flow_config.check_expected(config)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("thread", 3), ["'thread'", "top level", "known are dataset, seed,"]),
        (put("windows.windw", 400), ["'windw' in windows", "known are bin, window,"]),
        (put("models.danq.architecture", "Danq"), ["models.danq.architecture", "'Danq'", "DanQ, DeepSEA"]),
        (put("models.danq.sizes.filterz", 4), ["'filterz' in models.danq.sizes", "known are filters,"]),
        # a hyperparameter of DeepSEA in a DanQ
        (put("models.danq.sizes.filters2", 4), ["'filters2' in models.danq.sizes", "known are filters,"]),
        (put("models.danq.sizes.kernel", 401), ["models.danq.sizes.kernel (401 bp)", "windows.window (400 bp)"]),
        (put("models.deepsea.learning_rate", "1e-4"), ["models.deepsea.learning_rate", "'1e-4'", "1.0e-4"]),
        (put("models.danq.epochs", 0), ["models.danq.epochs", "0 is less than the minimum of 1"]),
        (put("models.-a", {"architecture": "DanQ"}), ["'-a' cannot be a name in models"]),
        (put("models.danq.architecture", "Danq"), ["models.danq.architecture is 'Danq'; choose from DanQ, DeepSEA"]),
        (put("models.danq.architecture", "FIDDLE"), ["models.danq.architecture: FIDDLE is no architecture here"]),
        (put("models.a b", {"architecture": "DanQ"}), ["'a b' cannot be a name in models", "letters, digits"]),
        (put("models.kmer", {"architecture": "DanQ"}), ["models.kmer has the name of a baseline", "rename the model"]),
        (put("baselines", ["gc"]), ["baselines.0 is 'gc'", "composition, motif, kmer"]),
        (put("controls.shuffled", True), ["'shuffled' in controls", "known are shuffled_labels"]),
        (put("models", {}), ["models", "non-empty", "under a name that you choose"]),
        (put("dataset", "a/b"), ["dataset", "'a/b'", "Name of the dataset"]),
        (put("windows.keep", "some"), ["windows.keep", "'some'", "assay:NAME"]),
        (put("windows.keep", "any+matched:0"), ["windows.keep 'any+matched:0'", "above 0 and at most 100"]),
        (put("windows.windwo", 400), ["'windwo' in windows; did you mean window? known are bin"]),
        (take("windows.split.test"), ["'test' is a required property of windows.split"]),
        (take("targets"), ["'targets' is a required property of the top level"]),
        (put("windows.bin", 401), ["windows.window (400 bp) is smaller than windows.bin (401 bp)"]),
        (put("windows.bin", 201), ["must be even"]),
        (put("windows.resize", 401), ["windows.window (400 bp) is smaller than windows.resize (401 bp)"]),
        (put("windows.resize", 0), ["windows.resize: 0 is less than the minimum of 1"]),
        (put("genome.aliases", "nowhere.txt"), ["genome.aliases: no such file: ", "nowhere.txt"]),
        (put("dataset", "x\n"), ["dataset has the hidden character U+000A (line feed) in 'x\\n'; remove it"]),
        (put("dataset", "x" * 101), ["dataset: 'xxx", "is longer than 100 characters; make it shorter"]),
        (put("dataset", 2026), ["dataset: YAML does not read 2026 as text; put it in quotes"]),
        (put(f"models.{'m' * 300}", {"architecture": "DanQ"}), ["models: 'mmm", "is longer than 100 characters"]),
        (put("models.²", {"architecture": "DanQ"}), ["'²' cannot be a name in models"]),
        (put("models", ["a"]), ["models: ['a'] is not of type 'object'"]),
        (put("models", None), ["models: None is not of type 'object'"]),
        (put("models.danq", None), ["models.danq: None is not of type 'object'"]),
        (put("models", {1: {}, "1": {}}), ["models has the name 1 twice, as a number and as text; rename one"]),
        (put("variants.files", {"a": "missing.vcf"}), ["variants.files.a: no such file", "missing.vcf"]),
        (
            put("variants", {"files": {"a": "genome.fa"}, "models": ["x"]}),
            ["variants.models: no model is called 'x'; choose from danq, deepsea"],
        ),
        (
            put("variants", {"files": {"a": "genome.fa"}, "targets": ["x"]}),
            ["variants.targets: no target 'x'; give a number from 1 to 4"],
        ),
        (
            put("variants", {"files": {"a": "genome.fa"}, "scores": ["z"]}),
            ["variants.scores: z needs other variants", "variants.background or variants.random_background"],
        ),
        (
            put("variants", {"files": {"a": "genome.fa"}, "background": "genome.fa", "random_background": 5}),
            ["variants: background and random_background exclude each other"],
        ),
        (
            put("explain", {"methods": ["gradient"], "bed": "genome.fa", "fasta": "genome.fa"}),
            ["explain: bed and fasta exclude each other", "or none for test windows"],
        ),
        (
            put("explain", {"methods": ["gradient"], "fasta": "genome.fa", "bigwig": True}),
            ["explain.bigwig: records of a FASTA file have no places on the genome", "leave bigwig out"],
        ),
        (
            put("explain", {"methods": ["gradient"], "models": ["x"]}),
            ["explain.models: no model is called 'x'; choose from danq, deepsea"],
        ),
        (
            put("explain", {"methods": ["gradient"], "marks": {"hits": "no.bed"}}),
            ["explain.marks.hits: no such file: data/no.bed"],
        ),
        (
            put("explain", {"methods": ["gradient"], "hits": True, "hit_file": "no.meme"}),
            ["explain.hit_file: no such file: data/no.meme"],
        ),
        (
            put("embed", {"inserts": ["CTCF"], "pairs": ["CTCF:REST"]}),
            ["embed.pairs: CTCF:REST is not a pair of embed.inserts, which are CTCF; write A:B or all"],
        ),
        (
            put("patterns", {"targets": ["CTCF"]}),
            ["patterns.method: integrated_gradients is not among explain.methods; add it there, or choose one of them"],
        ),
        (put("patterns", {"targets": ["CTCF"], "window": 40}), ["patterns.window: 40 is less than the minimum of 41"]),
        (put("variants.files", {"a b": "x.vcf"}), ["'a b' cannot be a name in variants.files"]),
        (put("models.danq.learning_rate", math.nan), ["models.danq.learning_rate is nan; write a finite number"]),
        (put("windows.min_signal", math.inf), ["windows.min_signal is inf; write a finite number"]),
        (put("models.danq.epochs", 1.5), ["models.danq.epochs: 1.5 is not of type 'integer'"]),
        (put("models.danq.epochs", 10**400), ["models.danq.epochs is 1000", "write a smaller number"]),
        (put("seed", 2**32), ["seed: 4294967296 is greater than the maximum of 4294967295"]),
        (put("models.danq.seed", 2**32), ["models.danq.seed: 4294967296 is greater than the maximum"]),
        (put("evaluate", {"curves": ["²"]}), ["evaluate.curves: no target '²'"]),
        (put("genome.fasta", "{dir}/genome.fa"), ["genome.fasta has a brace in '{dir}/genome.fa'", "rename it"]),
        (put("genome.assembly", "hg{38}"), ["genome.assembly has a brace in 'hg{38}'; braces are wildcards"]),
        (put("folder", "a}"), ["folder has a brace in 'a}'"]),
        (put("motifs", {"expected": ["{}"]}), ["motifs.expected.0 has a brace in '{}'"]),
        (put("windows.split.valid", [8]), ["windows.split.valid.0: YAML does not read 8 as text; put it in quotes"]),
        (
            put("windows.split.valid", yaml.safe_load("[chr7:30,508,751-35,296,850]")),
            ["windows.split.valid: YAML reads the region that begins with chr7:30 as several items, because it has"],
        ),
        (put("windows.split.test", ["chr7:1", "001-2", "008"]), ["windows.split.test: YAML reads the region"]),
        (put("windows.blacklist", "no.bed"), ["windows.blacklist: no such file: data/no.bed", "check the path"]),
        (put("windows.keep", "bed:no.bed"), ["windows.keep: no such file: data/no.bed", "check the path"]),
        (put("targets", "data/other.tsv"), ["targets: data/other.tsv", "no such target sheet", "check the path"]),
        (put("windows.keep", "assay:RNA"), ["windows.keep: no target has the assay 'RNA'", "DNase, TF, histone"]),
        (put("evaluate", {"curves": ["CTCFX"]}), ["evaluate.curves: ", "CTCFX"]),
        (put("motifs", {"targets": [9]}), ["motifs.targets: ", "9"]),
        (
            put("motifs", {"expected": ["REST", "CTFC"]}),
            ["motifs.expected: CTFC: not among the 879 known motifs of JASPAR2024 (vertebrates)", "did you mean CTCF?"],
        ),
        (put("motifs", {"expected": ["CTCF"], "taxa": ["plants"]}), ["of JASPAR2024 (plants)"]),
        (put("motifs", {"expected": ["CTCF"], "known": "peaks/CTCF.narrowPeak.gz"}), ["motifs.known: data/peaks/CTCF"]),
    ],
)
def test_a_mistake_is_one_sentence(config, change, words):
    change(config)
    with pytest.raises(UserError) as raised:
        check_all(config)
    check(str(raised.value), *words)


@pytest.mark.parametrize(
    ("missing", "key"),
    [("genome.fa", "genome.fasta"), ("peaks/REST.narrowPeak.gz", "data/targets.tsv: peaks of REST")],
)
def test_a_missing_file_is_a_mistake(folder, config, missing, key):
    hidden = (folder / "data" / missing).rename(folder / "hidden")
    try:
        with pytest.raises(UserError) as raised:
            check_all(config)
    finally:
        hidden.rename(folder / "data" / missing)
    check(str(raised.value), f"{key}: no such file: data/{missing}", "check the path")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A\tTF\t{x}.bed\t", ["targets: data/targets.tsv: A: peaks has a brace in '{x}.bed'"]),
        ("A\tTF\ta.bed\tabc", ["targets: data/targets.tsv: A: sha256: 'abc' does not match"]),
    ],
)
def test_the_values_of_the_sheet_are_checked(folder, config, row, words):
    sheet = folder / "data/targets.tsv"
    good = sheet.read_bytes()
    toys.write_lines(sheet, ["name\tassay\tpeaks\tsha256", row])
    try:
        with pytest.raises(UserError) as raised:
            check_all(config)
    finally:
        sheet.write_bytes(good)
    check(str(raised.value), *words)


def test_a_whole_number_may_have_a_decimal_point(config):
    config["models"]["danq"] |= {"epochs": 2.0, "seed": 3.0}
    config["models"]["danq"]["sizes"]["filters"] = 8.0
    config["windows"]["window"] = 400.0
    config["motifs"]["trim"] = 1.0
    filled = flow_config.checked(config)
    model = filled["models"]["danq"]
    found = [model["epochs"], model["seed"], model["sizes"]["filters"], filled["windows"]["window"]]
    assert list(map(repr, found)) == ["2", "3", "8", "400"]
    assert repr(filled["motifs"]["trim"]) == "1.0"


@pytest.mark.parametrize("name", ["config", "targets"])
def test_patterns_of_the_schemas_end_at_the_end_of_the_text(name):
    text = (flow_config.SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8")
    patterns = re.findall(r"pattern: (.*)", text)
    assert patterns
    assert all(pattern.endswith("\\Z'") and "$" not in pattern for pattern in patterns)


def test_a_good_config_passes_with_its_defaults_filled_in(config):
    check_all(config)
    filled = flow_config.checked(config)
    assert filled["seed"] == 1
    assert filled["windows"]["bin"] == 200
    assert filled["models"]["danq"]["sizes"]["kernel"] == toys.DANQ["kernel"]
    assert filled["models"]["danq"]["sizes"]["dropout"] == 0.2


def test_models_without_sizes_do_not_share_them(config):
    for model in config["models"].values():
        del model["sizes"]
    models = flow_config.checked(config)["models"]
    assert models["danq"]["sizes"]["kernel"] == 26
    assert models["deepsea"]["sizes"]["kernel"] == 8
    assert "filters2" not in models["danq"]["sizes"]


@pytest.mark.parametrize("name", ["windows", "curves", "models", "benchmarks"])
def test_a_model_may_have_the_name_of_a_folder_of_results(config, name):
    config["models"][name] = {"architecture": "DanQ"}
    check_all(config)


def test_a_model_may_have_the_name_of_a_baseline_that_is_left_out(config):
    config["models"]["kmer"], config["baselines"] = {"architecture": "DanQ"}, ["motif"]
    check_all(config)


def test_a_model_may_be_called_by_a_number(config):
    config["models"] = {64: config["models"]["danq"]}
    assert list(flow_config.checked(config)["models"]) == ["64"]


@pytest.mark.parametrize("path", sorted((PROJECT / "config").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_configs_of_this_project_are_valid(path):
    flow_config.check_expected(flow_config.checked(yaml.safe_load(path.read_text())))


def test_expected_factors_are_looked_up_quickly_and_only_if_there_are_any(config, monkeypatch):
    loaded = subprocess.run(
        [sys.executable, "-c", "import flow.config, sys; print('pyjaspar' in sys.modules, 'keras' in sys.modules)"],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "workflow/scripts")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.split() == ["False", "False"]
    monkeypatch.setattr(jaspar, "core_names", lambda *_: pytest.fail("the names are read without need"))
    check_all(config)


def test_a_file_of_known_motifs_that_is_still_to_be_fetched_is_not_checked(config):
    config["motifs"] = {"expected": ["CTFC"], "known": "https://example.org/known.meme"}
    check_all(config)


def test_targets_are_those_of_the_sheet(config):
    listed = flow_config.listed_targets(flow_config.checked(config))
    assert [target.name for target in listed.targets] == list(toys.TARGETS)
    assert list(listed.sheet["name"]) == list(toys.TARGETS)


@pytest.fixture
def bundle():
    model = {"architecture": "DanQ"}
    return flow_config.checked(
        {"dataset": "old", "source": "bundle", "bundle": {"folder": "mats"}, "models": {"danq": model}}
    )


def test_a_bundle_without_a_list_has_the_published_targets(bundle):
    listed = flow_config.listed_targets(bundle)
    assert len(listed.targets) == len(published_assays()) == 919
    assert listed.sheet is None


def test_a_list_that_is_still_to_be_fetched_has_no_targets(bundle):
    bundle["bundle"]["names"] = "https://example.org/names.txt"
    assert flow_config.listed_targets(bundle).targets == []


def test_published_figures_need_a_row_for_each_target(tmp_path):
    table = toys.write_lines(tmp_path / "table.tsv", ["\tDanQ ROC AUC\tDanQ PR AUC", "8988T|DNase|None\t0.9\t0.4"])
    with pytest.raises(UserError, match="evaluate.published: "):
        flow_config.check_published(str(table), 4)
