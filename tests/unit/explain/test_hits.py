"""Hits, what they carry, and pairs, on windows with planted motifs and planted contributions."""

import gzip
import math

import numpy as np
import pytest

from danq.data.targets import Target
from danq.explain.carried import Sums
from danq.explain.find_hits import FILES, Choice, Given, find_hits
from danq.explain.hit_tables import ALL, CARRIED, HITS, MATCHES, NEIGHBOURS, SPACINGS
from danq.explain.hits import Noise, supported
from danq.explain.neighbours import independent, neighbours
from danq.motifs.known import Known
from danq.motifs.matches import Matcher
from danq.motifs.meme import Motif

LENGTH, N = 120, 300
WORDS = {"one": "GATTACAGCA", "two": "CCTGAGTCAT", "silent": "TTGCGCAAGG"}
TARGET = Target(1, "site", "TF")


def of_word(name):
    rows = np.array([[0.97 if base == letter else 0.01 for base in "ACGT"] for letter in WORDS[name]])
    return Known(Motif(name, rows, 100), name.upper())


KNOWN = [of_word(name) for name in WORDS]


def codes_of(word, reverse):
    codes = np.array(["ACGT".index(letter) for letter in word])
    return 3 - codes[::-1] if reverse else codes


@pytest.fixture(scope="module")
def planted():
    """Windows with `one` in the first half of them, `two` 7 bases to its right (as it reads) in half of these, and
    `silent`, which contributes nothing, in random ones. Returns one-hot, contributions and the planted places."""
    draw = np.random.default_rng(0)
    codes = draw.integers(0, 4, (N, LENGTH))
    contributions = draw.normal(0, 0.02, (N, LENGTH))
    sites = set()

    def plant(window, name, start, reverse, each):
        codes[window, start : start + 10] = codes_of(WORDS[name], reverse)
        contributions[window, start : start + 10] += each
        sites.add((window, list(WORDS).index(name), start, reverse))

    for window in range(N):
        if window < N // 2:
            reverse, start = bool(draw.random() < 0.5), int(draw.integers(30, 80))
            plant(window, "one", start, reverse, 0.3)
            if window % 2:
                plant(window, "two", start - 17 if reverse else start + 17, not reverse, 0.1)
        elif draw.random() < 0.5:
            plant(window, "silent", int(draw.integers(0, 110)), bool(draw.random() < 0.5), 0)
    return np.eye(4, dtype=np.uint8)[codes], contributions, sites


@pytest.fixture(scope="module")
def hits(planted):
    onehot, contributions, _ = planted
    matcher = Matcher([one.motif for one in KNOWN], 1e-4)
    noise = Noise(matcher.widths, N)
    for begin in range(0, N, 100):
        noise.add(contributions[begin : begin + 100])
    return supported(matcher.find(onehot), contributions, matcher.widths, noise.limits(0.05))


def test_the_hits_are_the_planted_motifs_that_contribute(planted, hits):
    _, contributions, sites = planted
    found, counts = hits
    places = {(row["window"], row["motif"], row["position"], row["reverse"]) for row in found}
    wanted = {site for site in sites if site[1] != 2}
    assert len(wanted - places) == 0
    assert len(places - wanted) <= 0.03 * len(wanted)
    assert counts[0] == len(found)
    assert counts[1] >= 60  # the silent motif
    for row in found[:50]:
        own = contributions[row["window"], row["position"] : row["position"] + 10]
        assert row["contribution"] == pytest.approx(own.sum())


def test_noise_is_the_share_of_random_sums(planted):
    """Of sums that were drawn anew, as many exceed the limit as it says."""
    _, contributions, _ = planted
    noise = Noise([10], N)
    noise.add(contributions)
    draw = np.random.default_rng(9)
    sums = [abs(contributions[draw.integers(N)][draw.integers(0, LENGTH, 10)].sum()) for _ in range(20_000)]
    assert np.mean(np.array(sums) > noise.limits(0.05)[10]) == pytest.approx(0.05, abs=0.008)


