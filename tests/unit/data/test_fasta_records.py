"""Windows along the records of FASTA files, compared with strings."""

import gzip

import numpy as np
import pytest
from Bio import bgzf
from hypothesis import given, settings
from hypothesis import strategies as st

from danq.data import fasta_records, onehot
from danq.data.fasta_records import FastaRecords
from danq.errors import UserError

COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def brute(records, length, stride):
    """Name, start and bases of each window, by string surgery."""
    found = []
    for name, bases in records:
        missing = max(length - len(bases), 0)
        padded = "N" * (missing // 2) + bases + "N" * (missing - missing // 2)
        starts = list(range(0, len(padded) - length + 1, stride))
        if starts[-1] + length < len(padded):
            starts.append(len(padded) - length)
        found += [(name, start - missing // 2, padded[start : start + length]) for start in starts]
    return found


def write(path, records, width=None):
    lines = []
    for name, bases in records:
        lines.append(f">{name} some words")
        lines += [bases[i : i + width] for i in range(0, len(bases), width)] if width else [bases]
    text = "\n".join([*lines, ""]).encode()
    if path.suffix == ".bgz":
        with bgzf.open(path, "wb") as file:
            file.write(text)
    else:
        path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("records")


records_of = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), st.text("ACGTN", min_size=1, max_size=120)), min_size=1, max_size=5
)


@settings(max_examples=80, deadline=None)
@given(
    records_of,
    st.integers(1, 50),
    st.integers(1, 60),
    st.sampled_from([None, 1, 7, 60]),
    st.integers(1, 40),
    st.sampled_from(["a.fa", "a.fa.gz", "a.fa.bgz"]),
    st.randoms(),
)
def test_windows_are_those_of_the_strings(folder, records, length, stride, width, chunk, name, random):
    expected = brute(records, length, stride)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fasta_records, "CHUNK", chunk)  # chunks end in headers and in lines
        source = FastaRecords(write(folder / name, records, width), length, stride, pad=True)
        assert len(source) == len(expected)
        for rows in (slice(None), slice(len(expected) - 1, None), slice(0, 3)):  # also again from the beginning
            assert onehot.text(source.packed(rows), length) == [bases for _, _, bases in expected[rows]]
        names, starts = source.places()
        assert list(zip(names, starts, strict=True)) == [(one, start) for one, start, _ in expected]
        index = np.array([random.randrange(len(expected)) for _ in range(6)])
        reverse = np.array([random.random() < 0.5 for _ in index])
        texts = [
            expected[i][2].translate(COMPLEMENT)[:: -1 if r else 1] if r else expected[i][2]
            for i, r in zip(index, reverse, strict=True)
        ]
        assert onehot.text(source.packed(index, reverse), length) == texts
        assert source.repeated == len(records) - len({name for name, _ in records})
        assert source.short == sum(len(bases) < length for _, bases in records)


def test_short_records_are_refused_by_default(tmp_path):
    path = write(tmp_path / "a.fa", [("long", "ACGT" * 5), ("short", "ACG"), ("shorter", "A")])
    with pytest.raises(
        UserError, match=r"the record short has 3 bp \(and 1 more\), the model reads windows of 20 bp.*--pad"
    ):
        FastaRecords(path, 20)
    assert len(FastaRecords(path, 20, pad=True)) == 3


def test_the_stride_is_a_window_by_default(tmp_path):
    source = FastaRecords(write(tmp_path / "a.fa", [("a", "ACGT" * 5)]), 8)
    assert source.places()[1].tolist() == [0, 8, 12]


def test_the_records_are_read_once_while_windows_are_asked_for_in_order(tmp_path, monkeypatch):
    draw = np.random.default_rng(0)
    records = [(f"r{number}", "".join(draw.choice(list("ACGT"), 400))) for number in range(50)]
    source = FastaRecords(write(tmp_path / "a.fa", records, 60), 100, 30)
    expected = [bases for _, _, bases in brute(records, 100, 30)]
    monkeypatch.setattr(source, "_rewind", lambda: pytest.fail("the file is read again"))
    for first in range(0, len(source), 64):
        rows = slice(first, min(first + 64, len(source)))
        assert onehot.text(source.packed(np.arange(rows.start, rows.stop)), 100) == expected[rows]
    last = np.minimum(np.arange(len(source) - 3, len(source) + 5), len(source) - 1)
    assert onehot.text(source.packed(last), 100) == [expected[i] for i in last]


def test_line_ends_of_windows_and_blank_lines_are_no_bases(tmp_path):
    (tmp_path / "a.fa").write_bytes(b"\r\n>a x\r\nACG\r\n\r\nTAC\r\n>b\r\nGGGGG")
    source = FastaRecords(tmp_path / "a.fa", 5, 1)
    assert onehot.text(source.packed(slice(None)), 5) == ["ACGTA", "CGTAC", "GGGGG"]


def test_a_file_that_changes_is_an_error(tmp_path):
    path = write(tmp_path / "a.fa", [("a", "ACGT" * 5), ("b", "ACGT" * 5)])
    source = FastaRecords(path, 20)
    write(path, [("a", "ACGT" * 4), ("b", "ACGT" * 6)])
    with pytest.raises(UserError, match="a.fa: has changed while it was read"):
        source.packed(slice(None))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "contains no sequence"),
        (b"\n\n", "contains no sequence"),
        (b"ACGT\n", "line 1: text before the first record"),
        (b"\n\n>a\nACGT\nAC GT\n", r"line 5: the record a has ' '; remove white space"),
        (b">a\nACGT\n>b\nACGT\nACUU\n", "line 5: the record b has 'U'; this is RNA"),
        (b">a\nMKL\n", "line 2: the record a has 'L'; this is a protein"),
        (b">a\nAC>GT\n", "line 2: the record a has '>'"),
        (b">a\n>b\nACGT\n", "the record a has no bases"),
        (b">a\nACGT\n>b\n", "the record b has no bases"),
        (b">\nACGT\n", "line 1: the record has no name"),
        (b">a\nACGT\n> \nACGT\n", "line 3: the record has no name"),
        (b">a\x01\nACGT\n", "control character"),
        (b">a\nACGT\n>b\xff\nACGT\n", "line 3: the header is not in UTF-8"),
        ("\ufeff>a\nACGT\n".encode(), "byte order mark"),
        (gzip.compress(b">a\n" + b"ACGT" * 5000)[:-12], "gzip file is truncated"),
        (gzip.compress(b"chr1\t1\t5\n"), "line 1: text before the first record"),
        (b">a\rACGT\r", "end with CR only"),
    ],
)
def test_a_file_that_is_not_fasta_is_an_error(tmp_path, data, words):
    (tmp_path / "a.fa").write_bytes(data)
    with pytest.raises(UserError, match=f"a.fa.*{words}"):
        FastaRecords(tmp_path / "a.fa", 4)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(UserError, match=r"none.fa: no such FASTA file"):
        FastaRecords(tmp_path / "none.fa", 4)
