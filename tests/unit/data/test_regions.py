"""Regions by name and from BED files."""

import gzip

import pytest
from toys import write_lines

from danq.data.contig_names import genome_name
from danq.data.regions import Region, named_regions, read_bed
from danq.errors import UserError

CONTIGS = {"chr1": 1000, "chr2": 600, "chrM": 90, "3": 40, "HLA:1": 50}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        *(("chr1", "chr1"), ("1", "chr1"), ("chr3", "3"), ("3", "3"), ("HLA:1", "HLA:1")),
        *(("MT", "chrM"), ("M", "chrM"), ("chrMT", "chrM"), ("chr4", None), ("4", None), ("", None)),
    ],
)
def test_contigs_are_found_by_other_names(name, found):
    assert genome_name(name, CONTIGS) == found


def test_regions_by_name_are_as_in_a_genome_browser():
    texts = ["chr2", "chr1:101-200", "1:1,000-1,000", "HLA:1", "HLA:1:1-5", "MT:1-90", "chr1:101-200"]
    assert named_regions(texts, CONTIGS) == [
        Region("chr2", 0, 600),
        Region("chr1", 100, 200),
        Region("chr1", 999, 1000),
        Region("HLA:1", 0, 50),
        Region("HLA:1", 0, 5),
        Region("chrM", 0, 90),
        Region("chr1", 100, 200),
    ]
    assert named_regions(["1:1,000-1,000"], CONTIGS)[0].title == "chr1:1000-1000"


@pytest.mark.parametrize("text", ["chr9", "chr9:1-5", "chr1:0-5", "chr1:9-5", "chr1:1-1001", "chr1:5", "chr1:-5", ""])
def test_a_region_by_name_that_is_not_on_the_genome_is_an_error(text):
    with pytest.raises(UserError, match=f"^'{text}'"):
        named_regions([text], CONTIGS)


LINES = [
    "# comment",
    "track name=x",
    "browser position chr1",
    "chr2\t10\t20\tb\t0\t-\textra",
    "1\t0\t1000",
    "chr2\t5\t7\tb",
]
EXPECTED = [Region("chr2", 10, 20, "b"), Region("chr1", 0, 1000), Region("chr2", 5, 7, "b")]


@pytest.mark.parametrize("kind", ["tabs", "spaces", "crlf", "cr", "bom", "gzip"])
def test_bed_files_keep_their_order_and_repetitions(tmp_path, kind):
    text = "".join(f"{line}\n" for line in [*LINES, LINES[3], ""])
    text = {"spaces": text.replace("\t", "  "), "crlf": text.replace("\n", "\r\n"), "cr": text.replace("\n", "\r")}.get(
        kind, text
    )
    data = text.encode("utf-8-sig" if kind == "bom" else "utf-8")
    (tmp_path / "a.bed").write_bytes(gzip.compress(data) if kind == "gzip" else data)
    regions, account = read_bed(tmp_path / "a.bed", CONTIGS)
    assert regions == [*EXPECTED, EXPECTED[0]]
    assert account == {"regions": 4, "used": 4, "unknown_contig": 0, "outside_contig": 0, "clipped": 0}


def test_regions_that_are_not_on_the_genome_are_counted(tmp_path, caplog):
    good = [f"chr1\t{start}\t{start + 5}" for start in range(0, 900, 3)]
    odd = ["chrX\t1\t9", "chrY_random\t1\t9", "chr1\t1000\t1005", "chr2\t590\t601", "chr2\t0\t9"]
    regions, account = read_bed(write_lines(tmp_path / "a.bed", [*good, *odd]), CONTIGS)
    assert account == {"regions": 305, "used": 302, "unknown_contig": 2, "outside_contig": 1, "clipped": 1}
    assert regions[-2:] == [Region("chr2", 590, 600), Region("chr2", 0, 9)]
    assert [record.message.split("a.bed: ")[1] for record in caplog.records] == [
        "2 of 305 regions on contigs that the genome does not have, skipped",
        "1 of 305 regions beyond the end of their contig, skipped",
        "1 of 305 regions cut at the end of their contig",
    ]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["chr1\t1\t2", "chr1\t5"], "line 2: a region needs at least contig, start and end"),
        (["chr1\t1\tx"], "line 1: start and end must be whole numbers of bp, not '1' and 'x'"),
        (["chr1\t-1\t5"], "line 1: start and end must be whole numbers of bp, not '-1' and '5'"),
        (["chr1\t5\t5"], "line 1: the start 5 is not below the end 5"),
        (["chr7\t1\t5"], "none of its contigs \\('chr7', ...\\) is in the genome \\('chr1', ...\\)"),
        (
            ["chr1\t1\t2", "chr1\t900\t12001"],
            "line 2: the region ends at 12,001, beyond the end of chr1 \\(1,000 bp\\)",
        ),
        (["chr1\t1\t1001", "chr1\t1\t5", "2\t0\t601"], "line 1: the region ends at 1,001, beyond the end of chr1"),
        (["# nothing"], "holds no region"),
        ([], "holds no region"),
        (["chr\tstart\tend", "chr1\t1\t5"], "a table of MACS"),
        (["PK\x03\x04"], "a zip archive"),
        (["chr1\t1\t5\0"], "binary data"),
    ],
)
def test_a_wrong_bed_file_is_an_error(tmp_path, lines, words):
    with pytest.raises(UserError, match=f"a.bed.*{words}"):
        read_bed(write_lines(tmp_path / "a.bed", lines), CONTIGS)