def test_of_overlapping_hits_the_better_match_counts():
    """A base counts once, and what shares more than half of its bases with a better hit is dropped."""
    matches = np.zeros(3, Matcher([KNOWN[0].motif]).find(np.zeros((0, 20, 4), np.uint8)).dtype)
    matches["position"], matches["pvalue"] = [0, 4, 7], [1e-6, 1e-5, 1e-7]
    found, counts = supported(matches, np.ones((1, 20)), np.array([10]), {10: 5.0})
    assert found["position"].tolist() == [0, 7]
    assert found["carried"].tolist() == [7, 10]
    assert found["contribution"].tolist() == [10, 10]
    assert counts.tolist() == [2, 0, 1]


def test_shares_add_up_over_blocks(planted, hits):
    _, contributions, sites = planted
    found, _ = hits
    sums = Sums(TARGET, KNOWN)
    for begin in range(0, N, 75):
        rows = (found["window"] >= begin) & (found["window"] < begin + 75)
        part = found[rows].copy()
        part["window"] -= begin
        sums.add(part, contributions[begin : begin + 75])
    table = sums.table()
    assert list(table) == list(CARRIED.columns)
    rows = table.set_index("motif")
    planted_ones = sum(site[1] == 0 for site in sites)
    assert rows.loc["one", "hits"] == rows.loc["one", "windows_with_hit"] == planted_ones == N // 2
    assert rows.loc["one", "carried"] == pytest.approx(0.3 * 10 * planted_ones, rel=0.02)
    assert rows.loc["one", "share"] == pytest.approx(rows.loc["one", "carried"] / np.abs(contributions).sum())
    assert table["motif"].tolist()[:2] == ["one", "two"]
    assert rows.loc[ALL, "carried"] == pytest.approx(table["carried"][:-1].sum())
    assert rows.loc[ALL, "share_of_length"] == pytest.approx(len(found) * 10 / contributions.size)


def test_planted_neighbours_are_found_at_their_spacing(hits):
    found, _ = hits
    table, spacings = neighbours(found, TARGET, KNOWN, N, LENGTH)
    assert list(table) == list(NEIGHBOURS.columns)
    assert list(spacings) == list(SPACINGS.columns)
    row = table[(table["first"] == "one") & (table["second"] == "two")].iloc[0]
    assert (row["side"], row["gap"], row["strand"]) == ("right", 7, "-")
    assert row["count"] >= N // 4
    assert row["control"] < 10
    assert row["spacing_pvalue"] == pytest.approx(1 / 201)
    assert row["both_windows"] >= N // 4
    assert row["expected_windows"] == pytest.approx(row["first_windows"] * row["second_windows"] / N)
    assert row["together_pvalue"] < 1e-10
    assert row["apart_pvalue"] > 0.99
    per_spacing = spacings[(spacings["first"] == "one") & (spacings["second"] == "two")]
    assert per_spacing["count"].sum() == row["pairs"]


def test_independent_motifs_have_no_spacing(hits):
    """The control: the second motif at random places of random windows."""
    found, _ = hits
    draw = np.random.default_rng(4)
    mixed = found.copy()
    second = mixed["motif"] == 1
    mixed["window"][second] = draw.permutation(N)[: second.sum()]
    mixed["position"][second] = draw.integers(0, LENGTH - 10, second.sum())
    pvalues = []
    for _ in range(5):
        table, _ = neighbours(mixed, TARGET, KNOWN, N, LENGTH)
        pvalues.append(table[(table["first"] == "one") & (table["second"] == "two")].iloc[0])
        mixed["position"][second] = draw.integers(0, LENGTH - 10, second.sum())
    assert np.median([row["spacing_pvalue"] for row in pvalues]) > 0.05
    assert all(min(row["together_pvalue"], row["apart_pvalue"]) > 0.001 for row in pvalues)


def test_a_pair_that_two_windows_show_counts_once(hits):
    """Windows at half a window's distance: only every second is independent, and a place of the genome counts once."""
    found, _ = hits
    only = found[found["window"] == 1]
    both = np.concatenate([only] * 12)
    both["window"] = np.repeat(np.arange(12), len(only))
    contig, start = np.array(["c"] * 12), 60 * np.arange(12)
    both["position"] -= (60 * both["window"]).astype(np.int32)
    places = (contig, start)
    table, _ = neighbours(both, TARGET, KNOWN, 12, LENGTH, places)
    row = table[(table["first"] == "one") & (table["second"] == "two")].iloc[0]
    assert (row["pairs"], row["count"], row["windows"]) == (1, 1, 6)
    assert independent(contig, start, 120).tolist() == [True, False] * 6


