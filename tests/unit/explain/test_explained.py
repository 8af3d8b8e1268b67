"""discover.py and hits.py, on contributions of planted motifs in a file of attributions."""

import gzip
import importlib.util

import h5py
import numpy as np
import pytest
from matplotlib.image import imread
from project import SCRIPTS, error_of, run_here

from danq.data import onehot
from danq.data.targets import Target
from danq.errors import UserError
from danq.explain import patterns
from danq.explain.attributions import Attributions, Facts, writing
from danq.explain.discovery import Settings
from danq.explain.explained_targets import chosen
from danq.explain.find_hits import FILES
from danq.explain.find_patterns import find_patterns
from danq.explain.hit_tables import ALL, CARRIED, HITS
from danq.explain.stretches import hits_of, read_marks
from danq.motifs.meme import Motif, write_meme

N, LENGTH = 260, 120
WORDS = ["GATTACAGCA", "CCGTTAACGG"]
TARGETS = [Target(1, "A", "TF"), Target(2, "B", "TF"), Target(3, "open", "DNase"), Target(4, "C", "TF")]
# Windows of each explained target: A has the first word, B the second one; the last windows of A are also of B.
CHOSEN = {1: np.arange(0, 140), 2: np.arange(120, N)}
needs_modisco = pytest.mark.skipif(
    importlib.util.find_spec("modiscolite") is None, reason="modisco-lite is not installed (make environment MODISCO=1)"
)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A file of attributions, and the first base of each target's word in its windows, by row."""
    draw = np.random.default_rng(0)
    codes = draw.integers(0, 4, (N, LENGTH))
    hypothetical = {index: draw.normal(0, 0.01, (len(rows), LENGTH, 4)) for index, rows in CHOSEN.items()}
    sites = {index: {} for index in CHOSEN}
    for index, first in ((1, 35), (2, 65)):
        word = np.array(["ACGT".index(letter) for letter in WORDS[index - 1]])
        for number, row in enumerate(CHOSEN[index]):
            start, here = first + int(draw.integers(0, 15)), word if draw.random() < 0.5 else 3 - word[::-1]
            codes[row, start : start + 10] = here
            present = np.eye(4)[here]
            weight = 0.3 * draw.uniform(0.7, 1.3)
            hypothetical[index][number, start : start + 10] += weight * (present - (1 - present) / 3)
            sites[index][int(row)] = start
    path = tmp_path_factory.mktemp("explained") / "attributions.h5"
    places = np.array(["chr1"] * N, object), 500 * np.arange(N)
    packed = onehot.pack(np.eye(4, dtype=np.uint8)[codes])
    with writing(path, Facts("gradient", "both"), packed, np.arange(N), LENGTH, TARGETS, CHOSEN, places=places) as file:
        for index, values in hypothetical.items():
            file.fill(TARGETS[index - 1], slice(0, len(values)), values, prediction=np.full(len(values), 0.9))
    return path, sites


def run(name, *words):
    done = run_here(SCRIPTS / f"{name}.py", *words)
    assert done.returncode == 0, done.stderr
    return done.stderr


def meme(path, words):
    rows = {word: [[0.97 if base == letter else 0.01 for base in "ACGT"] for letter in word] for word in words}
    write_meme(path, [Motif(word, np.array(matrix), 100) for word, matrix in rows.items()])
    return path


def test_targets_are_chosen_among_the_explained_ones(planted, caplog):
    found = Attributions(planted[0])
    assert [one.name for one in chosen(found, [])] == ["A", "B"]
    assert [one.name for one in chosen(found, ["TF"])] == ["A", "B"]
    assert "1 of 3 chosen targets are not explained, and left out" in caplog.text
    with pytest.raises(UserError, match="target '3' is not explained, only 1"):
        chosen(found, ["DNase"])


