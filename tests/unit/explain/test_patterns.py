"""Patterns: what is looked for in, the file of modisco-lite, tables and places; and planted motifs that it finds."""

import gzip
import importlib.util

import h5py
import numpy as np
import pytest
import toy_patterns
from project import error_of
from toy_patterns import WORDS, known_motifs

from danq.errors import UserError
from danq.explain import discovery, pattern_tables, patterns
from danq.explain.discovery import Settings, cut
from danq.motifs.meme import read_meme, write_meme

MISSING = importlib.util.find_spec("modiscolite") is None


def contributions(n, length, seed=0):
    """One-hot windows with a word near their middle, on either strand, and hypothetical contributions of its bases."""
    draw, words = np.random.default_rng(seed), list(WORDS.values())
    codes, hypothetical = draw.integers(0, 4, (n, length)), draw.normal(0, 0.01, (n, length, 4))
    for window in range(n):
        word = np.array(["ACGT".index(letter) for letter in words[window % len(words)]])
        word = 3 - word[::-1] if draw.random() < 0.5 else word
        start = length // 2 + int(draw.integers(-10, 10))
        codes[window, start : start + 10] = word
        present = np.eye(4)[word]
        hypothetical[window, start : start + 10] += 0.3 * (present - (1 - present) / 3) * draw.uniform(0.7, 1.3)
    return np.eye(4, dtype=np.float32)[codes], hypothetical.astype(np.float32)


def test_windows_that_modisco_cannot_use_are_left_out():
    onehot, hypothetical = contributions(6, 90)
    onehot[1, 40] = 0
    hypothetical[4] = 0
    given = cut(onehot, hypothetical, 60)
    assert given.rows.tolist() == [0, 2, 3, 5]
    assert given.dropped == {"unknown bases": 1, "no contribution": 1}
    assert (given.begin, given.onehot.shape) == (15, (4, 60, 4))
    np.testing.assert_array_equal(given.hypothetical, hypothetical[[0, 2, 3, 5], 15:75])
    onehot[1, 40], onehot[1, 0] = [1, 0, 0, 0], 0
    assert len(cut(onehot, hypothetical, 60).rows) == 5  # the unknown base is not in the middle


@pytest.mark.parametrize(
    ("window", "message"),
    [(91, "windows of 90 bp, fewer than 91"), (40, "a window of 40 bp is too short for TF-MoDISco")],
)
def test_a_wrong_window_is_an_error(window, message):
    with pytest.raises(UserError, match=message):
        cut(*contributions(2, 90), window)


def test_values_that_are_not_numbers_are_an_error():
    onehot, hypothetical = contributions(2, 90)
    hypothetical[0, 0, 0] = np.nan
    with pytest.raises(UserError, match="hold values that are not numbers"):
        cut(onehot, hypothetical)


@pytest.fixture
def made(tmp_path):
    """A file as modisco-lite writes it, and the starts and strands of its seqlets, by sign."""
    path = tmp_path / "patterns.h5"
    return path, toy_patterns.write(path)


def test_patterns_are_trimmed_and_their_places_are_those_of_the_kept_positions(made):
    path, places = made
    found = patterns.read(path)
    assert [(one.name, one.sign, one.seqlets) for one in found.patterns] == [
        ("pattern_001", "positive", 30),
        ("pattern_002", "negative", 30),
    ]
    assert [one.motif().consensus for one in found.patterns] == list(WORDS.values())
    assert found.facts.dropped == {"unknown bases": 5, "no contribution": 0}
    for one, sign in zip(found.patterns, (1, -1), strict=True):
        start, reverse = places[sign]
        assert one.contributions.sum() == pytest.approx(sign * 3)
        np.testing.assert_array_equal(one.start, 7 + start + np.where(reverse, 3, 1))  # of 14, 1 to 10 on its strand
    assert [motif.name for motif in patterns.motifs_of(found.patterns, "negative")] == ["pattern_002"]


