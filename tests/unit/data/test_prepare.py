"""Prepared windows of a small random genome agree with a brute-force computation."""

import logging
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from danq.data import onehot
from danq.data.account import FATES
from danq.data.genome import Genome
from danq.data.labels import smaller_bin
from danq.data.prepare import prepare
from danq.data.rule import Rule
from danq.data.targets import TARGETS as TARGETS_TABLE
from danq.data.targets import UNUSED, Target
from danq.data.windows import Windows
from danq.errors import UserError

SPLIT = {"train": ["rest"], "valid": ["chr2"], "test": ["chr3:1-2500"]}
LENGTHS = {"chr1": 6010, "chr2": 3000, "chr3": 4001}
TARGETS = [Target(1, "A", "TF"), Target(2, "B", "DNase"), Target(3, "C", "TF")]


@pytest.fixture
def data(tmp_path):
    """A genome with a few unknown bases and three peak files, as files and as Python values."""
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
    """Contig, start, sequence and labels of the kept bins of each part, computed bin by bin.

    `dropped` counts the others by contig and reason.
    """
    found = {"train": [], "valid": [], "test": [], "dropped": Counter()}
    for contig, text in genome.items():
        dropped = found["dropped"]
        dropped[contig, "not_whole"] = int(len(text) % rule.bin > 0)
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
                dropped[contig, "not_chosen"] += 1
                continue
            if rule.keep == "assay:TF" and not (labels[0] or labels[2]):
                dropped[contig, "not_chosen"] += 1
                continue
            if extra_keep is not None and (contig, begin) not in extra_keep:
                dropped[contig, "not_chosen"] += 1
                continue
            if any(c == contig and s < begin + rule.bin and e > begin for c, s, e in blacklist):
                dropped[contig, "blacklist"] += 1
                continue
            if (start < 0 or end > len(text)) and rule.off_contig == "drop":
                dropped[contig, "off_contig"] += 1
                continue
            if contig == "chr2":
                part = "valid"
            elif contig == "chr3" and begin + rule.bin <= 2500:
                part = "test"
            elif contig == "chr3" and start < 2500 + rule.flank:
                dropped[contig, "split_border"] += 1
                continue
            else:
                part = "train"
            window = "".join(text[i].upper() if 0 <= i < len(text) else "n" for i in range(start, end))
            if "N" in window and rule.unknown_bases == "drop":
                dropped[contig, "unknown_bases"] += 1
                continue
            found[part].append((contig, start, window.upper(), labels))
    return found


def check(folder, expected, rule):
    for part in ("train", "valid", "test"):
        rows = expected[part]
        windows = Windows(folder / f"{part}.h5")
        assert len(windows) == len(rows) > 0
        names, starts = windows.places()
        assert list(zip(names, starts.tolist(), strict=True)) == [(row[0], row[1]) for row in rows]
        assert onehot.text(windows.packed(slice(None)), rule.window) == [row[2] for row in rows]
        assert windows.labels().tolist() == [row[3] for row in rows]


def check_account(account, expected, rule):
    """Each bin is counted once: as a window of a part, or by the reason for which it was dropped."""
    kept = Counter((row[0], part) for part in ("train", "valid", "test") for row in expected[part])
    for row in account.to_dict("records"):
        contig = row["contig"]
        assert {fate: row[fate] for fate in FATES} == {
            fate: kept[contig, fate] + expected["dropped"][contig, fate] for fate in FATES
        }
        assert sum(row[fate] for fate in FATES) == row["bins"]
        assert (row["bins"] - 1) * rule.bin < row["length"] == LENGTHS[contig] <= row["bins"] * rule.bin
    assert account["length"].sum() == sum(LENGTHS.values())


@pytest.mark.parametrize("unknown", ["drop", "keep"])
@pytest.mark.parametrize("off", ["drop", "pad"])
@pytest.mark.parametrize("keep", ["any", "all", "assay:TF"])
@pytest.mark.parametrize(("of", "window", "min_signal"), [("peak", 151, None), ("union", 100, 4.0)])
def test_windows_agree_with_a_brute_force_computation(data, tmp_path, of, window, min_signal, keep, off, unknown):
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
    table, account = prepare(genome, TARGETS, paths, rule, tmp_path / "out", assembly="toy")
    expected = expected_windows(texts, peaks, rule)
    check(tmp_path / "out", expected, rule)
    check_account(account, expected, rule)
    for row in table.itertuples():
        labels = np.array([labels for *_, labels in expected[row.split]])
        assert row.positives == labels[:, row.index - 1].sum()
        assert row.windows == len(labels)
        assert row.prevalence == pytest.approx(row.positives / row.windows)
        bases = {(c, base) for c, s, e, v in peaks[row.index - 1] if v >= (min_signal or 0) for base in range(s, e)}
        assert row.genome_coverage == pytest.approx(len(bases) / sum(LENGTHS.values()))


