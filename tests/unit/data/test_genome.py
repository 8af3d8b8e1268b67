import errno
import itertools
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyfaidx
import pytest
from Bio import bgzf
from project import SCRIPTS
from real_data import SACCER3, needs_yeast

from danq.data.genome import Genome
from danq.errors import UserError

TEXT = ">chr1 first\nACGTN\nacgtr\n>chr2\nTT\n"


def test_plain_and_bgzip_files_give_the_same_genome(tmp_path):
    (tmp_path / "a.fa").write_text(TEXT)
    with bgzf.open(tmp_path / "b.fa.gz", "wb") as file:
        file.write(TEXT.encode())
    for name in ("a.fa", "b.fa.gz"):
        genome = Genome(tmp_path / name)
        assert genome.contigs == {"chr1": 10, "chr2": 2}
        assert genome.nibbles("chr1").tolist() == [8, 4, 2, 1, 0, 8, 4, 2, 1, 0]
        assert genome.size == 12


@pytest.mark.parametrize("text", ["", "no fasta at all\n"])
def test_a_file_that_is_not_fasta_is_an_error(tmp_path, text):
    (tmp_path / "a.fa").write_text(text)
    with pytest.raises(UserError, match="a.fa"):
        Genome(tmp_path / "a.fa")


def test_a_missing_genome_is_an_error(tmp_path):
    with pytest.raises(UserError, match="nowhere.fa"):
        Genome(tmp_path / "nowhere.fa")


def write_bgzip(path, text):
    with bgzf.open(path, "wb") as file:
        file.write(text.encode())
    return path


@pytest.mark.parametrize("white", [" ", "\t", " \t "])
@pytest.mark.parametrize("lines", ["all", "one", "middle"])
@pytest.mark.parametrize("compressed", [False, True])
def test_white_space_in_lines_is_never_a_base(tmp_path, white, lines, compressed):
    rows = ["ACGTACGT", "ACGTACGT", "ACGT"]
    rows = {
        "all": [row + white for row in rows],
        "one": [rows[0], rows[1] + white, rows[2]],
        "middle": [row[:2] + white + row[2:] for row in rows],
    }[lines]
    text = ">chr1\nACGT\n>chr2\n" + "\n".join(rows) + "\n"
    path = tmp_path / ("a.fa.gz" if compressed else "a.fa")
    write_bgzip(path, text) if compressed else path.write_text(text)
    with pytest.raises(UserError, match=r"a\.fa.*(line 4: contig chr2 has .*; remove white space|at line 5)"):
        Genome(path).nibbles("chr2")


@pytest.mark.parametrize(
    ("sequence", "words"),
    [
        ("ACGU", "line 2: contig a has 'U' at base 4; this is RNA; replace U by T"),
        ("MKLPE", "line 2: contig a has 'L' at base 3; this is a protein"),
        ("ACG*", "this is a protein"),
        ("AC1T", "line 2: contig a has '1' at base 3; a FASTA file has bases only"),
    ],
)
def test_characters_that_are_no_bases_are_named(tmp_path, sequence, words):
    (tmp_path / "a.fa").write_text(f">a\n{sequence}\n")
    with pytest.raises(UserError, match=words):
        Genome(tmp_path / "a.fa").nibbles("a")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (TEXT.encode("utf-16"), "UTF-16 text"),
        (TEXT.encode("utf-8-sig"), "byte order mark"),
        (b"PK\x03\x04", "a zip archive; unpack it"),
        (TEXT.replace("\n", "\r").encode(), "end with CR only"),
        (b"\n\n", "contains no sequence"),
        (b">\nACGT\n", "Bad sequence name"),
        (b">a\x01\nACGT\n", "control character"),
    ],
)
def test_files_of_another_kind_are_named(tmp_path, data, words):
    (tmp_path / "a.fa").write_bytes(data)
    with pytest.raises(UserError, match=words):
        Genome(tmp_path / "a.fa")


def test_ambiguous_bases_are_unknown(tmp_path):
    (tmp_path / "a.fa").write_text(">a\nNRYKMSWBDHVXacgt-.\n")
    assert np.flatnonzero(Genome(tmp_path / "a.fa").nibbles("a")).tolist() == [12, 13, 14, 15]


def test_a_bgzip_file_without_its_end_marker_is_truncated(tmp_path):
    path = write_bgzip(tmp_path / "a.fa.gz", TEXT)
    path.write_bytes(path.read_bytes()[:-28])
    with pytest.raises(UserError, match="a.fa.gz: the bgzip file is truncated"):
        Genome(path)


def test_concatenated_bgzip_files_are_read_to_the_end(tmp_path):
    """Each of them ends with an empty block."""
    parts = [write_bgzip(tmp_path / f"{name}.gz", f">{name}\nACGT\nAC\n").read_bytes() for name in "ab"]
    (tmp_path / "c.fa.gz").write_bytes(b"".join(parts))
    for _ in range(2):  # with a new index, and with that index
        genome = Genome(tmp_path / "c.fa.gz")
        assert list(genome.contigs) == ["a", "b"]
        assert [genome.nibbles(name).tolist() for name in "ab"] == [[8, 4, 2, 1, 8, 4]] * 2


