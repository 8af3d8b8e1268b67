"""Files as people download them give the windows of plain FASTA and narrowPeak files."""

from __future__ import annotations

import gzip
from pathlib import Path

import pybigtools
import pytest
import toys
from project import copy_project, program, snakemake

from danq.data.windows import Windows

SPLITS = ("train", "valid", "test")
HEADING = "chr\tstart\tend\tlength\tabs_summit\tpileup\t-log10(pvalue)\tfold_enrichment\t-log10(qvalue)\tname"


def rows_of(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt") as file:
        return [line.split() for line in file]


def merged(rows: list[list[str]]) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    for contig, start, end in sorted((row[0], int(row[1]), int(row[2])) for row in rows):
        if found and found[-1][0] == contig and start <= found[-1][2]:
            found[-1] = (contig, found[-1][1], max(end, found[-1][2]))
        else:
            found.append((contig, start, end))
    return found


def write_macs(path: Path, rows: list[list[str]]) -> None:
    lines = ["# MACS", HEADING]
    for row in rows:
        start, end = int(row[1]), int(row[2])
        summit = start + int(row[9]) + 1
        lines.append(f"{row[0]}\t{start + 1}\t{end}\t{end - start}\t{summit}\t9\t9\t{row[6]}\t9\tp")
    toys.write_lines(path, lines)


def write_bed_graph(path: Path, peaks: list[tuple[str, int, int]]) -> None:
    """Each peak in two stretches, and stretches of low values between peaks."""
    lines, reached = [], ("", 0)
    for contig, start, end in peaks:
        before = reached[1] if reached[0] == contig else 0
        lines += [f"{contig}\t{before}\t{start}\t0.4"] if before < start else []
        middle = (start + end) // 2
        lines += [f"{contig}\t{start}\t{middle}\t3.5", f"{contig}\t{middle}\t{end}\t2"]
        reached = contig, end
    toys.write_lines(path, lines)


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A project with the dataset twice: `plain`, and `given` in other formats and with other names of contigs."""
    folder = copy_project(tmp_path_factory.mktemp("formats") / "project")
    plain = toys.write_dataset(folder / "plain")
    peaks = merged(rows_of(plain.peaks["DNase"]))
    toys.write_lines(folder / "plain/DNase.bed", ["\t".join(map(str, peak)) for peak in peaks])
    sheet = (folder / "plain/targets.tsv").read_text().replace("peaks/DNase.narrowPeak.gz", "DNase.bed")
    (folder / "plain/targets.tsv").write_text(sheet)

    given = folder / "given"
    given.mkdir()
    (given / "genome.fasta.gz").write_bytes(gzip.compress(plain.genome.read_bytes()))
    write_macs(given / "CTCF_peaks.xls", rows_of(plain.peaks["CTCF"]))
    entries = sorted(
        (row[0].removeprefix("chr"), int(row[1]), int(row[2]), "\t".join(row[3:]))
        for row in rows_of(plain.peaks["REST"])
    )
    sizes = {name.removeprefix("chr"): length for name, length in toys.CONTIGS.items()}
    pybigtools.open(str(given / "REST.bigBed"), "w").write(sizes, iter(entries))
    write_bed_graph(given / "DNase.bdg", peaks)
    accessions = ["\t".join([f"NC_{row[0][3:]}.1", *row[1:]]) for row in rows_of(plain.peaks["H3K4me3"])]
    toys.write_lines(given / "H3K4me3.narrowPeak", accessions)
    toys.write_lines(given / "alias.txt", ["# ucsc\trefseq", *(f"{name}\tNC_{name[3:]}.1" for name in toys.CONTIGS)])
    files = ("CTCF_peaks.xls", "REST.bigBed", "DNase.bdg", "H3K4me3.narrowPeak")
    rows = [
        f"{name}\t{assay}\t{file}\t{1.5 if name == 'DNase' else ''}"
        for (name, assay), file in zip(toys.TARGETS.items(), files, strict=True)
    ]
    toys.write_lines(given / "targets.tsv", ["name\tassay\tpeaks\tmin_signal", *rows])
    settings = toys.config("given") | {
        "genome": {"fasta": "genome.fasta.gz", "assembly": "toy", "aliases": "alias.txt"}
    }
    settings["windows"]["resize"] = 200
    toys.write_config(folder / "given/config.yaml", settings)
    return folder


def test_windows_of_all_formats_are_those_of_plain_files(project):
    done = snakemake(project, "--cores", "1", "--configfile", "given/config.yaml", "--", "windows")
    assert done.returncode == 0, done.stderr
    words = ["-g", "plain/genome.fa", "-t", "plain/targets.tsv", "--folder", "plain", "--resize", "200"]
    words += ["--window", "400", "--valid", "chr3", "--test", "chr4", "-o", "by_hand"]
    assert program("prepare", *words, folder=project).returncode == 0
    for split in SPLITS:
        found, wanted = (Windows(f"{project}/{place}/{split}.h5") for place in ("results/toy/windows", "by_hand"))
        assert found.fingerprint == wanted.fingerprint
        assert found.places()[1].tolist() == wanted.places()[1].tolist()
        assert found.made_by["genome"] == "genome.fasta.gz"
    assert len(list((project / "resources/genomes").rglob("*.bgz"))) == 1
