import gzip

import numpy as np

from danq.data.genome import Genome
from danq.data.peaks import read_peaks
from danq.demo.simulate import ENHANCER, PROMOTER, simulate
from danq.motifs.meme import read_meme


def test_planted_motifs_score_higher_at_peaks_than_elsewhere(tmp_path):
    simulate(tmp_path, contigs=3, contig_length=150_000, seed=5)
    genome = Genome(tmp_path / "genome.fa")
    assert genome.contigs == {"chr1": 150_000, "chr2": 150_000, "chr3": 150_000}
    planted = {motif.name: motif for motif in read_meme(tmp_path / "planted.meme")}
    assert set(planted) == set(PROMOTER | ENHANCER)
    draw = np.random.default_rng(0)
    for name, motif in planted.items():
        peaks = read_peaks(tmp_path / "peaks" / f"{name}.narrowPeak.gz", genome.contigs)
        middles = (peaks.start + peaks.end) // 2
        scores = {"peak": [], "random": []}
        for contig, middle in zip(peaks.contig, middles, strict=True):
            bases = genome.nibbles(f"chr{contig + 1}")
            for kind, place in (("peak", middle), ("random", draw.integers(100, 149_900))):
                scores[kind].append(best_score(bases[place - 60 : place + 60], motif))
        assert np.median(scores["peak"]) > np.quantile(scores["random"], 0.95), name


def best_score(nibbles, motif):
    onehot = (nibbles[:, None] == np.array([8, 4, 2, 1])).astype(float)
    best = -np.inf
    for m in (motif, motif.reverse_complement()):
        odds, width = np.log2(m.probabilities + 0.01) + 2, len(m.probabilities)
        best = max(best, max((onehot[i : i + width] * odds).sum() for i in range(len(onehot) - width + 1)))
    return best


def test_the_same_seed_gives_identical_files(tmp_path):
    for name in ("a", "b"):
        simulate(tmp_path / name, contigs=3, contig_length=30_000, seed=2)
    for path in (tmp_path / "a").rglob("*.*"):
        if path.suffix != ".fai":
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
    simulate(tmp_path / "c", contigs=3, contig_length=30_000, seed=3)
    assert (tmp_path / "a/genome.fa").read_bytes() != (tmp_path / "c/genome.fa").read_bytes()


def test_peak_files_are_narrowpeak(tmp_path):
    simulate(tmp_path, contigs=3, contig_length=30_000)
    with gzip.open(tmp_path / "peaks/DNase.narrowPeak.gz", "rt") as file:
        assert {len(line.rstrip("\n").split("\t")) for line in file} == {10}