def many_contigs(count: int) -> str:
    return "".join(f">c{i}\nACGTA\nAC\n" for i in range(count))


@pytest.mark.parametrize("compressed", [False, True])
def test_an_index_that_was_cut_is_built_again(tmp_path, compressed):
    text = many_contigs(20_000)
    path = tmp_path / ("a.fa.gz" if compressed else "a.fa")
    write_bgzip(path, text) if compressed else path.write_text(text)
    expected = Genome(path).contigs
    assert len(expected) == 20_000
    fai = Path(f"{path}.fai")
    whole = fai.read_bytes()
    lines = whole.splitlines(keepends=True)
    cuts = [b"", *(b"".join(lines[:n]) for n in (1, 19_990, 19_999)), whole[:-3], whole[: len(whole) // 2]]
    for cut in cuts:
        fai.write_bytes(cut)
        assert Genome(path).contigs == expected
        assert fai.read_bytes() == whole
    if compressed:
        gzi = Path(f"{path}.gzi")
        index = gzi.read_bytes()
        for cut in (b"", index[:-16], index[:5], struct.pack("<Q", 0)):
            gzi.write_bytes(cut)
            assert Genome(path).contigs == expected
            assert Genome(path).nibbles("c19999").tolist() == Genome(path).nibbles("c0").tolist()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("change", ["first", "middle", "last", "length", "name", "offset"])
def test_an_index_that_contradicts_the_file_is_built_again(tmp_path, compressed, change):
    path = tmp_path / ("a.fa.gz" if compressed else "a.fa")
    text = ">a x\nACGT\n>b\nACGT\nAC\n>c\nACGT"
    write_bgzip(path, text) if compressed else path.write_text(text)
    expected = Genome(path).contigs
    assert expected == {"a": 4, "b": 6, "c": 4}
    fai = Path(f"{path}.fai")
    whole = fai.read_text()
    lines = whole.splitlines()
    if change in ("first", "middle", "last"):
        del lines[("first", "middle", "last").index(change)]
    else:
        column = {"name": 0, "length": 1, "offset": 2}[change]
        fields = lines[0].split("\t")
        fields[column] = {"name": "z", "length": "3", "offset": "6"}[change]
        lines[0] = "\t".join(fields)
    fai.write_text("\n".join(lines) + "\n")
    assert Genome(path).contigs == expected
    assert fai.read_text() == whole


def test_a_full_disk_while_indexing_is_named(tmp_path, monkeypatch):
    (tmp_path / "a.fa").write_text(many_contigs(100))

    class Full(pyfaidx.Faidx):
        def build_index(self):
            try:
                raise OSError(errno.ENOSPC, "No space left on device")
            except OSError:
                raise OSError("a.fa.fai may not be writable") from None

    monkeypatch.setattr(pyfaidx, "Faidx", Full)
    with pytest.raises(UserError, match="the disk is full"):
        Genome(tmp_path / "a.fa")
    assert [one.name for one in tmp_path.iterdir()] == ["a.fa"]


def test_two_contigs_of_one_name_are_an_error(tmp_path):
    (tmp_path / "a.fa").write_text(">a\nACGT\n>a\nACGT\n")
    with pytest.raises(UserError, match="two contigs have the same name .*; rename one"):
        Genome(tmp_path / "a.fa")


def test_an_index_of_a_file_that_changed_is_built_again(tmp_path):
    path = tmp_path / "a.fa"
    path.write_text(TEXT)
    Genome(path)
    path.write_text(TEXT + ">chr3\nACG\n")
    os.utime(f"{path}.fai")  # the index is newer than the file
    assert Genome(path).contigs == {"chr1": 10, "chr2": 2, "chr3": 3}


def test_a_fresh_genome_opened_by_many_processes_is_whole_in_each(tmp_path):
    path = tmp_path / "a.fa"
    path.write_text(many_contigs(30_000))
    code = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); from danq.data.genome import Genome\n"
    code += "print(len(Genome(sys.argv[1]).contigs))"
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    assert {process.communicate()[0].strip() for process in processes} == {"30000"}
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.fa", "a.fa.fai"]


@pytest.mark.parametrize("ends", itertools.product(["\n", "\r\n"], ["", "\n"]))
def test_line_ends_and_the_end_of_the_file(tmp_path, ends):
    newline, last = ends
    text = TEXT.rstrip("\n") + last
    (tmp_path / "a.fa").write_bytes(text.replace("\n", newline).encode())
    genome = Genome(tmp_path / "a.fa")
    assert genome.contigs == {"chr1": 10, "chr2": 2}
    before = (tmp_path / "a.fa.fai").stat().st_mtime_ns
    assert Genome(tmp_path / "a.fa").nibbles("chr2").tolist() == [1, 1]
    assert (tmp_path / "a.fa.fai").stat().st_mtime_ns == before  # it was valid


@needs_yeast
def test_yeast_contigs_have_the_published_lengths(tmp_path):
    genome = Genome(SACCER3 / "sacCer3.fa.gz", tmp_path)
    sizes = dict(line.split() for line in (SACCER3 / "chrom.sizes").read_text().splitlines())
    assert {name: str(length) for name, length in genome.contigs.items()} == sizes
    assert genome.size == 12_157_105
    assert np.count_nonzero(genome.nibbles("chrI")) == 230_218