def test_hits_are_the_planted_words_at_their_places(planted, tmp_path):
    path, sites = planted
    first, second = (meme(tmp_path / f"{number}.meme", [word]) for number, word in enumerate(WORDS))
    run("hits", path, "-m", first, second, meme(tmp_path / "none.meme", []), "-o", tmp_path / "hits")
    assert {one.name for one in (tmp_path / "hits").iterdir()} == set(FILES)
    table = HITS.read(tmp_path / "hits/hits.tsv.gz")
    for index, word in ((1, WORDS[0]), (2, WORDS[1])):
        own = table[(table["index"] == index) & (table["motif"] == word)]
        wanted = {(500 * row + start, start) for row, start in sites[index].items()}
        assert wanted == set(zip(own["start"], own["position"], strict=True))
    carried = CARRIED.read(tmp_path / "hits/carried.tsv")
    best = carried[carried["motif"] != ALL].groupby("index")["share"].idxmax()
    assert carried.loc[best, "motif"].tolist() == WORDS
    with gzip.open(tmp_path / "hits/hits.bed.gz", "rt") as file:
        assert file.readline().startswith("chr1\t")
    draw = ("draw_attribution", path, "-t", "A", "--around", 30)
    run(*draw, "--hits", tmp_path / "hits/hits.bed.gz", "-o", tmp_path / "marked.png")
    run(*draw, "-o", tmp_path / "plain.png")
    marked, plain = (imread(tmp_path / f"{name}.png").shape[0] for name in ("marked", "plain"))
    assert marked > plain  # a strip for the hits
    regions = read_marks({"hits": tmp_path / "hits/hits.bed.gz"}, Attributions(path))["hits"]
    assert {one.name for one in regions} == {f"{WORDS[0]}/A", f"{WORDS[1]}/B"}
    assert {one.name for one in hits_of(regions, TARGETS[1])} == {WORDS[1]}
    run("hits", path, "-t", "B", "-m", first, second, "-o", tmp_path / "one")
    assert set(HITS.read(tmp_path / "one/hits.tsv.gz")["index"]) == {2}
    run("hits", path, "-m", first, second, "--only", WORDS[1].lower(), "-o", tmp_path / "only")
    assert set(HITS.read(tmp_path / "only/hits.tsv.gz")["motif"]) == {WORDS[1]}


def test_wrong_motifs_end_with_a_sentence(planted, tmp_path):
    first, none = meme(tmp_path / "a.meme", WORDS[:1]), meme(tmp_path / "none.meme", [])
    for words, message in (
        (["-m", first, first], f"a motif with the id {WORDS[0]} was already read; rename or remove one"),
        (["-m", none], "there is no motif; give files with motifs, or leave them out"),
        (["-m", first, "--only", "CTCF"], "CTCF: no known motif has this id or factor; check the name"),
        (["-m", first, "--pvalue", "0"], "--pvalue must be between 0 and 1, not 0"),
        (["-m", first, "-t", "C"], "target '4' is not explained, only 1 (A), 2 (B); run attribute.py for it"),
    ):
        assert message in error_of("hits", planted[0], *words, "-o", tmp_path / "hits", folder=tmp_path)
    assert not (tmp_path / "hits").exists()


def test_patterns_are_described_with_the_windows_of_their_target(planted, tmp_path, monkeypatch):
    """The rows and places that `discover` hands on are those of the examples, of two targets after each other.

    modisco-lite is replaced, which CI may lack: this is about what surrounds it.
    """
    path, _ = planted
    found, given = Attributions(path), []

    def discover(cut, settings, out, threads):
        given.append(cut)
        with h5py.File(out, "w"):
            return {"positive": 0, "negative": 0}

    monkeypatch.setattr("danq.explain.discovery.discover", discover)
    monkeypatch.setattr("danq.explain.discovery.check_installed", lambda: None)
    find_patterns(found, found.targets, Settings(window=80), tmp_path / "p.h5")
    [cut] = given
    expected = np.concatenate([CHOSEN[1], CHOSEN[2]])
    assert cut.rows.tolist() == expected.tolist()
    bases = onehot.unpack(found.packed(slice(None)), LENGTH)[expected, 20:100]
    np.testing.assert_array_equal(cut.onehot, bases)
    read = patterns.read(tmp_path / "p.h5")
    assert (read.facts.targets, read.facts.windows, read.facts.begin) == (("A", "B"), len(expected), 20)
    assert read.places[1].tolist() == (500 * expected).tolist()


@needs_modisco
def test_the_program_finds_the_planted_word_of_a_target(planted, tmp_path):
    path, sites = planted
    run("discover", path, "-t", "A", "-o", tmp_path / "p.h5")
    [one] = patterns.read(tmp_path / "p.h5").patterns
    assert one.sign == "positive"
    motif = one.motif()
    assert WORDS[0] in {motif.consensus, motif.reverse_complement().consensus}
    right = [sites[1][int(row)] == start for row, start in zip(CHOSEN[1][one.row], one.start, strict=True)]
    assert np.mean(right) > 0.95


def test_wrong_numbers_of_discover_are_an_error(planted, tmp_path):
    message = error_of("discover", planted[0], "--window", "0", "-o", tmp_path / "p.h5", folder=tmp_path)
    assert message == "error: --window must be at least 1, not 0"
