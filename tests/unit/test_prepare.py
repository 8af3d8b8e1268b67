"""Preparation against a count, window by window, on a small random genome."""

import logging

import numpy as np
import pandas as pd
import pytest

from danq import onehot
from danq.errors import UserError
from danq.genome import Genome
from danq.prepare import Rule, prepare
from danq.targets import Target
from danq.windows import Windows

SPLIT = {"train": ["rest"], "valid": ["chr2"], "test": ["chr3:1-2500"]}
LENGTHS = {"chr1": 6010, "chr2": 3000, "chr3": 4001}
TARGETS = [Target(1, "A", "TF"), Target(2, "B", "DNase"), Target(3, "C", "TF")]


@pytest.fixture
def data(tmp_path):
    """A genome with a few unknown bases, and three peak files; also as Python values."""
    draw = np.random.default_rng(3)
    genome = {}
    for name, length in LENGTHS.items():
        letters = draw.choice(list("ACGTacgt"), length)
        letters[draw.integers(0, length, 3)] = "N"
        genome[name] = "".join(letters)
    fasta = tmp_path / "genome.fa"
    fasta.write_text("".join(f">{name} some text\n{text}\n" for name, text in genome.items()))
    peaks, paths = [], []
    for target, count in zip(TARGETS, (12, 25, 8), strict=True):
        rows = []
        for _ in range(count):
            contig = draw.choice(list(LENGTHS))
            start = int(draw.integers(0, LENGTHS[contig] - 150))
            rows.append((str(contig), start, start + int(draw.integers(20, 150)), float(draw.integers(1, 9))))
        peaks.append(rows)
        path = tmp_path / f"{target.name}.narrowPeak"
        path.write_text("".join(f"{c}\t{s}\t{e}\t.\t0\t.\t{v}\t-1\t-1\t-1\n" for c, s, e, v in rows))
        paths.append(path)
    return Genome(fasta), genome, peaks, paths


def expected_windows(genome, peaks, rule, extra_keep=None, blacklist=()):
    """Every bin judged by itself: contig, start, sequence and labels of those kept, by part."""
    found = {"train": [], "valid": [], "test": []}
    for contig, text in genome.items():
        for begin in range(0, len(text) - rule.bin + 1, rule.bin):
            labels = []
            for rows in peaks:
                sets = [
                    set(range(max(s, begin), min(e, begin + rule.bin)))
                    for c, s, e, v in rows
                    if c == contig and v >= (rule.min_signal or 0)
                ]
                covered = max(map(len, sets), default=0) if rule.of == "peak" else len(set().union(*sets))
                labels.append(int(covered > rule.fraction * rule.bin))
            start, end = begin - rule.flank, begin + rule.bin + rule.flank
            if rule.keep == "any" and not any(labels):
                continue
            if rule.keep == "assay:TF" and not (labels[0] or labels[2]):
                continue
            if extra_keep is not None and (contig, begin) not in extra_keep:
                continue
            if any(c == contig and s < begin + rule.bin and e > begin for c, s, e in blacklist):
                continue
            if (start < 0 or end > len(text)) and rule.off_contig == "drop":
                continue
            window = "".join(text[i].upper() if 0 <= i < len(text) else "n" for i in range(start, end))
            if "N" in window and rule.unknown_bases == "drop":
                continue
            if contig == "chr2":
                part = "valid"
            elif contig == "chr3" and begin + rule.bin <= 2500:
                part = "test"
            elif contig == "chr3" and start < 2500 + rule.flank:
                continue
            else:
                part = "train"
            found[part].append((contig, start, window.upper(), labels))
    return found


def check(folder, expected, rule):
    for part, rows in expected.items():
        windows = Windows(folder / f"{part}.h5")
        assert len(windows) == len(rows) > 0
        names, starts = windows.places()
        assert list(zip(names, starts.tolist(), strict=True)) == [(row[0], row[1]) for row in rows]
        assert onehot.text(windows.packed(slice(None)), rule.window) == [row[2] for row in rows]
        assert windows.labels().tolist() == [row[3] for row in rows]


