"""Files of variants: the same records from VCF, compressed VCF, BCF and tables, and what becomes of odd alleles."""

from __future__ import annotations

import gzip

import pysam
import pytest
import toys
from project import error_of, program

from danq.errors import UserError
from danq.variants.checked import REASONS, Counts, checked, kind
from danq.variants.contigs import Contigs
from danq.variants.read import Record, parts, records
from danq.variants.survey import CHECKED

HEADER = ["##fileformat=VCFv4.3", "##contig=<ID=chr1,length=1000>", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
RECORDS = [
    Record("chr1", 7, "rs1", "A", ("G",)),
    Record("chr1", 7, "rs1", "A", ("G",)),
    Record("chr1", 5, "", "AC", ("A", "ACT")),
    Record("chr1", 9, "", "N", ("*", "C")),
    Record("chr1", 11, "", "T", ()),
]


def vcf(path, wanted=RECORDS, header=HEADER):
    lines = [
        f"{one.contig}\t{one.position}\t{one.id or '.'}\t{one.ref}\t{','.join(one.alts) or '.'}\t.\t.\t."
        for one in wanted
    ]
    return toys.write_lines(path, [*header, *lines])


@pytest.fixture
def formats(tmp_path):
    """The same records in every format."""
    plain = vcf(tmp_path / "a.vcf")
    pysam.tabix_compress(str(plain), str(tmp_path / "b.vcf.gz"))
    (tmp_path / "c.vcf.gz").write_bytes(gzip.compress(plain.read_bytes()))
    with (
        pysam.VariantFile(str(plain)) as source,
        pysam.VariantFile(str(tmp_path / "d.bcf"), "wb", header=source.header) as bcf,
    ):
        for one in source:
            bcf.write(one)
    rows = [f"{one.contig}\t{one.position}\t{one.ref}\t{','.join(one.alts) or '.'}\t{one.id}" for one in RECORDS]
    toys.write_lines(tmp_path / "e.tsv", rows)
    toys.write_lines(tmp_path / "f.tsv", ["# a comment", "contig\tposition\tref\talt\tid", "", *rows])
    moved = ["\t".join(row.split("\t")[i] for i in (4, 0, 1, 2, 3)) + "\textra" for row in rows]
    toys.write_lines(tmp_path / "g.tsv", ["#id\tCHROM\tPOS\tREF\tALT\tx", *moved])
    (tmp_path / "h.tsv.gz").write_bytes(gzip.compress((tmp_path / "e.tsv").read_bytes()))
    return sorted(path for path in tmp_path.iterdir() if path.name != "e.fai")


def test_all_formats_give_the_same_records_in_order_with_duplicates(formats):
    assert len(formats) == 8
    for path in formats:
        found = [one._replace(alts=() if one.alts == (".",) else one.alts) for one in records(path)]
        assert found == RECORDS, path


def test_blocks_are_fixed_pieces():
    pieces = list(parts(RECORDS, 2))
    assert pieces == [(0, RECORDS[:2], False), (2, RECORDS[2:4], False), (4, RECORDS[4:], True)]
    for number, piece in enumerate(pieces):
        assert list(parts(RECORDS, 2, only=number)) == [piece]
    assert list(parts(RECORDS, 2, only=3)) == [(6, [], True)]
    assert list(parts(RECORDS, 5)) == list(parts(RECORDS, 5, only=0)) == [(0, RECORDS, True)]
    assert list(parts([], 5)) == [(0, [], True)]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["chr1\t5\tA"], "line 1: the alt is missing"),
        (["chr1\t5\tA\tC", "chr1\tx\tA\tC"], "line 2: the position must be a whole number .1-based., not 'x'"),
        (["chr1\t1_0\tA\tC"], "must be a whole number"),
        ([f"chr1\t{10**12}\tA\tC"], "must be a whole number"),
        (["chr1\t5\tA\tC\tx\0y"], "line 1: the id 'x.x00y' has a control character"),
        (["##fileformat=VCFv4.2", "chr1\t5\tA\tC"], "line 2: the alt is missing"),
    ],
)
def test_a_damaged_file_is_one_sentence(tmp_path, lines, words):
    path = toys.write_lines(tmp_path / "bad", lines)
    with pytest.raises(UserError, match=words):
        list(records(path))