def write(folder, planted, places=None, size=70):
    """The files of `find_hits` for two targets, the second of which nothing contributes to."""
    onehot, contributions, _ = planted

    def blocks(factor):
        return lambda: (
            (onehot[begin : begin + size], factor * contributions[begin : begin + size].astype(np.float32))
            for begin in range(0, N, size)
        )

    other = Target(2, "nothing", "TF")
    given = [Given(target, blocks(2 - target.index), N, LENGTH, places) for target in (TARGET, other)]
    find_hits(given, KNOWN, folder, Choice())
    return folder


def test_files_list_the_hits_with_their_places(tmp_path, planted, hits):
    onehot, _, _ = planted
    start = 1000 + 40 * np.arange(N)  # each place of the genome is in three windows, with other sequences
    places = (np.array(["chr1"] * N, object), start)
    folder = write(tmp_path, planted, places)
    assert {path.name for path in folder.iterdir()} == set(FILES)
    table = HITS.read(folder / "hits.tsv.gz")
    found, counts = hits
    assert (table["index"] == 1).all()  # contributions of 0 support nothing
    assert abs(len(table) - len(found)) <= 2  # the noise is drawn block by block
    letters = "".join
    for row in table.head(40).itertuples():
        codes = onehot[row.window, row.position : row.position + 10].argmax(axis=1)
        codes = 3 - codes[::-1] if row.strand == "-" else codes
        assert row.sequence == letters("ACGT"[code] for code in codes)
        assert (row.contig, row.start, row.end) == ("chr1", start[row.window] + row.position, row.start + 10)
    fates = MATCHES.read(folder / "matches.tsv")
    assert fates["hits"].tolist() == [len(table), 0]
    assert fates["unsupported"][1] == fates[["hits", "unsupported", "overlapping"]].loc[0].sum() > counts[0]
    with gzip.open(folder / "hits.bed.gz", "rt") as file:
        bed = [line.rstrip("\n").split("\t") for line in file]
    assert {line[3] for line in bed} == {"ONE/site", "TWO/site"}
    assert max(int(line[4]) for line in bed) == 1000
    assert bed == sorted(bed, key=lambda line: (line[0], int(line[1]), int(line[2])))
    carried = CARRIED.read(folder / "carried.tsv")
    assert carried[carried["index"] == 2]["name"].tolist() == [ALL]
    assert NEIGHBOURS.read(folder / "pairs.tsv")["index"].tolist() == [1, 1, 1]
    assert SPACINGS.read(folder / "spacings.tsv").iloc[0][["side", "gap", "strand", "count"]].tolist() == [
        "right",
        7,
        "-",
        75,
    ]


def test_blocks_and_repetitions_give_the_same_bytes(tmp_path, planted):
    one, other = write(tmp_path / "a", planted), write(tmp_path / "b", planted)
    for name in FILES:
        if name != "hits.bed.gz":
            assert (one / name).read_bytes() == (other / name).read_bytes()
    assert not (one / "hits.bed.gz").exists()  # the places are not known


def test_motifs_that_avoid_each_other_are_apart(hits):
    """`one` stays in the first half of the windows, `two` moves to the second half."""
    found, _ = hits
    moved = found.copy()
    second = moved["motif"] == 1
    moved["window"][second] = N // 2 + np.arange(second.sum())
    table, _ = neighbours(moved, TARGET, KNOWN, N, LENGTH)
    row = table[(table["first"] == "one") & (table["second"] == "two")].iloc[0]
    assert row["both_windows"] == 0
    total, one, two = row["windows"], row["first_windows"], row["second_windows"]
    none = math.prod((total - one - i) / (total - i) for i in range(int(two)))
    assert row["apart_pvalue"] == pytest.approx(none)
    assert row["together_pvalue"] == 1
