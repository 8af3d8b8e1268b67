"""Windows around summits agree with a brute-force computation, base by base."""

import gzip

import numpy as np
import pytest
from project import error_of
from real_data import SACCER3, needs_yeast

from danq.data import onehot
from danq.data.genome import Genome
from danq.data.grid import Grid
from danq.data.labels import grid_of, read_on
from danq.data.peaks import Peaks
from danq.data.prepare import prepare
from danq.data.rule import Rule
from danq.data.summits import SummitGrid, around
from danq.data.targets import Target
from danq.data.windows import Windows
from danq.errors import UserError

LENGTHS = {"chr1": 4000, "chr2": 1203, "chr3": 1500}
TARGETS = [Target(1, "A", "TF"), Target(2, "B", "DNase")]
SPLIT = {"train": ["rest"], "valid": ["chr2"], "test": ["chr3"]}


@pytest.fixture
def data(tmp_path):
    """A genome, and two files of peaks, one with summits and one without, as files and as (contig, summit)."""
    draw = np.random.default_rng(5)
    genome = {name: "".join(draw.choice(list("ACGT"), length)) for name, length in LENGTHS.items()}
    fasta = tmp_path / "genome.fa"
    fasta.write_text("".join(f">{name}\n{text}\n" for name, text in genome.items()))
    summits, paths = [], [tmp_path / "A.narrowPeak", tmp_path / "B.bed"]
    for path, count in zip(paths, (40, 30), strict=True):
        lines, found = [], []
        for _ in range(count):
            contig = str(draw.choice(list(LENGTHS), p=[0.6, 0.2, 0.2]))
            start, size = int(draw.integers(0, LENGTHS[contig] - 90)), int(draw.integers(1, 90))
            offset = int(draw.integers(0, size)) if path.suffix == ".narrowPeak" else size // 2
            more = f"\t.\t0\t.\t5\t-1\t-1\t{offset}" if path.suffix == ".narrowPeak" else ""
            lines.append(f"{contig}\t{start}\t{start + size}{more}\n")
            found.append((contig, start + offset))
        path.write_text("".join(lines))
        summits.append(found)
    return Genome(fasta), genome, summits, paths