def test_a_truncated_file_is_one_sentence(formats, tmp_path):
    for path in formats[1:4]:
        cut = tmp_path / "cut"
        cut.write_bytes(path.read_bytes()[:-40])
        with pytest.raises(UserError, match="cut: "):
            list(records(cut))
    (tmp_path / "binary").write_bytes(bytes(range(128, 256)))
    with pytest.raises(UserError, match="neither VCF, BCF nor a table"):
        list(records(tmp_path / "binary"))


GENOME = {"chr1": "ACGTTGCAAGGCTTACCATGGATCCAGTACNNRY" + "ACGT" * 20, "chrM": "GATTACA"}


@pytest.fixture
def contigs(tmp_path):
    return Contigs(toys.write_fasta(tmp_path / "genome.fa", GENOME), 10)


def test_skipped_alleles_are_counted_by_reason(contigs):
    odd = {
        "unknown_contig": Record("chr7", 1, "", "A", ("C",)),
        "missing": Record("chr1", 1, "", "A", (".", "")),
        "star": Record("chr1", 1, "", "A", ("*",)),
        "symbolic": Record("chr1", 1, "", "A", ("<DEL>", "<INS:ME>", "<*>")),
        "breakend": Record("chr1", 1, "", "A", ("A[chr2:7[", "]chr2:7]A", ".A", "A.")),
        "unknown_base": Record("chr1", 1, "", "A", ("N", "AR")),
        "no_change": Record("chr1", 1, "", "A", ("a",)),
        "off_contig": Record("chr1", 115, "", "A", ("C",)),
        "too_long": Record("chr1", 1, "", "A", ("A" * 31,)),
        "ref_mismatch": Record("chr1", 2, "", "A", ("C", "T")),
    }
    assert list(odd) == list(REASONS)
    fine = [Record("1", 1, "x", "a", ("c", "AGG")), Record("MT", 7, "", "A", ("T",))]
    alleles, counts = checked([*odd.values(), *fine, Record("chr1", 0, "", "A", ("C",))], 100, contigs, 30)
    assert counts.skipped == {reason: len(one.alts) for reason, one in odd.items()} | {"off_contig": 2}
    assert counts.records == 13
    assert counts.alleles == sum(counts.skipped.values()) + 3
    assert counts.examples["ref_mismatch"] == "chr1:2:A>C"
    assert counts.examples["off_contig"] == "chr1:115:A>C"
    assert (counts.compared, counts.mismatches, counts.shifted, counts.reversed) == (5, 2, 0, 1)
    assert alleles.record.tolist() == [111, 111, 112]
    assert [*zip(alleles.contig, alleles.start, alleles.ids, alleles.refs, alleles.alts, strict=True)] == [
        (0, 0, "x", "A", "C"),
        (0, 0, "x", "A", "AGG"),
        (1, 6, "", "A", "T"),
    ]
    assert alleles.ref_match.all()


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("skip", [("A", "C", True)]),
        ("swap", [("A", "C", True), ("C", "G", False)]),
        ("keep", [("A", "C", True), ("G", "C", False), ("A", "T", False)]),
    ],
)
def test_reference_alleles_that_are_not_the_genomes(contigs, mode, expected):
    given = [Record("1", 1, "", "A", ("C",)), Record("1", 2, "", "G", ("C",)), Record("1", 3, "", "A", ("T",))]
    alleles, counts = checked(given, 0, contigs, 30, mode)
    assert [*zip(alleles.refs, alleles.alts, alleles.ref_match.tolist(), strict=True)] == expected
    assert counts.mismatches == 2
    assert counts.skipped["ref_mismatch"] == 3 - len(expected)


