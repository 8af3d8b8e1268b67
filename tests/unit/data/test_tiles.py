"""Windows along regions of a genome, compared with strings that pyfaidx cuts out."""

import gzip

import numpy as np
import pyfaidx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from real_data import SACCER3, needs_yeast
from toys import write_fasta

from danq.data import onehot, tiles
from danq.data.fasta_records import FastaRecords
from danq.data.genome import Genome
from danq.data.regions import Region, read_bed
from danq.data.tiles import GenomeTiles, cut
from danq.errors import UserError

LENGTHS = {"chr1": 700, "chr2": 333, "chr3": 20}
COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    draw = np.random.default_rng(0)
    sequences = {name: "".join(draw.choice(list("ACGTN"), length)) for name, length in LENGTHS.items()}
    return write_fasta(tmp_path_factory.mktemp("genome") / "genome.fa", sequences)


def brute_starts(start, end, length, stride):
    """The rule as a slow loop."""
    if end - start < length:
        return [start - (length - (end - start)) // 2]
    starts = []
    while not starts or starts[-1] + length < end:
        starts.append(starts[-1] + stride if starts else start)
    return [*starts[:-1], min(starts[-1], end - length)]


def brute_text(fasta, contig, start, length):
    """The bases of a window; N beyond the contig."""
    size = len(fasta[contig])
    inside = str(fasta[contig][max(start, 0) : min(start + length, size)])
    return "N" * max(-start, 0) + inside + "N" * max(start + length - size, 0)


regions_of = st.lists(
    st.sampled_from(list(LENGTHS)).flatmap(
        lambda name: st.tuples(st.integers(0, LENGTHS[name] - 1), st.integers(1, LENGTHS[name])).map(
            lambda ends: Region(name, min(ends[0], ends[1] - 1), max(ends[0] + 1, ends[1]))
        )
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(regions_of, st.integers(1, 90), st.integers(1, 150), st.randoms())
def test_windows_are_those_of_the_strings(path, regions, length, stride, random):
    fasta = pyfaidx.Fasta(str(path))
    source = GenomeTiles(Genome(path), regions, length, stride)
    places = [(one, start) for one in regions for start in brute_starts(one.start, one.end, length, stride)]
    texts = [brute_text(fasta, one.contig, start, length) for one, start in places]
    assert len(source) == len(texts)
    assert onehot.text(source.packed(slice(None)), length) == texts
    contigs, starts = source.places()
    assert list(zip(contigs, starts, strict=True)) == [(one.contig, start) for one, start in places]
    index = np.array([random.randrange(len(texts)) for _ in range(10)])  # any order, with repetitions
    reverse = np.array([random.random() < 0.5 for _ in index])
    expected = [
        texts[i].translate(COMPLEMENT)[::-1] if flipped else texts[i] for i, flipped in zip(index, reverse, strict=True)
    ]
    assert onehot.text(source.packed(index, reverse), length) == expected
    assert [regions[i] for i in source.sequence(index)] == [places[i][0] for i in index]


def test_the_last_window_ends_with_the_region_and_a_short_region_is_in_the_middle(path):
    source = GenomeTiles(Genome(path), [Region("chr1", 100, 205), Region("chr2", 50, 57), Region("chr3", 0, 5)], 50, 20)
    assert source.places()[1].tolist() == [100, 120, 140, 155, 29, -22]
    assert source.short == 2
    assert source.beyond == 1
    assert source.titles == ["chr1:101-205", "chr2:51-57", "chr3:1-5"]
    assert str(source).endswith("genome.fa, 3 regions")
    assert GenomeTiles(Genome(path), [Region("chr1", 100, 205)], 50).places()[1].tolist() == [100, 150, 155]


def test_only_the_bases_of_the_windows_are_read(path, monkeypatch):
    monkeypatch.setattr(tiles, "SPAN", 100)
    monkeypatch.setattr(tiles, "GAP", 10)
    read, nibbles = [], Genome.nibbles

    def noted(self, contig, start, end):
        read.append((contig, start, end))
        return nibbles(self, contig, start, end)

    monkeypatch.setattr(Genome, "nibbles", noted)
    source = GenomeTiles(Genome(path), [Region("chr1", 0, 700), Region("chr2", 0, 50)], 40, 30)
    fasta = pyfaidx.Fasta(str(path))
    expected = [brute_text(fasta, *place, 40) for place in zip(*source.places(), strict=True)]
    assert onehot.text(source.packed(slice(None)), 40) == expected
    assert max(end - start for _, start, end in read) <= 140
    assert len(read) < 10
    read.clear()
    source.packed(np.array([20, 0, 1]))
    assert read == [("chr1", 0, 70), ("chr1", 600, 640)]


def test_cutting_asks_in_ascending_order():
    line = np.random.default_rng(0).choice(np.array([1, 2, 4, 8], np.uint8), 5000)
    asked = []

    def bases(start, stop):
        asked.append(start)
        return line[start:stop]

    starts = np.random.default_rng(1).integers(0, 4900, 50)
    packed = cut(starts, 33, bases)
    assert onehot.text(packed, 33) == ["".join(onehot.LETTERS[line[start : start + 33]]) for start in starts]
    assert asked == sorted(asked)
    assert cut(np.empty(0, np.int64), 33, bases).shape == (0, 17)


def test_wrong_strides_and_rows_are_errors(path):
    with pytest.raises(UserError, match="stride must be at least 1 bp, not 0"):
        GenomeTiles(Genome(path), [Region("chr1", 0, 5)], 50, 0)
    source = GenomeTiles(Genome(path), [Region("chr1", 0, 90)], 50, 20)
    with pytest.raises(IndexError, match="3 windows"):
        source.packed(np.array([3]))


@needs_yeast
def test_windows_of_yeast_are_those_of_pyfaidx():
    genome, fasta = Genome(SACCER3 / "sacCer3.fa.gz"), pyfaidx.Fasta(str(SACCER3 / "sacCer3.fa.gz"))
    path = SACCER3 / "Reb1.narrowPeak.gz"
    regions, account = read_bed(path, genome.contigs)
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert account["regions"] == account["used"] == len(lines)
    source = GenomeTiles(genome, regions, 301)
    rows = np.random.default_rng(0).integers(0, len(source), 40)
    for text, row in zip(onehot.text(source.packed(rows), 301), rows, strict=True):
        contig, start, end = lines[source.sequence(row)].split("\t")[:3]
        first = int(start) - (301 - (int(end) - int(start))) // 2
        assert text == brute_text(fasta, contig, first, 301).upper()


@needs_yeast
def test_the_records_of_yeast_are_its_contigs():
    genome = Genome(SACCER3 / "sacCer3.fa.gz")
    whole = GenomeTiles(genome, [Region(name, 0, size) for name, size in genome.contigs.items()], 500, 20_000)
    records = FastaRecords(SACCER3 / "sacCer3.fa.gz", 500, 20_000)
    assert records.names == whole.names
    assert (records.starts(records.rows(slice(None))) == whole.starts(whole.rows(slice(None)))).all()
    assert (records.packed(slice(None)) == whole.packed(slice(None))).all()
