"""Windows of alleles, compared base by base with edits of strings and with `bcftools consensus`."""

from __future__ import annotations

import os
import shutil
import subprocess

import numpy as np
import pytest
import toys
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from danq.data import onehot
from danq.variants.alleles import AlleleWindows, anchor, longest
from danq.variants.checked import checked
from danq.variants.contigs import Contigs
from danq.variants.read import Record

BATCH, PIECE = 4, 8
bases = st.text("ACGT", min_size=1, max_size=12)


def edited(sequence: str, place: int, ref: str, allele: str, length: int) -> str:
    """The window of an allele by editing the contig as a string: its first base at index L / 2 - 1."""
    before, behind = sequence[:place], sequence[place + len(ref) :]
    whole = "N" * length + before + allele + behind + "N" * (2 * length)
    begin = length + place - max(length // 2 - 1, 0)
    return whole[begin : begin + length]


@st.composite
def cases(draw):
    """A genome, a window length, and records on it that may overlap and repeat; some do not match the genome."""
    genome = {name: draw(st.text("ACGTN", min_size=12, max_size=60)) for name in ("chr1", "2")}
    records = []
    for _ in range(draw(st.integers(1, 12))):
        contig = draw(st.sampled_from(sorted(genome)))
        place = draw(st.integers(0, len(genome[contig]) - 1))
        size = draw(st.integers(1, min(8, len(genome[contig]) - place)))
        ref = genome[contig][place : place + size]
        if draw(st.integers(0, 5)) == 0:
            ref = draw(st.text("ACGT", min_size=size, max_size=size))
        alts = tuple(draw(st.lists(bases, min_size=1, max_size=3)))
        records += [Record(contig, place + 1, "", ref, alts)] * draw(st.integers(1, 2))
    return genome, draw(st.integers(4, 40)), records


def windows_of(folder, genome, length, records, mode):
    contigs = Contigs(toys.write_fasta(folder / "genome.fa", genome), margin=length)
    alleles, _ = checked(records, 0, contigs, longest(length), mode)
    source = AlleleWindows(alleles, contigs, length, PIECE, BATCH)
    return alleles, source, contigs


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases(), st.sampled_from(["skip", "swap", "keep"]))
def test_windows_are_those_of_edited_strings(tmp_path_factory, case, mode):
    genome, length, records = case
    alleles, source, contigs = windows_of(tmp_path_factory.mktemp("case"), genome, length, records, mode)
    texts = onehot.text(source.packed(slice(None)), length) if len(alleles) else []
    assert len(source) % BATCH == 0
    seen = []
    for number, (rows, reference, alternative) in enumerate(source.pieces):
        seen += range(rows.start, rows.stop)
        for row, one, other in zip(range(rows.start, rows.stop), reference, alternative, strict=True):
            place, ref, alt = int(alleles.start[row]), alleles.refs[row], alleles.alts[row]
            sequence = genome[contigs.names[alleles.contig[row]]]
            genomic = sequence[place : place + len(ref)] == ref
            if mode == "keep":
                assert genomic == alleles.ref_match[row]
            else:
                assert genomic
            for allele, window in ((ref, one), (alt, other)):
                expected = edited(sequence, place, ref, allele, length)
                assert texts[PIECE * number + window] == expected, (place, ref, allele, length)
    assert seen == list(range(len(alleles)))


