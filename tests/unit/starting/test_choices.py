"""Bin, window, bins to keep and models, by what is measured in the peaks."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
import toys
import yaml
from project import PROJECT

from danq.errors import UserError
from danq.starting import choices
from danq.starting.model_choice import COMPACT, LARGE, MEDIUM, choose_models
from danq.starting.replicates import consensus, write_bed
from danq.starting.survey import BINS, Measured, measure

CONTIGS = {"chr1": 100_000, "chr2": 50_050}


def write(path: Path, peaks: list[tuple[str, int, int]]) -> Path:
    return toys.write_peaks(path, [f"{contig}\t{start}\t{end}" for contig, start, end in peaks])


def drawn(seed: int, lengths: tuple[int, int], number: int = 200) -> list[tuple[str, int, int]]:
    draw = np.random.default_rng(seed)
    peaks = []
    for _ in range(number):
        contig = str(draw.choice(list(CONTIGS)))
        length = int(draw.integers(*lengths))
        start = int(draw.integers(0, CONTIGS[contig] - length))
        peaks.append((contig, start, start + length))
    return peaks


def brute_force(peaks, size: int) -> float:
    """The share of peaks of which a base lies in a whole bin that one peak covers by more than half."""
    positive = set()
    for contig, start, end in peaks:
        for bin in range(start // size, (end - 1) // size + 1):
            bases = min(end, (bin + 1) * size) - max(start, bin * size)
            if 2 * bases > size and (bin + 1) * size <= CONTIGS[contig]:
                positive.add((contig, bin))
    return float(np.mean([any((c, b) in positive for b in range(s // size, (e - 1) // size + 1)) for c, s, e in peaks]))


def test_measures_of_a_file(tmp_path):
    peaks = drawn(1, (40, 300))
    (one,) = measure([write(tmp_path / "a.bed.gz", peaks)], CONTIGS)
    lengths = sorted(end - start for _, start, end in peaks)
    assert one.number == 200
    assert lengths[8] <= one.widths[0] <= lengths[11]
    assert lengths[98] <= one.width <= lengths[101]
    assert one.contigs == frozenset(CONTIGS)
    for size in BINS:
        share = brute_force(peaks, size)
        assert one.kept[size] == pytest.approx(share) or 0.99 <= one.kept[size] <= share, size


def test_a_file_of_another_genome_and_summits(tmp_path):
    good = write(tmp_path / "good.bed", drawn(1, (100, 300)))
    other = write(tmp_path / "other.bed", [("scaffold9", 10, 20)])
    also = write(tmp_path / "also.bed", [("chr1", 10, 200_000)])
    with pytest.raises(UserError, match=r"other\.bed: none of its contigs \('scaffold9'.*\(1 more of 3 files have"):
        measure([good, other, also], CONTIGS)
    summits = write(tmp_path / "summits.bed", [("chr1", n, n + 1) for n in range(10, 5_000, 50)])
    with pytest.raises(UserError, match="half of its 100 peaks are at most 1 bp long, as summits are"):
        measure([summits], CONTIGS)


def test_peaks_that_are_not_on_the_genome(tmp_path):
    path = write(tmp_path / "a.bed", [*drawn(1, (100, 300), 90), *[("chrUn_7", 5, 300)] * 10])
    with pytest.raises(UserError, match=r"10 of 100 peaks are not on the genome \(on chrUn_7\)"):
        measure([path], CONTIGS)
    (one,) = measure([path], CONTIGS, skip_unknown=True)
    assert (one.number, one.lost, one.unknown) == (90, 10, ("chrUn_7",))


def measured(width: int, seed: int = 1) -> Measured:
    peaks = drawn(seed, (width, width + 1))
    kept = {size: brute_force(peaks, size) for size in BINS}
    return Measured(len(peaks), (width, width, width), kept, frozenset(CONTIGS))


@pytest.mark.parametrize(("width", "bin"), [(25, 20), (60, 50), (130, 100), (201, 200), (600, 200), (5_000, 500)])
def test_the_bin_follows_from_the_lengths_of_the_peaks(width, bin):
    assert choices.choose_bin([measured(width)]).value == bin


def test_one_short_target_among_many_does_not_decide_alone():
    many = [measured(201, seed) for seed in range(20)]
    assert choices.choose_bin([*many, measured(60)]).value == 200
    assert choices.bin_for_all([*many, measured(60)]) == 50
    assert choices.choose_bin(many, 150).value == 150


@pytest.mark.parametrize(
    ("width", "size", "window"),
    [(300, 12_000_000, 500), (300, 3_000_000_000, 1_000), (5_000, 3_000_000_000, 2_000), (5_000, 12_000_000, 1_000)],
)
def test_the_window_follows_from_the_genome_and_broad_marks(width, size, window):
    assert choices.choose_window([measured(width)], size, 200).value == window


def test_a_window_minus_its_bin_is_even():
    assert (int(choices.choose_window([measured(300)], 12_000_000, 75).value) - 75) % 2 == 0


@pytest.mark.parametrize(
    ("prevalence", "keep"),
    [([1.0], "all"), ([0.5, 0.6], "all"), ([0.3, 0.4, 0.5], "any"), ([0.9, 0.8, 0.9], "all"), ([0.9, 0.1, 0.2], "any")],
)
def test_which_bins_are_kept(prevalence, keep):
    assert choices.choose_keep(np.array(prevalence)).value == keep


def test_few_windows_ask_for_shorter_bins():
    assert choices.finer(200, 1_000).value == 100
    assert choices.finer(50, 1_000) is None
    assert choices.finer(200, 10_000) is None


def test_the_recipe_of_compact_is_that_of_the_ready_file():
    recipe = yaml.safe_load((PROJECT / "config/models/compact.yaml").read_text())["models"]["compact"]
    chosen = choose_models(10_000, 500)
    assert chosen.models == {"compact": recipe}
    assert COMPACT.items() <= recipe.items()


def test_models_by_the_number_of_windows():
    assert set(choose_models(MEDIUM, 1_000).models) == {"compact"}
    large = choose_models(LARGE, 1_000)
    assert large.models == {"danq": {"architecture": "DanQ"}, "deepsea": {"architecture": "DeepSEA"}}
    assert "GPU" in large.time
    assert choose_models(11_600, 500).time == "training takes about 4 minutes on 2 CPU cores"  # docs/yeast.md


def test_the_documentation_has_the_thresholds():
    page = (PROJECT / "docs/own_data.md").read_text()
    small = f"genomes below {choices.SMALL_GENOME // 1_000_000} Mb"
    limits = (
        f"{LARGE:,} training windows",
        f"at least {choices.BROAD:,} bp",
        f"fewer than {choices.FEW:,} training",
        small,
    )
    for words in limits:
        assert words in page, words


def test_the_consensus_of_replicates(tmp_path):
    """Against sets of bases: joined regions with a peak of at least two replicates."""
    replicates = [drawn(seed, (100, 900), 60) for seed in range(3)]
    replicates[0].append(("chr1", 99_500, 100_000))  # ends where chr1 does, and the next begins chr2
    replicates[1].append(("chr2", 0, 400))
    paths = [write(tmp_path / f"{n}.bed", peaks) for n, peaks in enumerate(replicates)]
    found, single = consensus(paths, CONTIGS)
    expected, alone = [], 0
    for contig, length in CONTIGS.items():
        covered = np.zeros((3, length + 1), bool)
        joined = np.zeros(length + 1, bool)  # whether a base and the next are in one region
        for n, peaks in enumerate(replicates):
            for _, start, end in (peak for peak in peaks if peak[0] == contig):
                covered[n, start:end] = True
                joined[start : end - 1] = True
        joined |= covered.any(axis=0) & np.roll(covered.any(axis=0), -1)
        start = None
        for base in range(length):
            if covered[:, base].any():
                start = base if start is None else start
                if not joined[base]:
                    several = int(covered[:, start : base + 1].any(axis=1).sum() > 1)
                    expected += [(contig, start, base + 1)] * several
                    alone += not several
                    start = None
    assert (found, single) == (expected, alone)
    assert single > 0
    write_bed(found, tmp_path / "merged.bed.gz")
    lines = gzip.decompress((tmp_path / "merged.bed.gz").read_bytes()).decode().splitlines()
    assert lines[0] == "\t".join(map(str, expected[0]))
    assert len(lines) == len(expected)