def test_a_bed_file_selects_bins_and_a_blacklist_drops_bins(data, tmp_path):
    genome, texts, peaks, paths = data
    kept = {(contig, begin) for contig in LENGTHS for begin in range(100, 2900, 60)}
    (tmp_path / "keep.bed").write_text("".join(f"{c}\t{b}\t{b + 20}\n" for c, b in sorted(kept)))
    blacklist = [("chr1", 500, 701), ("chr2", 1000, 1001)]
    (tmp_path / "black.bed").write_text("".join(f"{c}\t{s}\t{e}\n" for c, s, e in blacklist))
    rule = Rule(20, 60, keep=f"bed:{tmp_path}/keep.bed", blacklist=f"{tmp_path}/black.bed", split=SPLIT)
    _, account = prepare(genome, TARGETS, paths, rule, tmp_path / "out")
    expected = expected_windows(texts, peaks, rule, kept, blacklist)
    check(tmp_path / "out", expected, rule)
    check_account(account, expected, rule)
    assert account["blacklist"].sum() > 0


def test_bins_in_no_part_of_the_split_are_counted(data, tmp_path):
    genome, _, _, paths = data
    split = {"train": ["chr1:1-3000"], "valid": ["chr2"], "test": ["chr3:1-2500"]}
    _, account = prepare(genome, TARGETS, paths, Rule(25, 75, keep="all", split=split), tmp_path / "out")
    counts = account.set_index("contig")["in_no_split"]
    assert counts["chr1"] == 240 - 120 - 1  # the last window is off the contig
    assert counts["chr2"] == 0
    assert (account[list(FATES)].sum(axis=1) == account["bins"]).all()


def test_lost_peaks_are_counted_by_target_and_reason(data, tmp_path, caplog):
    genome, _, _, paths = data
    rows = [("chr1", 1000 + 100 * i, 1060 + 100 * i, 5) for i in range(40)]
    rows += [("chrUn ", 5, 50, 9), ("chr2", 2960, 3005, 9), ("chr2", 100, 140, 1), ("chr1 ", 5900, 5950, 9)]
    paths[0].write_text("".join(f"{c}\t{s}\t{e}\t.\t0\t.\t{v}\t-1\t-1\t-1\n" for c, s, e, v in rows))
    table, _ = prepare(genome, TARGETS, paths, Rule(25, 75, min_signal=2, keep="all", split=SPLIT), tmp_path / "out")
    of_first = table[table["index"] == 1].iloc[0]
    assert of_first["peaks"] == 42
    assert [of_first[name] for name in UNUSED] == [1, 0, 1, 1]
    assert "A.narrowPeak: of 44 intervals, 1 on contigs that the genome does not have left out: chrUn (1); 1 cut" in (
        caplog.text
    )
    assert TARGETS_TABLE.read(written(table, tmp_path))["peaks_clipped"].tolist() == table["peaks_clipped"].tolist()


def written(table, folder):
    TARGETS_TABLE.write(table, folder / "targets.tsv")
    return folder / "targets.tsv"


def test_more_than_5_percent_lost_peaks_are_an_error_unless_allowed(data, tmp_path):
    genome, _, _, paths = data
    rows = [f"chr1\t{1000 + 100 * i}\t{1060 + 100 * i}\n" for i in range(30)]
    paths[0].write_text("".join(rows) + "chrX\t1\t50\n" + "chrY\t1\t50\n" * 2)
    with pytest.raises(UserError, match=r"3 of 33 peaks are not on the genome \(on chrX \(1\), chrY \(2\)\);"):
        prepare(genome, TARGETS, paths, Rule(25, 75, keep="all", split=SPLIT), tmp_path / "out")
    rule = Rule(25, 75, keep="all", split=SPLIT, skip_unknown_contigs=True)
    table, _ = prepare(genome, TARGETS, paths, rule, tmp_path / "out")
    assert table["peaks_unknown_contig"].tolist() == [3, 3, 3, 0, 0, 0, 0, 0, 0]


