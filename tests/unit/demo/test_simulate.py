import gzip
import hashlib
from collections import Counter

import numpy as np

from danq.data.genome import Genome
from danq.data.peaks import read_peaks
from danq.demo.simulate import ENHANCER, PROMOTER, simulate
from danq.motifs.meme import read_meme
from danq.variants.read import records


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


def test_the_planted_sites_are_listed(tmp_path):
    """Each is as long as its motif, scores high on its strand, and lies near one of its factor's peaks."""
    simulate(tmp_path, contigs=3, contig_length=150_000, seed=5)
    genome = Genome(tmp_path / "genome.fa")
    planted = {motif.name: motif for motif in read_meme(tmp_path / "planted.meme")}
    rows = [line.split("\t") for line in (tmp_path / "sites.bed").read_text().splitlines()]
    assert [(row[0], int(row[1])) for row in rows] == sorted((row[0], int(row[1])) for row in rows)
    peaks = {name: read_peaks(tmp_path / "peaks" / f"{name}.narrowPeak.gz", genome.contigs) for name in planted}
    names, near = list(genome.contigs), []
    for contig, start, end, factor, score, strand in rows:
        start, end, motif = int(start), int(end), planted[factor]
        motif = motif.reverse_complement() if strand == "-" else motif
        letters = (genome.nibbles(contig)[start:end, None] == np.array([8, 4, 2, 1])).astype(bool)
        assert letters.shape == motif.probabilities.shape
        bits = np.log2(4 * (motif.probabilities[letters] + 0.01)).sum()
        assert int(score) == max(0, round(bits))
        own = peaks[factor]
        here = np.array([names[number] == contig for number in own.contig]) & (own.start <= start) & (own.end >= end)
        near.append(here.any())
    assert np.mean(near) > 0.9  # a few sites have no peak
    assert len(rows) >= sum(len(own.start) for own in peaks.values())


def test_the_same_seed_gives_identical_files(tmp_path):
    for name in ("a", "b"):
        simulate(tmp_path / name, contigs=3, contig_length=30_000, seed=2)
    for path in (tmp_path / "a").rglob("*.*"):
        if path.suffix != ".fai":
            assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
    simulate(tmp_path / "c", contigs=3, contig_length=30_000, seed=3)
    assert (tmp_path / "a/genome.fa").read_bytes() != (tmp_path / "c/genome.fa").read_bytes()


def test_the_genome_and_the_peaks_are_those_of_earlier_versions(tmp_path):
    simulate(tmp_path, contigs=3, contig_length=30_000, seed=2)
    digest = hashlib.sha256()
    for path in [tmp_path / "genome.fa", *sorted((tmp_path / "peaks").iterdir())]:
        data = path.read_bytes()
        digest.update(gzip.decompress(data) if path.suffix == ".gz" else data)
    assert digest.hexdigest() == "e1ebf509afe3be974626b37674ce98496ac27ca3f59d684e5daab9f5a7428b2e"


def test_peak_files_are_narrowpeak(tmp_path):
    simulate(tmp_path, contigs=3, contig_length=30_000)
    with gzip.open(tmp_path / "peaks/DNase.narrowPeak.gz", "rt") as file:
        assert {len(line.rstrip("\n").split("\t")) for line in file} == {10}


def test_planted_variants_change_the_sites_they_should(tmp_path):
    """By the score of the best site around a variant: lower, higher or the same."""
    simulate(tmp_path, contigs=3, contig_length=150_000, seed=5)
    genome = Genome(tmp_path / "genome.fa")
    contigs = {name: genome.nibbles(name) for name in genome.contigs}
    planted = {motif.name: motif for motif in read_meme(tmp_path / "planted.meme")}
    found = list(records(tmp_path / "variants.vcf"))
    kinds, wrong = Counter(), []
    lines = [line.split("\t") for line in (tmp_path / "variants.vcf").read_text().splitlines() if line[0] != "#"]
    assert [line[2] for line in lines] == [one.id for one in found]
    for one, line in zip(found, lines, strict=True):
        info = dict(field.split("=") for field in line[7].split(";"))
        factor, kind, place = info["FACTOR"], info["KIND"], one.position - 1
        assert one.id.startswith(f"{factor}_{kind}_")
        around = slice(place - 60, place + 60)
        before = contigs[one.contig][around].copy()
        assert before[60] == 8 >> "ACGT".index(one.ref)
        after = before.copy()
        after[60] = 8 >> "ACGT".index(one.alts[0])
        change = best_score(after, planted[factor]) - best_score(before, planted[factor])
        right = {"disrupting": change < -1, "restoring": change > 1, "neutral": abs(change) < 1e-9}[kind]
        wrong += [] if right else [(one, change)]
        if kind == "neutral":
            assert float(info["BITS"]) == 0
        kinds[factor, kind] += 1
    assert set(kinds) == {(name, kind) for name in planted for kind in ("disrupting", "restoring", "neutral")}
    assert min(kinds.values()) >= 10
    assert len(wrong) <= 0.03 * len(found), wrong  # a site of its own may be near, or be made by chance
    places = [(one.contig, one.position) for one in found]
    assert places == sorted(places)
