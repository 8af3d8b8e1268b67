import gzip
import io
import os
import struct
import tarfile

import numpy as np
import py2bit
import pytest
from Bio import bgzf
from project import SCRIPTS, run_here
from real_data import SACCER3, needs_yeast

from danq.data import two_bit
from danq.data.composition_match import MaskedGenome
from danq.data.genome import Genome
from danq.data.genome_copy import write_bgzip
from danq.data.two_bit import TwoBit
from danq.data.windows import Windows
from danq.errors import UserError

draw = np.random.default_rng(4)


def bases(length, unknown=0.1, lower=0.4):
    """Random letters with stretches of N and of lower case."""
    letters = draw.choice(list("ACGT"), length)
    for share, change in ((unknown, lambda part: np.full(len(part), "N")), (lower, np.char.lower)):
        while share > 0 and length:
            start, size = int(draw.integers(length)), int(draw.integers(1, 40))
            letters[start : start + size] = change(letters[start : start + size])
            share -= size / length
    return "".join(letters)


def runs(text, inside):
    """Starts and sizes of the stretches of letters that a function is true of."""
    found = [i for i, letter in enumerate(text) if inside(letter)]
    starts = [i for i in found if i == 0 or not inside(text[i - 1])]
    ends = [i + 1 for i in found if i + 1 == len(text) or not inside(text[i + 1])]
    return starts, [end - start for start, end in zip(starts, ends, strict=True)]


def write_two_bit(path, contigs, order="<", version=0):
    """Write a 2bit file by UCSC's specification: header, index, and a record for each contig."""
    records = []
    for text in contigs.values():
        record = struct.pack(f"{order}I", len(text))
        for starts, sizes in (runs(text, lambda one: one in "Nn"), runs(text, str.islower)):
            record += struct.pack(f"{order}I{len(starts)}I{len(sizes)}I", len(starts), *starts, *sizes)
        codes = ["TCAG".find(letter) % 4 for letter in text.upper()] + [0] * (-len(text) % 4)
        fours = zip(*(codes[i::4] for i in range(4)), strict=True)
        records.append(record + bytes(4) + bytes(a << 6 | b << 4 | c << 2 | d for a, b, c, d in fours))
    offset = 16 + sum(5 + len(name) + 4 * version for name in contigs)
    data = struct.pack(f"{order}4I", 0x1A412743, version, len(contigs), 0)
    for name, record in zip(contigs, records, strict=True):
        data += bytes([len(name)]) + name.encode() + struct.pack(f"{order}{'IQ'[version]}", offset)
        offset += len(record)
    path.write_bytes(data + b"".join(records))
    return path


def fasta(contigs, line=50):
    lines = []
    for name, text in contigs.items():
        lines += [f">{name}", *(text[i : i + line] for i in range(0, len(text), line))]
    return "".join(f"{one}\n" for one in lines).encode()


CONTIGS = {"chr1": bases(997), "chr2": bases(64), "chrUn_1": bases(3)}


def write_all(folder, contigs):
    """The same genome as plain FASTA, gzip, bgzip and 2bit."""
    folder.mkdir(exist_ok=True)
    text = fasta(contigs)
    (folder / "a.fa").write_bytes(text)
    (folder / "a.fa.gz").write_bytes(gzip.compress(text[:300]) + gzip.compress(text[300:]))
    with bgzf.open(folder / "b.fa.gz", "wb") as file:
        file.write(text)
    write_two_bit(folder / "a.2bit", contigs)
    return [folder / name for name in ("a.fa", "a.fa.gz", "b.fa.gz", "a.2bit")]


def test_all_formats_give_the_same_letters(tmp_path):
    for path in write_all(tmp_path, CONTIGS):
        genome = MaskedGenome(path)
        assert genome.contigs == {name: len(text) for name, text in CONTIGS.items()}
        for name, text in CONTIGS.items():
            assert genome.letters(name, 0, len(text)).tobytes().decode() == text, path
    assert sorted(path.name for path in tmp_path.glob("*.bgz")) == ["a.2bit.bgz", "a.fa.gz.bgz"]


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("order", "<>")
def test_two_bit_files_of_both_orders_and_versions(tmp_path, monkeypatch, order, version):
    path = write_two_bit(tmp_path / "a.2bit", CONTIGS, order, version)
    for chunk in (4, 64, 1 << 20):
        monkeypatch.setattr(two_bit, "CHUNK", chunk)
        read = TwoBit(path)
        found = {name: b"".join(part.tobytes() for part in read.letters(name)).decode() for name in read.contigs}
        assert found == CONTIGS
    if order == "<" and version == 0:  # what py2bit reads
        other = py2bit.open(str(path), True)
        upper = {name: other.sequence(name).replace("n", "N") for name in other.chroms()}
        assert upper == {name: text.replace("n", "N") for name, text in CONTIGS.items()}