def test_patterns_are_named_and_listed_by_place(made):
    path, places = made
    found = patterns.read(path)
    table, matches, control = pattern_tables.named(found.patterns, known_motifs(), 1e-3, 1)
    assert list(table) == list(pattern_tables.PATTERNS.columns)
    assert table["name"].tolist() == ["FACTOR", ""]
    assert table["seqlets"].tolist() == [30, 30]
    assert table["windows"].tolist() == [20, 20]
    assert matches.groupby("pattern").size().tolist() == [5, 5]
    assert control.iloc[0][["motifs", "named", "shuffled"]].tolist() == [2, 1, 0]
    bed = pattern_tables.places(found, table.set_index("pattern")["name"])
    start, reverse = places[1]
    own = bed[bed["name"] == "pattern_001_FACTOR"]
    expected = {
        (1000 * (i % 20) + 7 + s + (3 if r else 1), "-" if r else "+")
        for i, (s, r) in enumerate(zip(start, reverse, strict=True))
    }
    assert set(zip(own["start"], own["strand"], strict=True)) == expected
    assert (own["end"] - own["start"] == 10).all()
    assert own["score"].max() == 1000
    assert (bed["start"].diff().dropna() >= 0).all()


def test_a_file_of_another_kind_or_a_damaged_one_is_an_error(made, tmp_path):
    path, _ = made
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(UserError, match="not a file of patterns of this workflow"):
        patterns.read(tmp_path / "other.h5")
    with h5py.File(path, "r+") as file:
        file["pos_patterns/pattern_0/seqlets/example_idx"][0] = 20
    with pytest.raises(UserError, match="not in its windows"):
        patterns.read(path)
    with h5py.File(path, "r+") as file:
        del file["pos_patterns"]
    with pytest.raises(UserError, match="it has other patterns than were found"):
        patterns.read(path)


def test_the_program_writes_motifs_of_both_signs_apart(made, tmp_path):
    import patterns as program

    path, _ = made
    some = known_motifs()
    write_meme(tmp_path / "known.meme", [one.motif for one in some], {one.motif.name: one.name for one in some})
    run(program, path, "-o", tmp_path / "out", "--known", tmp_path / "known.meme", "--threads", "1")
    assert {one.name for one in (tmp_path / "out").iterdir()} == set(program.FILES)
    assert [one.name for one in read_meme(tmp_path / "out/positive.meme")] == ["pattern_001"]
    assert [one.name for one in read_meme(tmp_path / "out/negative.meme")] == ["pattern_002"]
    with gzip.open(tmp_path / "out/places.bed.gz", "rt") as file:
        assert file.readline().split("\t")[0] == "chr2"
    write_meme(tmp_path / "few.meme", [one.motif for one in some[:8]])
    message = error_of("patterns", path, "-o", tmp_path / "few", "--known", tmp_path / "few.meme", folder=tmp_path)
    assert message == "error: 8 known motifs are too few for TOMTOM's statistics; give at least 25"
    assert not (tmp_path / "few").exists()


def test_a_page_shows_contributions_bases_and_the_known_motif(made, tmp_path):
    import draw_patterns
    import patterns as program
    from danq.plots import patterns as plots

    path, _ = made
    write_meme(tmp_path / "all.meme", [one.motif for one in known_motifs()], {"MA1": "FACTOR"})
    run(program, path, "-o", tmp_path, "--known", tmp_path / "all.meme", "--threads", "1")
    run(draw_patterns, path, tmp_path / "patterns.tsv", tmp_path / "known.meme", "-o", tmp_path / "page.png")
    assert (tmp_path / "page.png").stat().st_size > 10_000
    table, known = pattern_tables.PATTERNS.read(tmp_path / "patterns.tsv"), read_meme(tmp_path / "known.meme")
    found = patterns.read(path).patterns
    drawn = plots.page(found, table, known, "danq")
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles[0] == "pattern_001   positive   30 seqlets"
    assert titles[2].startswith("FACTOR (MA1)   E = ")
    assert drawn.axes[0].get_ylim()[0] == 0
    assert drawn.axes[3].get_ylim()[1] == 0  # the negative pattern is below the line
    assert [axes.axison for axes in drawn.axes] == [True, True, True, True, True, False]
    assert [text.get_text() for text in plots.page([], table[:0], []).texts] == ["no pattern was found"]