def snvs(shift=0, swapped=False, wrong=False):
    """A SNV at every base of chr1; by choice of another assembly, one base too far left, or with exchanged alleles."""
    found = []
    for place, base in enumerate(GENOME["chr1"]):
        if base in "ACGT":
            other = "ACGT"[("ACGT".index(base) + 1 + place % 3) % 4]
            ref, alt = ("ACGT"[(7 * place + place // 5) % 4], "N") if wrong else (base, other)
            alt = "ACGT"["ACGT".index(ref) - 1] if wrong else alt
            found.append(Record("chr1", place + 1 - shift, "", *((alt, (ref,)) if swapped else (ref, (alt,)))))
    return found


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (snvs(shift=1), "one base further right, so the positions are 0-based; add 1"),
        (snvs(swapped=True), "so the two are exchanged; correct the file or use --ref-mismatch=swap"),
        (snvs(wrong=True), "use variants and a genome of the same assembly"),
    ],
)
def test_many_mismatches_are_an_error_that_names_the_cause(contigs, given, words):
    counts = Counts()
    for first in range(0, len(given), 10):  # the causes add up over blocks
        counts.add(checked(given[first : first + 10], first, contigs, 30)[1])
    with pytest.raises(UserError, match=rf"a.vcf: \d+ of \d+ reference alleles are not the genome's; .*{words}"):
        counts.check("a.vcf", "skip")
    checked(given, 0, contigs, 30, "keep")[1].check("a.vcf", "keep")


def test_five_percent_of_mismatches_are_not_an_error(contigs):
    given = snvs()[:100]
    for number in range(5):
        given[20 * number] = given[20 * number]._replace(ref="ACGT"["ACGT".index(given[20 * number].ref) - 1])
    given = [one for one in given if one.ref not in one.alts]
    few = checked(given, 0, contigs, 30)[1]
    assert 0 < few.mismatches <= 5
    few.check("a.vcf", "skip")
    exchanged = checked(snvs(swapped=True), 0, contigs, 30, "swap")[1]
    exchanged.check("a.vcf", "swap")
    assert exchanged.swapped == exchanged.mismatches


def test_a_file_without_a_variant_that_can_be_scored_is_an_error(contigs):
    _, counts = checked([Record("chr1", 1, "", "A", ("*",))], 0, contigs, 30)
    with pytest.raises(UserError, match=r"holds no variant that can be scored \(\* .deleted by another variant.: 1\)"):
        counts.check("a.vcf", "skip")


def test_kinds_of_alleles():
    assert [kind(one) for one in ("ACGT", "acgt", "<DEL>", "*", ".", "A]1:2]", "AN")] == [
        *("", "", "symbolic", "star", "missing", "breakend", "unknown_base"),
    ]


def test_the_program_that_checks_a_list_writes_its_numbers_or_names_the_cause(tmp_path):
    genome = toys.write_fasta(tmp_path / "genome.fa", GENOME)
    good = vcf(tmp_path / "good.vcf", snvs())
    done = program("check_variants", "-g", genome, "-v", good, "-o", tmp_path / "checked.tsv", "--window", "60")
    assert done.returncode == 0, done.stderr
    assert CHECKED.read(tmp_path / "checked.tsv").iloc[0].tolist() == [len(snvs())] * 4 + [0]
    rows = [f"{one.contig}\t{one.position - 1}\t{one.ref}\t{one.alts[0]}" for one in snvs()]
    table = toys.write_lines(tmp_path / "zero_based.tsv", rows)
    said = error_of("check_variants", "-g", genome, "-v", table, "-o", "bad.tsv", folder=tmp_path)
    assert "zero_based.tsv: " in said
    assert "so the positions are 0-based; add 1 to each" in said
    assert not (tmp_path / "bad.tsv").exists()