def test_a_snv_lies_at_half_the_length_minus_one(tmp_path):
    for length in (40, 41):
        sequence = "".join(np.random.default_rng(1).choice(list("ACGT"), 200))
        sequence = f"{sequence[:100]}A{sequence[101:]}"
        _, source, _ = windows_of(tmp_path, {"1": sequence}, length, [Record("1", 101, "", "A", ("C",))], "skip")
        ref, alt = onehot.text(source.packed(slice(0, 2)), length)
        assert [i for i in range(length) if ref[i] != alt[i]] == [length // 2 - 1]
        assert ref[length // 2 - 1] == "A"
        assert ref == sequence[100 - length // 2 + 1 :][:length]


def test_the_left_flank_of_an_indel_is_shared_and_the_right_is_refilled(tmp_path):
    sequence = "ACGTTGCAAGGCTTACCATGGATCCAGTAC"
    records = [Record("1", 12, "", "CT", ("C", "CTGG"))]
    assert sequence[11:13] == "CT"
    alleles, source, _ = windows_of(tmp_path, {"1": sequence}, 12, records, "skip")
    ref, deletion, insertion, _ = onehot.text(source.packed(slice(None)), 12)
    assert len(alleles) == 2
    assert ref == sequence[6:18]
    assert deletion == sequence[6:12] + sequence[13:19]
    assert insertion == sequence[6:12] + "TGG" + sequence[13:16]


def test_alleles_at_one_place_share_the_window_of_the_reference(tmp_path):
    sequence = "ACGTTGCAAGGCTTACCATGGATCCAGTAC"
    records = [
        Record("1", 5, "", "T", ("A", "C")),
        Record("1", 20, "", "GG", ("G",)),
        Record("1", 5, "again", "TG", ("T",)),
        Record("1", 5, "", "A", ("G",)),  # not the genome's: kept, in a window of its own
    ]
    _, source, _ = windows_of(tmp_path, {"1": sequence}, 10, records, "keep")
    [(rows, reference, alternative)] = source.pieces
    assert (rows.start, rows.stop) == (0, 5)
    assert reference[0] == reference[1] == reference[3]
    assert len({reference[0], reference[2], reference[4], *alternative}) == 8


def test_windows_are_read_on_both_strands_and_have_places(tmp_path):
    sequence = "ACGTTGCAAGGCTTACCATGGATCCAGTAC"
    _, source, _ = windows_of(tmp_path, {"1": sequence}, 11, [Record("1", 3, "", "G", ("GAA",))], "skip")
    forward = source.onehot(slice(None))
    assert (source.onehot(slice(None), np.ones(len(source), bool)) == forward[:, ::-1, ::-1]).all()
    names, starts = source.places()
    assert set(names) == {"1"}
    assert set(starts) == {2 - anchor(11)}


def needs_bcftools():
    found = shutil.which("bcftools")
    if not found and not os.environ.get("CI"):
        pytest.skip("bcftools is not installed")
    assert found, "bcftools is not installed"


def test_windows_are_those_of_bcftools_consensus(tmp_path):
    """Each allele alone is put into the contig by bcftools; the window is then cut from the result."""
    needs_bcftools()
    draw, length = np.random.default_rng(3), 50
    sequence = "".join(draw.choice(list("ACGT"), 400))
    fasta = toys.write_fasta(tmp_path / "one.fa", {"chr1": sequence})
    records = []
    for place in draw.integers(0, 395, 12).tolist():
        ref = sequence[place : place + int(draw.integers(1, 5))]
        alt = ref[0] + "".join(draw.choice(list("ACGT"), int(draw.integers(0, 4))))
        alt = alt if alt != ref else ref + "A"
        records.append(Record("chr1", place + 1, "", ref, (alt,)))
    alleles, source, _ = windows_of(tmp_path, {"chr1": sequence}, length, records, "skip")
    texts = onehot.text(source.packed(slice(None)), length)
    header = ["##fileformat=VCFv4.2", "##contig=<ID=chr1,length=400>", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    assert len(alleles) == len(records)
    for number, (rows, _, alternative) in enumerate(source.pieces):
        for row, window in zip(range(rows.start, rows.stop), alternative, strict=True):
            one = records[row]
            line = f"chr1\t{one.position}\t.\t{one.ref}\t{one.alts[0]}\t.\t.\t."
            vcf = toys.write_lines(tmp_path / "one.vcf", [*header, line])
            for command in (
                ["bcftools", "view", "-Oz", "-o", f"{vcf}.gz", vcf],
                ["bcftools", "index", "-f", f"{vcf}.gz"],
                ["bcftools", "consensus", "-f", fasta, "-o", tmp_path / "edited.fa", f"{vcf}.gz"],
            ):
                subprocess.run(command, check=True, capture_output=True)
            whole = "".join((tmp_path / "edited.fa").read_text().splitlines()[1:])
            begin = one.position - 1 - (length // 2 - 1) + length
            expected = ("N" * length + whole + "N" * length)[begin : begin + length]
            assert texts[PIECE * number + window] == expected, one
