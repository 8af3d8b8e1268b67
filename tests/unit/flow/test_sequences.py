"""The block `sequences` of the config: its checks, the files it names and makes, and the options of predict.py."""

from __future__ import annotations

import shlex

import pytest
import toys
import yaml
from mistakes import check, put

from danq.data.targets import Target
from danq.errors import UserError
from flow import config as flow_config
from flow import files, sequences

TARGETS = [Target(i, name, assay) for i, (name, assay) in enumerate(toys.TARGETS.items(), 1)]
ENTRIES = {
    "enhancers": {"fasta": "a.fa", "pad": True, "stride": 50},
    "peaks": {"bed": "b.bed", "models": ["danq"], "targets": ["TF", 3], "format": "tsv"},
    "locus": {"regions": ["chr4:1,001-2,000", "chr3"], "genome": "g.fa", "average": True},
}


@pytest.fixture
def config():
    """The toy's config with sequences of each kind."""
    return toys.config("data") | {"sequences": {name: dict(entry) for name, entry in ENTRIES.items()}}


def test_nothing_is_predicted_unless_it_is_configured():
    config = flow_config.checked(toys.config("data"))
    assert config["sequences"] == {}
    assert sequences.outputs(config) == []


def test_files_and_outputs(config):
    config = flow_config.checked(config)
    sequences.check_targets(config, TARGETS)
    names = {
        "models/danq/sequences/enhancers.h5",
        "models/deepsea/sequences/enhancers.h5",
        "models/danq/sequences/peaks.tsv",
        "sequences/locus.h5",
    }
    assert set(sequences.outputs(config)) == names | {f"{name}.account.tsv" for name in names}
    kinds = ("fasta", "bed", "genome")
    found = {name: [sequences.on_disk(config, name, key) for key in kinds] for name in ENTRIES}
    assert found == {
        "enhancers": ["data/a.fa", [], []],
        "peaks": [[], "data/b.bed", "data/genome.fa"],
        "locus": [[], [], "data/g.fa"],
    }
    given = dict(files.given_files(config | {"source": "bundle", "bundle": {"folder": "mats", "names": None}}, None))
    assert {key: path for key, path in given.items() if key.startswith("sequences.")} == {
        "sequences.enhancers.fasta": "a.fa",
        "sequences.peaks.bed": "b.bed",
        "sequences.locus.genome": "g.fa",
    }


def test_the_options_are_those_of_the_program(config):
    config = flow_config.checked(config)
    words = {name: shlex.split(sequences.sequence_options(config, name)) for name in ENTRIES}
    common = ["--max-rows=10000", "--strands=both"]
    assert words == {
        "enhancers": [common[0], common[1], "--stride=50", "--pad"],
        "peaks": [*common, "--targets=TF", "--targets=3"],
        "locus": [common[0], "--regions=chr4:1,001-2,000", "--regions=chr3", common[1]],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("sequences.a b", {"fasta": "a.fa"}), ["'a b' cannot be a name in sequences"]),
        (put("sequences.a", {"fsta": "a.fa"}), ["'fsta' in sequences.a", "known are fasta, bed, regions"]),
        (put("sequences.a", {}), ["sequences.a has no sequences; give one of fasta, bed, regions"]),
        (put("sequences.a", None), ["sequences.a: None is not of type 'object'"]),
        (put("sequences.peaks.fasta", "a.fa"), ["sequences.peaks has fasta and bed; give one of"]),
        (put("sequences.enhancers.genome", "g.fa"), ["sequences.enhancers.genome is for bed and regions"]),
        (put("sequences.peaks.pad", True), ["sequences.peaks.pad is for fasta"]),
        (put("sequences.peaks.models", ["danc"]), ["sequences.peaks.models", "'danc'; choose from danq, deepsea"]),
        (put("sequences.peaks.average", True), ["sequences.peaks.average needs at least two models"]),
        (put("sequences.peaks.targets", ["CTFC"]), ["sequences.peaks.targets: ", "CTFC"]),
        (put("sequences.peaks.stride", 0), ["sequences.peaks.stride", "0 is less than the minimum of 1"]),
        (put("sequences.locus.regions", [8]), ["sequences.locus.regions.0: YAML does not read 8 as text"]),
        (
            put("sequences.locus.regions", yaml.safe_load("[chr7:30,508,751-35,296,850]")),
            ["sequences.locus.regions: YAML reads the region that begins with chr7:30 as several items"],
        ),
    ],
)
def test_a_mistake_is_one_sentence(config, change, words):
    change(config)
    with pytest.raises(UserError) as raised:
        sequences.check_targets(flow_config.checked(config), TARGETS)
    check(str(raised.value), *words)


def test_regions_of_a_bundle_need_their_own_genome(config):
    config = {"dataset": "x", "source": "bundle", "bundle": {"folder": "."}, "models": config["models"]}
    with pytest.raises(UserError, match=r"sequences.a: bed needs the genome .* add sequences.a.genome"):
        flow_config.checked(config | {"sequences": {"a": {"bed": "b.bed"}}})
    flow_config.checked(config | {"sequences": {"a": {"bed": "b.bed", "genome": "g.fa"}}})
