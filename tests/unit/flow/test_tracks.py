"""Shards of tracks and the options of their programs, without Snakemake."""

import os
from pathlib import Path

import pytest
import toys
from snakemake.exceptions import WorkflowError
from sparse_genome import HG38, write_sparse_genome

import cli
from danq.errors import UserError
from danq.tracks import layout
from danq.tracks.values import MAX_UNKNOWN
from flow import tracks
from flow.config import check_names, checked, listed_targets


@pytest.fixture
def config(tmp_path, monkeypatch):
    toys.write_dataset(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    return toys.config("data") | {"tracks": {"targets": ["CTCF"], "stride": 100, "block": 200}}


def filled(config, **changes):
    config["tracks"] |= changes
    return checked(config)


def test_an_index_gives_the_contigs_without_the_genome(config, tmp_path):
    config = filled(config)
    assert tracks.contigs_now(config) is None
    write_sparse_genome(tmp_path / "data/genome.fa")
    assert tracks.contigs_now(config) == HG38
    os.utime(tmp_path / "data/genome.fa", (2e9, 2e9))  # newer than its index
    assert tracks.contigs_now(config) is None
    (tmp_path / "results/toy/windows").mkdir(parents=True)
    index = (tmp_path / "data/genome.fa.fai").rename(tmp_path / "results/toy/windows/genome.fa.fai")
    os.utime(index, (2e9, 2e9))
    assert tracks.contigs_now(config) == HG38


def plan(config, **changes):
    """The plan of a genome whose contigs are listed by a rule."""
    toys.write_lines(Path("sizes"), [f"{name}\t{length}" for name, length in toys.CONTIGS.items()])
    return tracks.Plan(filled(config, **changes), lambda: "sizes")


def test_a_shard_depends_on_its_own_regions_only(config):
    few = plan(config, regions=["chr1:1-5000"])
    assert few.files("danq") == ["results/toy/models/danq/tracks/shards/chr1.0.h5"]
    options = few.options("chr1.0")
    assert options["regions"] == ["chr1:1-5000"]
    assert options["shard"] == "chr1:0"
    more = plan(config, regions=["chr1:100-5000", "chr2", "chr1:1-99"])
    assert [Path(file).stem for file in more.files("danq")] == ["chr1.0", "chr2.0", "chr2.1"]
    assert more.options("chr1.0") == options
    assert tracks.join_options(more._config)["regions"] == ["chr1:100-5000", "chr2", "chr1:1-99"]


def test_an_indexed_genome_is_planned_without_the_rule(config, tmp_path):
    write_sparse_genome(tmp_path / "data/genome.fa", {"chrX": 100_000})
    plan = tracks.Plan(filled(config), lambda: pytest.fail("asked for the list"))
    assert [Path(file).name for file in plan.files("danq")] == [f"chrX.{number}.h5" for number in range(5)]


def test_the_defaults_are_those_of_the_programs(config):
    config["tracks"] = {"targets": ["CTCF"]}
    found = checked(config)["tracks"]
    parser = cli.parser(None)
    cli.add_track_options(parser)
    program = {"stride": parser.get_default("stride"), "block": parser.get_default("block_size")}
    assert program == {"stride": layout.STRIDE, "block": layout.BLOCK_SIZE} == {name: found[name] for name in program}
    assert found["max_unknown"] == MAX_UNKNOWN


def test_all_models_are_used_unless_some_are_named(config):
    assert tracks.models(filled(config)) == ["danq", "deepsea"]
    assert tracks.models(filled(config, models=["deepsea"])) == ["deepsea"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"targets": ["TATA"]}, "tracks.targets: no target 'TATA'"),
        ({"models": ["other"]}, "tracks.models: no model is called 'other'; choose from danq, deepsea"),
        ({"targets": []}, "tracks.targets: .*non-empty"),
        ({"stride": 0}, "tracks.stride: 0 is less than the minimum of 1"),
    ],
)
def test_a_mistake_is_named_by_its_key(config, changes, words):
    with pytest.raises(UserError, match=words):
        config = filled(config, **changes)
        check_names(config, listed_targets(config).targets)


def test_a_hub_needs_the_name_of_the_genome(config):
    config["genome"].pop("assembly")
    with pytest.raises(UserError, match=r"tracks\.hub: needs genome\.assembly"):
        config = filled(config, hub=True)
        check_names(config, listed_targets(config).targets)


def test_a_bundle_needs_a_genome():
    bundle = {"dataset": "old", "source": "bundle", "bundle": {"folder": "mats"}, "tracks": {"targets": [1]}}
    bundle["models"] = {"danq": {"architecture": "DanQ"}}
    with pytest.raises(UserError, match=r"tracks: needs a genome; add genome\.fasta"):
        checked(bundle)
    assert tracks.models(checked(bundle | {"genome": {"fasta": "genome.fa"}})) == ["danq"]


def test_a_wrong_region_is_named_by_its_key(config):
    with pytest.raises(WorkflowError, match=r"config: tracks\.regions: 'chr9' is on no contig"):
        plan(config, regions=["chr9"]).files("danq")
