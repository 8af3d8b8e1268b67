"""Background windows touch no peak and have the composition of their kept windows; random ones would not."""

import re
from collections import Counter

import numpy as np
import pytest

from danq.data import onehot
from danq.data.background import BACKGROUND
from danq.data.composition_match import MaskedGenome
from danq.data.prepare import prepare
from danq.data.rule import Rule
from danq.data.targets import Target
from danq.data.windows import Windows
from danq.errors import UserError
from danq.report.descriptions import kept

LENGTHS = {"chr1": 90_010, "chr2": 40_000, "chr3": 50_003}
SPLIT = {"train": ["rest"], "valid": ["chr2"], "test": ["chr3:1-45000"]}
PARTS = ("train", "valid", "test")
BIN, WINDOW = 20, 100  # a cell of 2 % of 100 bp is two bases
FLANK = (WINDOW - BIN) // 2


def written_genome(path, isochore=1500):
    """A genome whose share of G and C, and of repeats, changes every `isochore` bp, with some unknown bases."""
    draw, texts = np.random.default_rng(5), {}
    for name, length in LENGTHS.items():
        pieces = []
        for _ in range(0, length, isochore):
            gc, repeats = draw.choice([0.3, 0.4, 0.5, 0.6]), draw.choice([0.0, 0.3])
            bases = draw.choice(list("ACGT"), isochore, p=[(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2])
            bases = np.where(draw.random(isochore) < repeats, np.char.lower(bases), bases)
            pieces.append("".join(bases))
        text = "".join(pieces)[:length]
        texts[name] = text[:700] + "NNNN" + text[704:]
    path.write_text("".join(f">{name}\n{text}\n" for name, text in texts.items()))
    return texts


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A genome, and peaks of one target that prefer places with many G and C; every tenth peak is weak."""
    folder = tmp_path_factory.mktemp("genome")
    texts = written_genome(folder / "genome.fa")
    draw, rows = np.random.default_rng(6), []
    for name, text in texts.items():
        starts = draw.integers(0, len(text) - 60, 4000)
        gc = np.array([len(re.findall("[GCgc]", text[one : one + 60])) for one in starts])
        preferred = draw.choice(4000, len(text) // 600, replace=False, p=(weight := np.exp(gc / 8)) / weight.sum())
        for start in starts[preferred].tolist():
            rows.append((name, start, start + int(draw.integers(20, 60)), 1 if len(rows) % 10 == 0 else 9))
    path = folder / "A.narrowPeak"
    path.write_text("".join(f"{c}\t{s}\t{e}\t.\t0\t.\t{v}\t-1\t-1\t-1\n" for c, s, e, v in rows))
    return MaskedGenome(folder / "genome.fa"), texts, rows, path


def prepared(data, output, keep="any+matched:1.0", seed=0, **settings):
    genome, _, _, path = data
    rule = Rule(BIN, WINDOW, keep=keep, split=SPLIT, **settings)
    tables = prepare(genome, [Target(1, "A", "TF")], [path], rule, output, assembly="toy", seed=seed)
    return *tables, BACKGROUND.read(output / "background.tsv").set_index("split")


def found_windows(folder):
    """Part, contig, start and label of each window."""
    for part in PARTS:
        windows = Windows(folder / f"{part}.h5")
        for contig, start, label in zip(*windows.places(), windows.labels()[:, 0].tolist(), strict=True):
            yield part, contig, int(start), label


def cell(text):
    """The cell of 2 % of G and C, and of lower-case letters."""
    return sum(one in "GCgc" for one in text) * 50 // len(text), sum(one.islower() for one in text) * 50 // len(text)


def may_be_background(texts, rows):
    """Part and cell of every bin that may become a background window, found bin by bin."""
    touched = {name: np.zeros(length, bool) for name, length in LENGTHS.items()}
    for contig, start, end, _ in rows:
        touched[contig][start:end] = True
    for contig, text in texts.items():
        for begin in range(0, len(text) - BIN + 1, BIN):
            start, end = begin - FLANK, begin + BIN + FLANK
            if start < 0 or end > len(text) or touched[contig][start:end].any() or "N" in text[start:end]:
                continue
            if contig == "chr3" and begin + BIN > 45_000:
                if start < 45_000 + FLANK:
                    continue
                part = "train"
            else:
                part = {"chr1": "train", "chr2": "valid", "chr3": "test"}[contig]
            yield part, contig, start, cell(text[start:end])


@pytest.mark.parametrize("min_signal", [None, 5])
def test_background_windows_touch_no_peak_and_match_in_composition(data, tmp_path, min_signal):
    _, texts, rows, _ = data
    _, account, table = prepared(data, tmp_path, min_signal=min_signal)
    kept, chosen = Counter(), Counter()
    places = []
    for part, contig, start, label in found_windows(tmp_path):
        text = texts[contig][start : start + WINDOW]
        (kept if label else chosen)[part, cell(text)] += 1
        if not label:
            places.append((part, contig, start))
            assert (start + FLANK) % BIN == 0
            assert set(text.upper()) <= set("ACGT")
            assert not any(c == contig and s < start + WINDOW and e > start for c, s, e, _ in rows)
    assert len(places) == len(set(places))
    candidates = {(part, contig, start): (part, of) for part, contig, start, of in may_be_background(texts, rows)}
    assert set(places) <= set(candidates)
    available = Counter(candidates.values())
    # Of each cell, as many as there are windows with the target, or all that there are.
    assert chosen == Counter({one: min(n, available[one]) for one, n in kept.items() if available[one]})
    for part in PARTS:
        mine = {one: n for (name, one), n in kept.items() if name == part}
        counts = (
            sum(mine.values()),
            sum(n for one, n in mine.items() if not available[part, one]),
            sum(max(n - available[part, one], 0) for one, n in mine.items() if available[part, one]),
            sum(n for (name, _), n in available.items() if name == part),
        )
        columns = ["kept", "no_candidate", "used_up", "candidates"]
        assert table.loc[part, columns].tolist() == list(counts)
        assert table.loc[part, "matched"] == counts[0] - counts[1] - counts[2] == sum(p == part for p, *_ in places)
        assert table.loc[part, "wanted"] == counts[0]
        assert account[part].sum() == table.loc[part, ["kept", "matched"]].sum()
    assert table["matched"].min() > 20


def test_bins_at_summits_have_a_background_on_the_grid(data, tmp_path):
    """With `resize`, windows with the target are centred at summits; the background touches no peak of the file."""
    _, texts, rows, _ = data
    _, _, table = prepared(data, tmp_path, resize=BIN)
    middles = {(contig, start + (end - start) // 2) for contig, start, end, _ in rows}
    kept, chosen = Counter(), Counter()
    for part, contig, start, label in found_windows(tmp_path):
        (kept if label else chosen)[part, cell(texts[contig][start : start + WINDOW])] += 1
        if label:
            assert any((contig, start + WINDOW // 2 + shift) in middles for shift in range(-BIN // 2, BIN // 2))
        else:
            assert (start + FLANK) % BIN == 0
            assert not any(c == contig and s < start + WINDOW and e > start for c, s, e, _ in rows)
    available = Counter((part, of) for part, _, _, of in may_be_background(texts, rows))
    assert chosen == Counter({one: min(n, available[one]) for one, n in kept.items() if available[one]})
    assert sum(chosen.values()) == table["matched"].sum()


def distance(one, other):
    """The Kolmogorov-Smirnov statistic, by its definition."""
    values = sorted({*one, *other})
    return max(abs(np.mean(np.array(one) <= v) - np.mean(np.array(other) <= v)) for v in values)


def test_the_table_states_how_far_the_compositions_are_apart_and_random_background_fails(data, tmp_path):
    _, texts, rows, _ = data
    _, _, table = prepared(data, tmp_path)
    letters = {"gc": "GCgc", "repeats": "acgt"}
    candidates = list(may_be_background(texts, rows))
    for part in PARTS:
        shares = {}
        for label in (1, 0):
            mine = [texts[c][s : s + WINDOW] for p, c, s, one in found_windows(tmp_path) if p == part and one == label]
            shares[label] = {
                name: [sum(b in of for b in text) / WINDOW for text in mine] for name, of in letters.items()
            }
        every = [texts[c][s : s + WINDOW] for p, c, s, _ in candidates if p == part]
        for name, of in letters.items():
            everywhere = [sum(base in of for base in text) / WINDOW for text in every]
            row = table.loc[part]
            assert row[f"{name}_kept"] == pytest.approx(np.mean(shares[1][name]), rel=1e-5)
            assert row[f"{name}_background"] == pytest.approx(np.mean(shares[0][name]), rel=1e-5)
            assert row[f"{name}_distance"] == pytest.approx(distance(shares[1][name], shares[0][name]), rel=1e-5)
            assert row[f"{name}_unmatched_distance"] == pytest.approx(distance(shares[1][name], everywhere), rel=1e-5)
        # The control: windows drawn at random from the same candidates have another composition.
        draw = np.random.default_rng(1)
        random = draw.choice([sum(base in "GCgc" for base in text) / WINDOW for text in every], len(shares[0]["gc"]))
        assert distance(shares[1]["gc"], random) > 0.2 > 0.1 > table.loc[part, "gc_distance"]


def test_the_choice_follows_from_the_seed_and_not_from_pieces_of_the_genome(data, tmp_path, monkeypatch):
    prepared(data, tmp_path / "one")
    monkeypatch.setattr("danq.data.background.BLOCK", 313)
    monkeypatch.setattr("danq.data.composition_match.SPAN", 500)
    prepared(data, tmp_path / "pieces")
    prepared(data, tmp_path / "other", seed=1)
    places = {name: list(found_windows(tmp_path / name)) for name in ("one", "pieces", "other")}
    assert places["one"] == places["pieces"] != places["other"]
    for name in ("train.h5", "background.tsv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "pieces" / name).read_bytes()
    kept = {name: [one for one in found if one[3]] for name, found in places.items()}
    assert kept["one"] == kept["other"]


@pytest.mark.parametrize(("number", "times"), [("0.5", 0.5), ("2", 2)])
def test_the_number_of_background_windows_is_the_factor(data, tmp_path, number, times):
    _, _, table = prepared(data, tmp_path, f"any+matched:{number}")
    assert table["wanted"].tolist() == [int(n * times) for n in table["kept"]]
    assert (table["matched"] + table["no_candidate"] + table["used_up"]).tolist() == table["wanted"].tolist()


def test_a_blacklist_holds_for_the_background_too(data, tmp_path):
    (tmp_path / "black.bed").write_text("chr1\t20000\t60000\nchr3\t0\t20001\n")
    prepared(data, tmp_path, blacklist=str(tmp_path / "black.bed"))
    for _, contig, start, _ in found_windows(tmp_path):
        bin_start = start + FLANK
        assert not (contig == "chr1" and bin_start < 60_000 and bin_start + BIN > 20_000)
        assert not (contig == "chr3" and bin_start < 20_001)


def test_background_windows_have_no_unknown_bases_even_where_others_may(data, tmp_path):
    prepared(data, tmp_path, off_contig="pad", unknown_bases="keep")
    for part in PARTS:
        windows = Windows(tmp_path / f"{part}.h5")
        background = [
            text
            for text, label in zip(
                onehot.text(windows.packed(slice(None)), WINDOW), windows.labels()[:, 0], strict=True
            )
            if not label
        ]
        assert background
        assert not any("N" in text for text in background)


def test_a_genome_without_repeat_letters_is_matched_by_gc_alone_with_a_warning(tmp_path, caplog):
    texts = written_genome(tmp_path / "soft.fa")
    (tmp_path / "genome.fa").write_text("".join(f">{name}\n{text.upper()}\n" for name, text in texts.items()))
    path = tmp_path / "A.bed"
    path.write_text("".join(f"{c}\t{s}\t{s + 60}\n" for c in texts for s in range(1000, 39_000, 700)))
    prepared((MaskedGenome(tmp_path / "genome.fa"), None, None, path), tmp_path / "out")
    assert "no lower-case letters, which mark repeats; only the GC content is matched" in caplog.text


def test_a_part_without_any_background_is_an_error(data, tmp_path):
    genome, _, _, _ = data
    path = tmp_path / "A.bed"
    rows = [("chr1", 5000), ("chr2", 0), ("chr3", 7000)]
    path.write_text("".join(f"{c}\t{s}\t{40_000 if c == 'chr2' else s + 60}\n" for c, s in rows))
    with pytest.raises(UserError, match=r"split\.valid gets no background window, because no place without a peak"):
        prepared((genome, None, None, path), tmp_path / "out")
    path.write_text("".join(f"{c}\t{s + 4000}\t{s + 4060}\n" for c, s in rows))
    with pytest.raises(UserError, match=r"3 windows with a target are too few for it; use a larger number"):
        prepared((genome, None, None, path), tmp_path / "out", "any+matched:0.1")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("number", ["0", "", "-1", "101", "nan", "1e2", "x", "1.0 "])
def test_a_number_that_is_none_is_an_error(number):
    with pytest.raises(UserError, match=r"must be above 0 and at most 100, as in any\+matched:1\.0"):
        Rule(20, 100, keep=f"any+matched:{number}")


def test_a_warning_says_what_to_do_about_windows_without_background(data, tmp_path, caplog):
    genome, texts, _, _ = data
    prepared(data, tmp_path / "many", "any+matched:20")
    assert "ask for fewer than any+matched:20" in caplog.text
    caplog.clear()
    path = tmp_path / "A.bed"  # all places with many G and C
    rich = [
        (contig, start)
        for contig, text in texts.items()
        for start in range(1000, len(text) - 200, 100)
        if cell(text[start : start + 100])[0] > 27
    ]
    path.write_text("".join(f"{contig}\t{start}\t{start + 100}\n" for contig, start in rich))
    prepared((genome, None, None, path), tmp_path / "rich")
    assert "leave out targets whose composition no place without a peak has" in caplog.text


def test_the_report_describes_the_windows():
    assert kept({"keep": "any+matched:1.0"}) == (
        "bins with at least one target, and 1.0 times as many without a peak, of the same GC and repeat content"
    )