@pytest.mark.parametrize("unknown", ["drop", "keep"])
@pytest.mark.parametrize("off", ["drop", "pad"])
@pytest.mark.parametrize("keep", ["any", "all", "assay:TF"])
@pytest.mark.parametrize(("of", "window", "min_signal"), [("peak", 151, None), ("union", 100, 4.0)])
def test_windows_are_those_of_a_count_by_hand(data, tmp_path, of, window, min_signal, keep, off, unknown):
    genome, texts, peaks, paths = data
    rule = Rule(
        bin=25 if window == 151 else 20,
        window=window,
        of=of,
        keep=keep,
        min_signal=min_signal,
        off_contig=off,
        unknown_bases=unknown,
        split=SPLIT,
    )
    table = prepare(genome, TARGETS, paths, rule, tmp_path / "out", assembly="toy")
    expected = expected_windows(texts, peaks, rule)
    check(tmp_path / "out", expected, rule)
    for row in table.itertuples():
        labels = np.array([labels for *_, labels in expected[row.split]])
        assert row.positives == labels[:, row.index - 1].sum()
        assert row.windows == len(labels)
        assert row.prevalence == pytest.approx(row.positives / row.windows)
        bases = {(c, base) for c, s, e, v in peaks[row.index - 1] if v >= (min_signal or 0) for base in range(s, e)}
        assert row.genome_coverage == pytest.approx(len(bases) / sum(LENGTHS.values()))


def test_a_bed_of_bins_keeps_those_and_a_blacklist_drops_its_own(data, tmp_path):
    genome, texts, peaks, paths = data
    kept = {(contig, begin) for contig in LENGTHS for begin in range(100, 2900, 60)}
    (tmp_path / "keep.bed").write_text("".join(f"{c}\t{b}\t{b + 20}\n" for c, b in sorted(kept)))
    blacklist = [("chr1", 500, 701), ("chr2", 1000, 1001)]
    (tmp_path / "black.bed").write_text("".join(f"{c}\t{s}\t{e}\n" for c, s, e in blacklist))
    rule = Rule(20, 60, keep=f"bed:{tmp_path}/keep.bed", blacklist=f"{tmp_path}/black.bed", split=SPLIT)
    prepare(genome, TARGETS, paths, rule, tmp_path / "out")
    check(tmp_path / "out", expected_windows(texts, peaks, rule, kept, blacklist), rule)


def test_processes_and_compression_change_nothing(data, tmp_path):
    genome, _, _, paths = data
    rule = Rule(25, 75, split=SPLIT)
    tables = [prepare(genome, TARGETS, paths, rule, tmp_path / str(n), processes=n) for n in (1, 2)]
    pd.testing.assert_frame_equal(*tables)
    first, second = (Windows(tmp_path / str(n) / "train.h5") for n in (1, 2))
    assert first.fingerprint == second.fingerprint


def test_a_target_without_positives_in_training_is_named(data, tmp_path, caplog):
    genome, _, _, paths = data
    paths[2].write_text("chr2\t1000\t1100\n")
    with caplog.at_level(logging.WARNING):
        prepare(genome, TARGETS, paths, Rule(25, 75, split=SPLIT), tmp_path / "out")
    assert "target 3 (C) has no positive training window" in caplog.text


def test_windows_smaller_than_bins_or_off_centre_are_refused():
    with pytest.raises(UserError, match="smaller than windows.bin"):
        Rule(bin=200, window=100)
    with pytest.raises(UserError, match="even"):
        Rule(bin=200, window=501)


def test_an_assay_that_no_target_has_is_named(data, tmp_path):
    genome, _, _, paths = data
    with pytest.raises(UserError, match="'histone'.*DNase, TF"):
        prepare(genome, TARGETS, paths, Rule(25, 75, keep="assay:histone", split=SPLIT), tmp_path / "out")
    assert not (tmp_path / "out").exists()
