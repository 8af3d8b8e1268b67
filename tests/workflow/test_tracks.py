"""Tracks by the workflow: planned as shards that are never renamed, and joined."""

from __future__ import annotations

import time

import pyBigWig
import pytest
import toys
from project import copy_project, environment, jobs, run, snakemake
from sparse_genome import HG38, write_sparse_genome

SHARDS = "predict_tracks"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("tracks"))
    toys.write_dataset(folder / "data")
    return folder


def configured(folder, **tracks):
    """The toy's config with one model and tracks."""
    config = toys.config("data")
    config["models"] = {"danq": config["models"]["danq"] | {"max_windows": 50}}
    config |= {"baselines": [], "tracks": {"targets": ["CTCF", "histone"], "stride": 200, "block": 100, **tracks}}
    toys.write_config(folder / "tracks.yaml", config)
    return ["--configfile", "tracks.yaml"]


def planned(done):
    assert done.returncode == 0, done.stderr
    return {rule for rule, _ in jobs(done.stdout + done.stderr)}


def test_tracks_of_a_new_genome_are_made_once_and_grow_with_the_regions(project):
    words = configured(project, regions=["chr4"], hub=True, pictures=["chr4:1-9000"])
    done = run(["snakemake", "--cores", "2", *words, "--", "tracks"], project)
    assert done.returncode == 0, done.stderr
    folder = project / "results/toy/models/danq/tracks"
    assert sorted(path.name for path in folder.glob("shards/*")) == ["chr4.0.h5", "chr4.1.h5"]
    with pyBigWig.open(str(folder / "bigwig/H3K4me3.bw")) as file:
        assert file.chroms() == toys.CONTIGS
        assert len(file.intervals("chr4")) == 150 - 2  # the first and the last window reach 100 bp beyond the contig
    assert (project / "results/toy/hub/hub.txt").exists()
    assert (project / "results/toy/regions/chr4_1-9000.png").exists()
    assert planned(snakemake(project, "--dry-run", "tracks", *words)) == set()
    words = configured(project, regions=["chr4:100-200", "chr4", "chr1:1-1000"], hub=True, pictures=["chr4:1-9000"])
    done = snakemake(project, "--dry-run", "tracks", *words)
    outputs = [fields["output"] for (rule, _), fields in jobs(done.stdout + done.stderr).items() if rule == SHARDS]
    assert outputs == ["results/toy/models/danq/tracks/shards/chr1.0.h5"]
    assert planned(done) == {SHARDS, "join_tracks", "hub", "draw_region"}


def test_a_human_genome_is_planned_quickly(tmp_path):
    """15.5 million windows: less than a minute and 2 GB, without reading the genome."""
    project = copy_project(tmp_path / "project")
    toys.write_dataset(project / "data")
    write_sparse_genome(project / "data/genome.fa", HG38)
    words = configured(project, stride=200, block=200_000)
    begin = time.monotonic()
    program = "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
    program += "print('MB', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1000); sys.exit(code)"
    done = run(["python", "-c", program, "snakemake", "--dry-run", *words, "--", "tracks"], project, **environment())
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - begin < 60
    assert int(done.stdout.rsplit("MB", 1)[1]) < 2000
    blocks = sum(-(-(length // 200) // 200_000) for length in HG38.values())
    assert f"{SHARDS} {blocks}" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("tracks", "words"),
    [
        ({"regions": ["chr99"]}, "tracks.regions: 'chr99' is on no contig"),
        ({"targets": ["TATA"]}, "tracks.targets: no target 'TATA'"),
    ],
)
def test_a_mistake_ends_the_run(project, tracks, words):
    done = snakemake(project, "--dry-run", "tracks", *configured(project, **tracks))
    assert done.returncode == 1
    assert f"config: {words}" in done.stdout + done.stderr