def run(module, *words):
    import sys

    arguments, sys.argv = sys.argv, [module.__name__, *map(str, words)]
    try:
        module.main()
    finally:
        sys.argv = arguments


@pytest.mark.skipif(not MISSING, reason="modisco-lite is installed")
def test_without_modisco_there_is_a_message(tmp_path):
    with pytest.raises(UserError, match="modisco-lite is not installed; run `make environment MODISCO=1`"):
        discovery.discover(cut(*contributions(200, 200)), Settings(), tmp_path / "p.h5")


needs_modisco = pytest.mark.skipif(MISSING, reason="modisco-lite is not installed (make environment MODISCO=1)")


@needs_modisco
def test_too_few_windows_give_no_pattern(tmp_path, caplog):
    given = cut(*contributions(10, 200))
    assert discovery.discover(given, Settings(), tmp_path / "p.h5") == {"positive": 0, "negative": 0}
    assert "10 windows have too few seqlets for TF-MoDISco" in caplog.text
    patterns.describe(tmp_path / "p.h5", patterns.Facts(("A",), 10, {}, 0), given.rows, None)
    found = patterns.read(tmp_path / "p.h5")
    table, matches, control = pattern_tables.named(found.patterns, known_motifs(), 0.01)
    assert (len(table), len(matches), control["motifs"][0]) == (0, 0, 0)
    assert pattern_tables.places(found, table.set_index("pattern")["name"]) is None


@needs_modisco
def test_planted_motifs_are_found(tmp_path):
    given = cut(*contributions(260, 200))
    assert discovery.discover(given, Settings(1000), tmp_path / "p.h5") == {"positive": 2, "negative": 0}
    patterns.describe(tmp_path / "p.h5", patterns.Facts(("A",), 260, given.dropped, given.begin), given.rows, None)
    for one in patterns.read(tmp_path / "p.h5").patterns:
        motif = one.motif()
        assert {motif.consensus, motif.reverse_complement().consensus} & set(WORDS.values())
        assert one.seqlets >= 100


UNIFORM = np.ones((150, 200, 4))
UNSTRUCTURED = {
    "constant": UNIFORM,
    "one sign": -UNIFORM * np.random.default_rng(1).random((150, 200, 1)),
    "one place": UNIFORM * (np.arange(200) == 100)[None, :, None],
    "noise": np.random.default_rng(1).normal(size=(150, 200, 4)),
}


@needs_modisco
@pytest.mark.parametrize("kind", UNSTRUCTURED)
def test_contributions_without_motifs_give_no_pattern(tmp_path, caplog, kind):
    given = cut(contributions(150, 200)[0], UNSTRUCTURED[kind])
    assert discovery.discover(given, Settings(1000), tmp_path / "p.h5") == {"positive": 0, "negative": 0}
    assert any(record.levelname == "WARNING" and "no " in record.message for record in caplog.records)
    patterns.describe(tmp_path / "p.h5", patterns.Facts(("A",), 150, {}, 0), given.rows, None)
    assert patterns.read(tmp_path / "p.h5").patterns == []


@needs_modisco
def test_seqlets_that_leidenalg_cannot_divide_give_no_pattern(tmp_path, caplog, monkeypatch):
    """It raises BaseException itself for NaN weights, which isolated contributions may give."""
    import modiscolite.tfmodisco

    def fail(*args, **options):
        raise error

    monkeypatch.setattr(modiscolite.tfmodisco, "TFMoDISco", fail)
    error, given = BaseException("Cannot accept NaN weights."), cut(*contributions(150, 200))
    assert discovery.discover(given, Settings(), tmp_path / "p.h5") == {"positive": 0, "negative": 0}
    assert "the contributions of these 150 windows have no structure (Cannot accept NaN weights.)" in caplog.text
    error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        discovery.discover(given, Settings(), tmp_path / "p.h5")
