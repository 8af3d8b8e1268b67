"""Shards and the programs: joined shards are the files of one run, bit by bit."""

import shutil

import numpy as np
import pyBigWig
import pytest
import toys
from project import error_of

from danq.tracks.block_values import TRACKS
from danq.tracks.layout import chosen_layout, shard_names

PLACES = ["--stride=20", "--block-size=25", "--regions=chr2", "--regions=chr1:100-300", "--regions=chr1:250-420"]


def run(monkeypatch, name, *words):
    """Run a program in this process, which has imported TensorFlow."""
    import importlib
    import sys

    monkeypatch.setattr(sys, "argv", [f"{name}.py", *map(str, words)])
    importlib.import_module(name).main()


@pytest.fixture(scope="module")
def made(trained, fasta, genome, tmp_path_factory):
    """The folders of tracks from one run, and of shards; two checkpoints are averaged."""
    folder = tmp_path_factory.mktemp("made")
    models = ["-c", trained, "-c", shutil.copy(trained, folder / "same.weights.h5"), "--gpus=0"]
    common = [*models, f"--genome={fasta}", *PLACES, "--targets", "composition", "1"]
    layout = chosen_layout(genome.contigs, 20, 25, ["chr2", "chr1:100-420"])
    with pytest.MonkeyPatch.context() as patch:
        run(patch, "tracks", *common, "--bedgraph", "-o", folder / "once")
        for name, (contig, number) in shard_names(layout).items():
            run(patch, "tracks", *common, f"--shard={contig}:{number}", "-o", folder / "shards" / name)
    return folder


def test_joined_shards_are_the_files_of_one_run(made, fasta, monkeypatch, tmp_path):
    (made / "shards/chr9.0.h5").write_text("of another run")
    run(monkeypatch, "join_tracks", made / "shards", f"--genome={fasta}", *PLACES, "--bedgraph", "-o", tmp_path)
    names = ["composition.bedGraph.gz", "composition.bw", "site.bedGraph.gz", "site.bw", "tracks.tsv"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names
    for name in names:
        assert (tmp_path / name).read_bytes() == (made / "once" / name).read_bytes()


def test_a_shard_that_is_predicted_again_has_the_same_bytes(made, trained, fasta, monkeypatch, tmp_path):
    models = ["-c", trained, "-c", made / "same.weights.h5", "--gpus=0"]
    words = [*models, f"--genome={fasta}", *PLACES, "--targets", "composition", "1", "--shard=chr1:0"]
    run(monkeypatch, "tracks", *words, "-o", tmp_path / "again.h5")
    assert (tmp_path / "again.h5").read_bytes() == (made / "shards/chr1.0.h5").read_bytes()


def test_the_table_names_files_and_skipped_cells(made):
    table = TRACKS.read(made / "once/tracks.tsv")
    assert table["file"].tolist() == ["site.bw", "composition.bw"]
    row = table.iloc[0]
    assert row[["cells", "beyond_contig", "unknown_bases", "incomplete"]].tolist() == [60, 2, 5, 0]
    with pyBigWig.open(str(made / "once/site.bw")) as file:
        rows = [row for contig in ("chr2", "chr1") for row in file.intervals(contig)]
    assert len(rows) == 60
    assert np.isclose(row["mean"], np.mean([value for *_, value in rows]), rtol=1e-5)


def test_regions_of_a_bed_file_are_counted(made, fasta, monkeypatch, tmp_path):
    toys.write_lines(tmp_path / "r.bed", ["chr2\t0\t1000", "chr1\t249\t420", "chrU\t5\t9", "1\t99\t300"])
    words = [f"--genome={fasta}", *PLACES[:2], f"--bed={tmp_path / 'r.bed'}", "-o", tmp_path / "out"]
    run(monkeypatch, "join_tracks", made / "shards", *words)
    assert (tmp_path / "out/site.bw").read_bytes() == (made / "once/site.bw").read_bytes()
    table = (tmp_path / "out/regions.tsv").read_text().splitlines()
    assert table == ["what\tcount", "regions\t4", "used\t3", "unknown_contig\t1", "outside_contig\t0", "clipped\t0"]


def test_a_missing_shard_is_a_mistake(made, fasta, tmp_path):
    shutil.copytree(made / "shards", tmp_path / "shards")
    (tmp_path / "shards/chr1.0.h5").unlink()
    message = error_of("join_tracks", "shards", f"--genome={fasta}", *PLACES, "-o", "out", folder=tmp_path)
    assert "shards/chr1.0.h5: this shard is missing, and 0 of 3 more" in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--regions=chr10", "chr10.0.h5: this shard is missing"),
        ("--stride=21", "chr2.0.h5: has other cells than the stride"),
        ("--block-size=12", "chr2.2.h5: this shard is missing"),
    ],
)
def test_other_places_than_those_of_the_shards_are_a_mistake(made, fasta, option, words, tmp_path):
    message = error_of(
        "join_tracks", made / "shards", f"--genome={fasta}", *PLACES, option, "-o", "out", folder=tmp_path
    )
    assert words in message
    assert not list((tmp_path / "out").glob("*"))


def test_shards_of_other_targets_are_a_mistake(made, trained, fasta, monkeypatch, tmp_path):
    shutil.copytree(made / "shards", tmp_path / "shards")
    other = ["-c", trained, "--gpus=0", f"--genome={fasta}", *PLACES, "--targets", "site"]
    run(monkeypatch, "tracks", *other, "--shard=chr1:0", "-o", tmp_path / "shards/chr1.0.h5")
    message = error_of("join_tracks", "shards", f"--genome={fasta}", *PLACES, "-o", "out", folder=tmp_path)
    assert "shards/chr1.0.h5: predicted with other settings, targets or models" in message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--targets=nobody", "-o", "out"], "no target 'nobody'"),
        (["--targets=site", "--regions=chr3", "-o", "out"], "'chr3' is on no contig"),
        (["--targets=site", "--regions=short:1-19", "--stride=46", "-o", "out"], "no whole cell of 46 bp"),
        (["--targets=site", "--shard=chr2", "-o", "x.h5"], "chr2: no such block"),
        (["--targets=site", "--shard=chr2:9", "-o", "x.h5"], "chr2:9: no such block; there are chr2:0,"),
        (["--targets=site", "--max-unknown=1.5", "-o", "out"], "must be from 0 to 1, not 1.5"),
        (["--targets=site", "--bed=regions.bed", "-o", "out"], "regions.bed: none of its contigs"),
        (["--targets=site", "-o", "genome.fa"], "genome.fa"),
    ],
)
def test_a_mistake_is_one_sentence(trained, sequences, tmp_path, words, message):
    toys.write_fasta(tmp_path / "genome.fa", sequences)
    toys.write_lines(tmp_path / "regions.bed", ["chr5\t0\t100"])
    found = error_of("tracks", "-c", trained, "--genome=genome.fa", "--gpus=0", *words, folder=tmp_path)
    assert message in found
    assert "\n" not in found
    assert not (tmp_path / "out").exists()
