"""Tracks of contributions: read back with pyBigWig, and compared base by base with the HDF5 file by a plain loop."""

import h5py
import numpy as np
import pandas as pd
import pyBigWig
import pytest
from project import SCRIPTS, error_of, run_here
from toys import write_fasta

from danq.data import onehot
from danq.data.genome import Genome
from danq.data.targets import Target
from danq.explain import contribution_tracks
from danq.explain.attributions import Attributions, Facts, writing
from danq.explain.contribution_tracks import write_contributions

TARGETS = [Target(1, "CTCF", "TF"), Target(2, "REST", "TF"), Target(3, "DNase/1", "DNase"), Target(4, "none", "TF")]
CONTIGS = {"chr2": 900, "chr10": 80, "chr1": 500, "empty": 50}
LENGTH, N = 30, 60


DRAW = np.random.default_rng(6)
GENOME = {name: "".join(DRAW.choice(list("ACGTN"), n, p=[*[0.24] * 4, 0.04])) for name, n in CONTIGS.items()}


def write_attributions(path, contigs, starts, chosen, names=()):
    """A file of random attributions of windows of the genome; bases beyond the ends of contigs are unknown."""
    draw = np.random.default_rng(4)
    texts = [f"{'N' * LENGTH}{GENOME[name]}{'N' * LENGTH}" for name in contigs]
    windows = [text[start + LENGTH : start + 2 * LENGTH] for text, start in zip(texts, starts, strict=True)]
    bases = np.array([[[letter == one for one in "ACGT"] for letter in window] for window in windows], np.uint8)
    rows, facts = np.arange(len(starts)), Facts("gradient", "both")
    options = {"names": names} if names else {"places": (contigs, starts)}
    with writing(path, facts, onehot.pack(bases), rows, LENGTH, TARGETS, chosen, **options) as file:
        for index, windows in chosen.items():
            values = draw.normal(size=(len(windows), LENGTH, 4)).astype(np.float32)
            file.fill(TARGETS[index - 1], slice(0, len(windows)), values, prediction=np.full(len(windows), 0.5))
    return path


@pytest.fixture
def written(tmp_path):
    """Windows that overlap, repeat, touch and leave gaps, in no order."""
    draw = np.random.default_rng(5)
    contigs = draw.choice(["chr1", "chr2", "chr10"], N, p=[0.3, 0.5, 0.2])
    starts = np.array([draw.integers(-10, CONTIGS[name] - LENGTH + 10) for name in contigs])
    contigs[:4], starts[:4] = "chr2", [300, 330, 300, 361]  # touching, repeated, and a gap of one base
    chosen = {1: np.arange(0, N, 2), 2: np.arange(N), 3: np.array([0, 1, 2, 3]), 4: np.array([], int)}
    return write_attributions(tmp_path / "attributions.h5", contigs, starts, chosen)


def by_loop(path, index):
    """Contig and place of each base of the target's windows, to all of its contributions there."""
    found = {}
    with h5py.File(path) as file:
        names = [name.decode() for name in file["contigs"]]
        contig, start, packed = (file[name][()] for name in ("contig", "start", "sequence"))
        group = {name: file[f"by_target/{index}/{name}"][()] for name in ("windows", "hypothetical")}
    for row, hypothetical in zip(group["windows"], group["hypothetical"], strict=True):
        nibbles = [nibble for byte in packed[row] for nibble in (byte >> 4, byte & 15)]
        for i, values in enumerate(hypothetical):
            if nibbles[i]:
                place = names[contig[row]], int(start[row]) + i
                found.setdefault(place, []).append(float(values[[8, 4, 2, 1].index(nibbles[i])]))
    return found


@pytest.mark.parametrize("size", [1 << 10, 7])
def test_each_base_has_the_mean_over_its_windows(written, tmp_path, monkeypatch, size):
    monkeypatch.setattr(contribution_tracks, "CHUNK", size)
    genome = Genome(write_fasta(tmp_path / "genome.fa", GENOME))
    write_contributions(tmp_path / "tracks", Attributions(written), genome)
    table = pd.read_csv(tmp_path / "tracks/tracks.tsv", sep="\t").set_index("index")
    assert table["file"].tolist() == ["CTCF.bw", "REST.bw", "DNase_1.bw", "none.bw"]
    for index, row in table.iterrows():
        expected = by_loop(written, index)
        with pyBigWig.open(str(tmp_path / "tracks" / row["file"])) as file:
            assert list(file.chroms().items()) == list(CONTIGS.items())
            steps = [(name, *one) for name in CONTIGS for one in file.intervals(name) or ()]
        found = {(name, place): value for name, start, end, value in steps for place in range(start, end)}
        assert found.keys() == expected.keys()
        means = [np.mean(values) for values in expected.values()]
        np.testing.assert_allclose([found[place] for place in expected], means, rtol=1e-5, atol=1e-6)
        assert row["bases"] == len(expected)
        assert row["overlapping"] == sum(len(values) > 1 for values in expected.values())
        assert row["windows"] == len(h5py.File(written)[f"by_target/{index}/windows"])
        if expected:
            np.testing.assert_allclose([row["lowest"], row["highest"]], [min(means), max(means)], rtol=1e-5)
    assert table.loc[2, "overlapping"] > 100
    assert table.loc[2, "unknown"] > 20
    assert table.loc[4, "bases"] == 0


def test_the_program_writes_them_and_refuses_windows_that_have_no_place_there(written, tmp_path):
    write_fasta(tmp_path / "genome.fa", GENOME)
    write_fasta(tmp_path / "short.fa", {name: text[:40] for name, text in GENOME.items()})
    write_fasta(tmp_path / "shifted.fa", {name: f"A{text}" for name, text in GENOME.items()})
    write_fasta(tmp_path / "other.fa", {f"X{name}": text for name, text in GENOME.items()})
    program = SCRIPTS / "attribution_tracks.py"
    done = run_here(program, written, "--genome", "genome.fa", "-o", "tracks", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "tracks").iterdir()} == {
        *("tracks.tsv", "CTCF.bw", "REST.bw", "DNase_1.bw", "none.bw")
    }
    words = "attribution_tracks", written, "-o", "refused"
    for name in ("short", "shifted"):
        error = error_of(*words, "--genome", f"{name}.fa", folder=tmp_path)
        assert f"has other bases than {name}.fa at chr" in error
    assert "which other.fa lacks" in error_of(*words, "--genome", "other.fa", folder=tmp_path)
    places, chosen = (["chr1", "chr1"], np.array([0, 50])), {1: np.arange(2)}
    write_attributions(tmp_path / "placeless.h5", *places, chosen, names=["a", "b"])
    words = "attribution_tracks", "placeless.h5", "-o", "refused", "--genome", "genome.fa"
    assert "its windows have no places on a genome" in error_of(*words, folder=tmp_path)
    assert not (tmp_path / "refused").exists()