def test_a_two_bit_file_that_is_cut_anywhere_is_named(tmp_path):
    data = write_two_bit(tmp_path / "a.2bit", CONTIGS).read_bytes()
    path = tmp_path / "cut.2bit"
    for size in (*range(4, 80, 3), *range(80, len(data), 17), len(data) - 1):
        path.write_bytes(data[:size])
        with pytest.raises(UserError, match=r"cut\.2bit: the 2bit file is truncated or damaged"):
            Genome(path)
        assert not (tmp_path / "cut.2bit.bgz").exists()


def test_a_gzip_file_that_is_cut_is_named(tmp_path):
    data = gzip.compress(fasta(CONTIGS))
    path = tmp_path / "cut.fa.gz"
    for size in range(20, len(data), 40):
        path.write_bytes(data[:size])
        with pytest.raises(UserError, match=r"cut\.fa\.gz: the gzip file is truncated or damaged"):
            Genome(path)
    assert [one.name for one in tmp_path.iterdir()] == ["cut.fa.gz"]


def archive():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("chr1.fa"))
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "no sequence"), (b"chr1\t1\t5\n", "begins with '>'"), (archive(), "a tar archive; unpack it")],
)
def test_a_gzip_file_of_something_else_is_named(tmp_path, data, words):
    (tmp_path / "a.fa.gz").write_bytes(gzip.compress(data))
    with pytest.raises(UserError, match=words):
        Genome(tmp_path / "a.fa.gz")
    assert [one.name for one in tmp_path.iterdir()] == ["a.fa.gz"]


def test_the_copy_is_made_once_and_again_when_the_file_changed(tmp_path):
    path = tmp_path / "a.fa.gz"
    path.write_bytes(gzip.compress(b">a\nACGT\n"))
    made = [Genome(path).path.stat().st_mtime_ns for _ in range(2)]
    assert made[0] == made[1]
    path.write_bytes(gzip.compress(b">a\nACGTT\n"))
    os.utime(path, (path.stat().st_mtime + 5,) * 2)
    assert Genome(path).contigs == {"a": 5}


def test_a_bgzip_file_is_linked(tmp_path):
    path = write_all(tmp_path, CONTIGS)[2]
    write_bgzip(path, tmp_path / "copy.bgz")
    assert (tmp_path / "copy.bgz").samefile(path)


def test_programs_give_the_same_windows_from_all_formats(tmp_path):
    contigs = {f"chr{i}": bases(1500, unknown=0.02) for i in range(1, 4)}
    rows = "".join(f"{name}\t{start}\t{start + 90}\n" for name in contigs for start in range(100, 1300, 130))
    (tmp_path / "peaks.bed").write_text(rows)
    (tmp_path / "targets.tsv").write_text("name\tassay\tpeaks\na\tTF\tpeaks.bed\n")
    words = ["-t", "targets.tsv", "--keep", "all", "--bin", "50", "--window", "100", "--processes", "1"]
    found = []
    for path in write_all(tmp_path, contigs):
        output = tmp_path / f"out.{path.name}"
        more = ["--valid", "chr2", "--test", "chr3", "-o", output]
        done = run_here(SCRIPTS / "prepare.py", "-g", path, *words, *more, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        found.append([Windows(output / f"{split}.h5").fingerprint for split in ("train", "valid", "test")])
    assert all(one == found[0] for one in found)


@needs_yeast
def test_yeast_from_plain_gzip_is_the_same(tmp_path):
    with gzip.open(SACCER3 / "sacCer3.fa.gz") as file:
        text = file.read()
    (tmp_path / "sacCer3.fa.gz").write_bytes(gzip.compress(text, 1))
    genome = MaskedGenome(tmp_path / "sacCer3.fa.gz")
    found = b"".join(genome.letters(name, 0, length).tobytes() for name, length in genome.contigs.items())
    assert found == b"".join(line for line in text.split(b"\n") if not line.startswith(b">"))