def test_the_number_of_processes_does_not_change_the_windows(data, tmp_path):
    genome, _, _, paths = data
    rule = Rule(25, 75, split=SPLIT)
    tables = [prepare(genome, TARGETS, paths, rule, tmp_path / str(n), processes=n) for n in (1, 2)]
    for one, other in zip(*tables, strict=True):
        pd.testing.assert_frame_equal(one, other)
    first, second = (Windows(tmp_path / str(n) / "train.h5") for n in (1, 2))
    assert first.fingerprint == second.fingerprint


def test_a_target_without_training_positives_gives_a_warning(data, tmp_path, caplog):
    genome, _, _, paths = data
    paths[2].write_text("chr2\t1000\t1100\n")
    with caplog.at_level(logging.WARNING):
        prepare(genome, TARGETS, paths, Rule(25, 75, split=SPLIT), tmp_path / "out")
    assert "every train window is negative for 3 C: nothing can be learned there; add contigs to" in caplog.text


def test_peaks_between_bins_are_counted_and_a_smaller_bin_is_named(data, tmp_path, caplog):
    genome, _, _, paths = data
    # Bins of 100 bp: the second lies half in one bin and half in the next, the third is too short.
    paths[0].write_text("chr1\t1000\t1080\nchr1\t2060\t2140\nchr2\t510\t550\n")
    rule = Rule(100, 200, keep="all", split=SPLIT)
    table, _ = prepare(genome, TARGETS, paths, rule, tmp_path / "out")
    assert table[table["index"] == 1]["peaks_between_bins"].tolist() == [2, 2, 2]
    assert "make no bin positive" in caplog.text
    assert "1 A (2 of 3)" in caplog.text
    for target, path in zip(TARGETS, paths, strict=True):
        lost = 0
        for line in path.read_text().splitlines():
            contig, start, end = line.split()[0], *map(int, line.split()[1:3])
            bins = {b for b in range(start // 100, (end - 1) // 100 + 1) if (b + 1) * 100 <= LENGTHS[contig]}
            others = [one.split()[:3] for one in path.read_text().splitlines()]
            lost += not any(
                min(int(e), 100 * b + 100) - max(int(s), 100 * b) > 50
                for b in bins
                for c, s, e in others
                if c == contig
            )
        assert (table.loc[table["index"] == target.index, "peaks_between_bins"] == lost).all()


@pytest.mark.parametrize(("length", "bin"), [(150, 140), (200, 190), (60, 50), (8, 0)])
def test_peaks_make_a_bin_of_the_suggested_size_positive_wherever_they_lie(length, bin):
    rule = Rule(200, 1000)
    assert smaller_bin(np.array([length]), rule) == bin
    for start in range(bin):
        first = min(bin - start, length)
        assert max(first, min(length - first, bin)) > bin / 2


def test_one_target_with_positive_windows_only_is_an_error(data, tmp_path):
    genome, _, _, paths = data
    for keep in ("any", "assay:TF"):
        with pytest.raises(UserError, match="every window is positive, so nothing can be learned; use keep: all"):
            prepare(genome, TARGETS[:1], paths[:1], Rule(25, 75, keep=keep, split=SPLIT), tmp_path / "out")
    table, _ = prepare(genome, TARGETS[:1], paths[:1], Rule(25, 75, keep="all", split=SPLIT), tmp_path / "out")
    assert (table["prevalence"] < 1).all()


def test_windows_smaller_than_bins_or_off_centre_are_an_error():
    with pytest.raises(UserError, match="smaller than windows.bin"):
        Rule(bin=200, window=100)
    with pytest.raises(UserError, match="even"):
        Rule(bin=200, window=501)


def test_an_assay_without_targets_is_an_error(data, tmp_path):
    genome, _, _, paths = data
    with pytest.raises(UserError, match="'histone'.*DNase, TF"):
        prepare(genome, TARGETS, paths, Rule(25, 75, keep="assay:histone", split=SPLIT), tmp_path / "out")
    assert not (tmp_path / "out").exists()
