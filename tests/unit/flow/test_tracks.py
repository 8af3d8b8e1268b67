"""Shards of tracks and the options of their programs, without Snakemake."""

import os

import pytest
import toys
from sparse_genome import HG38, write_sparse_genome

from danq.errors import UserError
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


def test_a_shard_depends_on_its_own_regions_only(config):
    few, more = filled(config, regions=["chr1:1-5000"]), filled(config, regions=["chr1:100-5000", "chr2", "chr1:1-99"])
    layouts = [tracks.layout(one, toys.CONTIGS) for one in (few, more)]
    assert tracks.shards(layouts[0]) == {"chr1.0": ("chr1", 0)}
    assert tracks.shards(layouts[1]) == {"chr1.0": ("chr1", 0), "chr2.0": ("chr2", 0), "chr2.1": ("chr2", 1)}
    options = [tracks.shard_options(one, layout, "chr1", 0) for one, layout in zip((few, more), layouts, strict=True)]
    assert options[0] == options[1]
    assert options[0]["regions"] == ["chr1:1-5000"]
    assert options[0]["shard"] == "chr1:0"
    assert tracks.join_options(more)["regions"] == ["chr1:100-5000", "chr2", "chr1:1-99"]


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


def test_a_wrong_region_is_named_by_its_key(config):
    with pytest.raises(UserError, match=r"tracks\.regions: 'chr9' is on no contig"):
        tracks.layout(filled(config, regions=["chr9"]), toys.CONTIGS)
