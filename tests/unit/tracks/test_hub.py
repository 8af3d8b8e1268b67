"""A track hub: required fields, files that exist, and the same peaks and values as given."""

import shutil

import numpy as np
import pandas as pd
import pyBigWig
import pytest
import toys

from danq.data.targets import Target
from danq.errors import UserError
from danq.tracks.block_values import TRACKS, BlockValues
from danq.tracks.contribution_table import CONTRIBUTIONS
from danq.tracks.files import summary, writing
from danq.tracks.hub import write_hub
from danq.tracks.sheet import PeakFile

CONTIGS = {"chr2": 2000, "chr10": 700, "chr1": 400}
LONG = "a_cell_of_a_very_long_name_CTCF"
# Fields that UCSC's documentation of hubs requires.
HUB = {"hub", "shortLabel", "longLabel", "genomesFile", "email"}
TRACK = {"track", "shortLabel", "longLabel"}


def stanzas(path):
    return [dict(line.split(" ", 1) for line in text.splitlines()) for text in path.read_text().split("\n\n")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tracks of two models, peaks, and the hub of both."""
    folder, draw = tmp_path_factory.mktemp("hub"), np.random.default_rng(1)
    targets, names = [Target(1, "CTCF", "TF", "a cell of a very long name"), Target(3, "H3", "histone")], ["CTCF", "H3"]
    for model in ("danq", "b-2"):
        with writing(folder / model, names, CONTIGS, 20) as writer:
            writer.append(BlockValues("chr10", 0, np.arange(30), draw.random((30, 2)).astype(np.float32)))
        TRACKS.write(summary(writer, targets, names, 20, 0), folder / model / "tracks.tsv")
    lines = ["chr1\t5\t90", "chr2\t700\t900", "chr2\t50\t900", "chr2\t50\t70", "chr10\t0\t700"]
    peaks = toys.write_peaks(folder / "CTCF.bed.gz", lines)
    models = {model: folder / model for model in ("danq", "b-2")}
    write_hub(folder / "hub", models, "hg38", "toy-1", "a@example.org", {targets[0].title: PeakFile(peaks)})
    return folder


def test_required_fields_are_there_and_every_file_exists(folder):
    hub = folder / "hub"
    (head,), (genome,) = stanzas(hub / "hub.txt"), stanzas(hub / head_file(hub))
    assert set(head) >= HUB
    assert genome == {"genome": "hg38", "trackDb": "hg38/trackDb.txt"}
    tracks = stanzas(hub / genome["trackDb"])
    assert all(set(track) >= TRACK and len(track["shortLabel"]) <= 17 for track in tracks)
    names = [track["track"] for track in tracks]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    parents = [track["track"] for track in tracks if "superTrack" in track]
    assert parents == ["target1", "target2"]
    kinds = {track["bigDataUrl"]: track["type"] for track in tracks if "superTrack" not in track}
    assert all(track["parent"] in parents for track in tracks if "superTrack" not in track)
    models = [f"{model}/{name}.bw" for name in (LONG, "H3") for model in ("danq", "b-2")]
    assert kinds == {f"{LONG}.peaks.bb": "bigBed 3", **dict.fromkeys(models, "bigWig 0 1")}
    files = {str(path.relative_to(hub / "hg38")) for path in (hub / "hg38").rglob("*") if path.is_file()}
    assert files == {*kinds, "trackDb.txt"}


def test_contributions_are_shown_with_their_own_scale(folder, tmp_path, caplog):
    rows = []
    for name, values in {"CTCF": [-2.5, 0.5, 1.25], "none": []}.items():
        with writing(tmp_path / "bases", [name], CONTIGS, 1) as writer:
            writer.append(BlockValues("chr2", 0, 40 + np.arange(len(values)), np.array(values, np.float32)[:, None]))
        numbers = {"windows": len(values), "bases": len(values), "overlapping": 0, "unknown": 0}
        rows.append({"index": len(rows), "target": name, "assay": "TF", "file": f"{name}.bw", **numbers})
        rows[-1] |= {"lowest": min(values, default=np.nan), "highest": max(values, default=np.nan)}
    rows[0]["target"] = Target(1, "CTCF", "TF", "a cell of a very long name").title
    CONTRIBUTIONS.write(pd.DataFrame(rows), tmp_path / "bases/tracks.tsv")
    models = {"danq": folder / "danq"}
    with caplog.at_level("INFO"):
        write_hub(tmp_path / "hub", models, "hg38", "a", "b", contributions={"danq gradient": tmp_path / "bases"})
    (track,) = [one for one in stanzas(tmp_path / "hub/hg38/trackDb.txt") if "contributions" in one["track"]]
    assert set(track) >= TRACK
    assert (track["parent"], track["type"], track["autoScale"]) == ("target1", "bigWig -2.5 1.25", "on")
    copy = tmp_path / "hub/hg38" / track["bigDataUrl"]
    assert copy.read_bytes() == (tmp_path / "bases/CTCF.bw").read_bytes()
    assert "1 of 2 targets have contributions and predictions" in caplog.text
    with writing(tmp_path / "bases", ["CTCF"], {"chr2": 2001}, 1):
        pass
    with pytest.raises(UserError, match=r"CTCF\.bw: has other contigs"):
        write_hub(tmp_path / "hub", models, "hg38", "a", "b", contributions={"x": tmp_path / "bases"})


def head_file(hub):
    return stanzas(hub / "hub.txt")[0]["genomesFile"]


def test_peaks_and_values_are_those_given(folder):
    with pyBigWig.open(str(folder / f"hub/hg38/{LONG}.peaks.bb")) as file:
        assert file.isBigBed()
        found = {contig: [row[:2] for row in file.entries(contig, 0, length)] for contig, length in CONTIGS.items()}
    assert found == {"chr2": [(50, 70), (50, 900), (700, 900)], "chr10": [(0, 700)], "chr1": [(5, 90)]}
    copy = folder / "hub/hg38/danq/H3.bw"
    assert copy.read_bytes() == (folder / "danq/H3.bw").read_bytes()


def test_tracks_of_two_genomes_are_a_mistake(folder, tmp_path):
    shutil.copytree(folder / "danq", tmp_path / "danq")
    with writing(tmp_path / "danq", ["H3"], {"chr2": 2001}, 20):
        pass
    with pytest.raises(UserError, match=r"H3\.bw: has other contigs"):
        write_hub(tmp_path / "hub", {"danq": tmp_path / "danq"}, "hg38", "a", "b")
    (tmp_path / "danq/H3.bw").write_text("no")
    with pytest.raises(UserError, match=r"H3\.bw: not a bigWig file"):
        write_hub(tmp_path / "hub", {"danq": tmp_path / "danq"}, "hg38", "a", "b")
    assert not (tmp_path / "hub").exists()