def interval(summit, size, length):
    """The bases of a peak of `size` bp around its summit that are on the contig."""
    return {base for base in range(summit - size // 2, summit - size // 2 + size) if 0 <= base < length}


def expected(genome, summits, rule):
    """Place, bases and labels of the windows of each part."""
    found, size = {"train": {}, "valid": {}, "test": {}}, rule.bin
    for contig, text in genome.items():
        every = sorted({summit for rows in summits for name, summit in rows if name == contig})
        bins, cluster = [], []
        for summit in [*every, np.inf]:
            if cluster and 2 * (summit - cluster[0]) >= size:
                bins.append(cluster[0] + (cluster[-1] - cluster[0]) // 2 - size // 2)
                cluster = []
            cluster.append(summit)
        touched = set().union(*(interval(summit, size, len(text)) for summit in every))
        if rule.keep == "all":
            bins += [at for at in range(0, len(text), size) if not touched & set(range(at, at + size))]
        for start in bins:
            bases, labels = set(range(start, start + size)), []
            for rows in summits:
                peaks = [interval(summit, size, len(text)) & bases for name, summit in rows if name == contig]
                covered = max(map(len, peaks), default=0) if rule.of == "peak" else len(set().union(*peaks))
                labels.append(int(covered > rule.fraction * size))
            first = start - rule.flank
            inside = start >= 0 and start + size <= len(text) and first >= 0 and first + rule.window <= len(text)
            if inside and (rule.keep == "all" or any(labels)):
                part = {"chr2": "valid", "chr3": "test"}.get(contig, "train")
                found[part][contig, first] = (text[first : first + rule.window], labels)
    return found


@pytest.mark.parametrize("keep", ["any", "all"])
@pytest.mark.parametrize(("size", "fraction", "of"), [(50, 0.5, "peak"), (51, 0.5, "peak"), (80, 0.7, "union")])
def test_windows_are_those_of_a_computation_base_by_base(tmp_path, data, keep, size, fraction, of):
    genome, texts, summits, paths = data
    rule = Rule(resize=size, window=size + 60, keep=keep, fraction=fraction, of=of, split=SPLIT)
    table, account = prepare(genome, TARGETS, paths, rule, tmp_path)
    wanted = expected(texts, summits, rule)
    for split, rows in wanted.items():
        windows = Windows(tmp_path / f"{split}.h5")
        contig, start = windows.places()
        bases = onehot.text(windows.packed(slice(None)), windows.length)
        found = zip(contig.tolist(), start.tolist(), bases, windows.labels().tolist(), strict=True)
        assert {(name, place): (text, labels) for name, place, text, labels in found} == rows
        assert len(windows) == len(rows) == account[split].sum()
        assert windows.made_by["rule"]["resize"] == size
    assert (account["bins"] == account.iloc[:, 3:].sum(axis=1)).all()
    assert table["peaks"].tolist() == [40] * 3 + [30] * 3


def test_a_peak_labels_its_own_bin_alone_however_long_it_is(tmp_path, data):
    genome = data[0]
    (tmp_path / "one.bed").write_text("chr1\t1000\t1800\nchr1\t2500\t2501\nchr2\t600\t602\nchr3\t600\t602\n")
    rule = Rule(resize=100, window=100, split=SPLIT)
    prepare(genome, TARGETS, [tmp_path / "one.bed"] * 2, rule, tmp_path)
    windows = Windows(tmp_path / "train.h5")
    assert windows.places()[1].tolist() == [1350, 2450]
    assert windows.labels().tolist() == [[1, 1]] * 2


def test_operations_agree_with_a_count_of_every_base():
    draw, contigs = np.random.default_rng(9), {"a": 300, "b": 41, "c": 500}
    grid = around([(np.array([0, 0, 2, 2, 1], np.int32), np.array([3, 90, 0, 499, 20]))], Grid(contigs, 40), True)
    assert isinstance(grid, SummitGrid)
    rank = draw.integers(0, 3, 60).astype(np.int32)
    start = (draw.random(60) * (grid.lengths[rank] - 1)).astype(np.int64)
    end = np.minimum(start + draw.integers(1, 70, 60), grid.lengths[rank])
    bins = np.arange(len(grid))
    where = [{(int(c), base) for base in range(s, s + 40)} for c, s in zip(*grid.locate(bins), strict=True)]
    for rows in (slice(0, 1), slice(1, 9), slice(9, 60)):
        peaks = Peaks(rank[rows], start[rows], end[rows], {})
        each = [
            {(int(c), base) for base in range(s, e)} for c, s, e in zip(rank[rows], start[rows], end[rows], strict=True)
        ]
        shared = np.array([[len(bin & peak) for peak in each] for bin in where])
        union = np.array([len(bin & set().union(*each)) for bin in where])
        assert grid.touched(peaks).tolist() == np.flatnonzero(shared.any(axis=1)).tolist()
        for fraction in (0, 0.3, 0.5):
            by_peak, by_union = (grid.positive(peaks, fraction, of).tolist() for of in ("peak", "union"))
            assert by_peak == np.flatnonzero((shared.max(axis=1) > fraction * 40) & grid.whole).tolist()
            assert by_union == np.flatnonzero((union > fraction * 40) & grid.whole).tolist()
        chosen = np.sort(draw.choice(bins, 6, replace=False))
        assert grid.holds(chosen, peaks).tolist() == (shared[chosen] > 0).any(axis=0).tolist()


def test_sizes_that_do_not_fit_name_the_key(tmp_path):
    with pytest.raises(UserError, match=r"windows.window - windows.resize \(100 - 51 bp\) must be even"):
        Rule(resize=51, window=100)
    words = ["-g", "g.fa", "-t", "t.tsv", "--valid", "a", "--test", "b", "--resize", "0"]
    assert "windows.resize must be at least 1 bp" in error_of("prepare", *words, folder=tmp_path)


@needs_yeast
def test_yeast_summits_are_the_middle_of_sites_and_each_has_a_bin():
    genome = {}
    for line in (SACCER3 / "chrom.sizes").read_text().splitlines():
        genome[line.split()[0]] = int(line.split()[1])
    paths = [SACCER3 / f"{name}.narrowPeak.gz" for name in ("Reb1", "Abf1")]
    rule = Rule(resize=100, window=300, split=SPLIT)
    grid = grid_of(genome, paths, rule)
    count = 0
    for path in paths:
        with gzip.open(path, "rt") as file:
            rows = [line.split("\t") for line in file]
        peaks = read_on(path, grid, summits=True)
        known = [(row[0], int(row[1]) + int(row[9])) for row in rows if int(row[9]) >= 0]
        found = {(list(genome)[rank], place) for rank, place in zip(peaks.contig, peaks.summit.tolist(), strict=True)}
        assert set(known) <= found
        assert len(peaks) == len(rows)
        count += len(rows)
    assert grid.whole.mean() > 0.99
    assert 0 < len(grid) < count
