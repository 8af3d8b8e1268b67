"""Targets, assays and cell types from the names of files as they occur."""

from __future__ import annotations

from pathlib import Path

import pytest

from danq.errors import UserError
from danq.motifs import jaspar, names
from danq.starting.guesses import guess

KNOWN = [factor for name in jaspar.core_names("JASPAR2024", ["vertebrates"]) for factor in names.factors_of(name)]


def guessed(*files: str) -> list[tuple[str, str, str, str]]:
    """Name, assay, cell and treatment of each file."""
    return [(one.name, one.assay, one.cell, one.treatment) for one in guess([Path(file) for file in files], KNOWN)[0]]


@pytest.mark.parametrize(
    ("file", "name", "assay", "cell", "treatment"),
    [
        # ENCODE, 2012
        ("wgEncodeAwgTfbsBroadHelas3CtcfUniPk.narrowPeak.gz", "CTCF", "TF", "HeLa-S3", ""),
        ("wgEncodeAwgTfbsHaibGm12878Atf2sc81188V0422111UniPk.narrowPeak.gz", "ATF2", "TF", "GM12878", ""),
        ("wgEncodeAwgDnaseUwdukeK562UniPk.narrowPeak.gz", "DNase", "DNase", "K562", ""),
        ("wgEncodeBroadHistoneGm12878H3k27acStdPk.broadPeak.gz", "H3K27ac", "histone", "GM12878", ""),
        ("wgEncodeUwHistoneGm12878H3k04me3StdPkRep1.narrowPeak.gz", "H3K4me3", "histone", "GM12878", ""),
        ("wgEncodeSydhTfbsK562CmycIfna30StdPk.narrowPeak.gz", "CMYC", "TF", "K562", "Ifna30"),
        ("wgEncodeOpenChromDnaseGm12878Pk.narrowPeak.gz", "DNase", "DNase", "GM12878", ""),
        ("GSM733752_hg19_wgEncodeBroadHistoneGm12878CtcfStdAlnRep0.broadPeak.gz", "CTCF", "TF", "GM12878", ""),
        # accessions
        ("ENCFF002CEL.bed.gz", "ENCFF002CEL", "unknown", "", ""),
        ("SRX097088.05.bed", "SRX097088", "unknown", "", ""),
        ("GSM1010741_CTCF_K562_rep1_peaks.bed.gz", "CTCF", "TF", "K562", ""),
        # pipelines and people
        ("K562_CTCF_rep1.narrowPeak.gz", "CTCF", "TF", "K562", ""),
        ("HeLa-S3-REST-rep1_peaks.narrowPeak", "REST", "TF", "HeLa-S3", ""),
        ("KO_CTCF_REP1.mLb.clN_peaks.broadPeak", "CTCF", "TF", "", "KO"),
        ("GM12878-PU.1.idr0.05.bfilt.narrowPeak.gz", "PU.1", "TF", "GM12878", ""),
        ("NKX2-5_heart.bed", "NKX2-5", "TF", "heart", ""),
        ("H1-hESC_POLR2A_optimal_idr.bed.gz", "POLR2A", "TF", "H1-hESC", ""),
        ("remap2022_CTCF_nr_macs2_hg38_v1_0.bed.gz", "CTCF", "TF", "", ""),
        ("ATAC_hmmratac.narrowPeak.gz", "ATAC", "ATAC", "", ""),
        ("Bcell_DNase.bed", "DNase", "DNase", "Bcell", ""),
        ("MCF-7_h3k9ac.broadPeak", "H3K9ac", "histone", "MCF-7", ""),
        ("H2A.Z_K562.bed", "H2A.Z", "histone", "K562", ""),
        ("Htz1.narrowPeak.gz", "Htz1", "histone", "", ""),
        ("Spt15.narrowPeak.gz", "Spt15", "TF", "", ""),
        ("ctcf.bed", "CTCF", "TF", "", ""),
        ("1_sort_peaks.narrowPeak.bed", "1_sort_peaks", "unknown", "", ""),
    ],
)
def test_one_name(file, name, assay, cell, treatment):
    assert guessed(file) == [(name, assay, cell, treatment)]


def test_replicates_have_names_of_their_own():
    """By the numbers in their names, or else in the order of the files."""
    files = ("K562_CTCF_rep3.bed", "K562_CTCF_rep1.bed", "HepG2_CTCF_rep1.bed")
    assert [name for name, *_ in guessed(*files)] == ["CTCF_rep3", "CTCF_rep1", "CTCF"]
    assert [name for name, *_ in guessed("a/CTCF.bed", "b/CTCF.bed")] == ["CTCF_rep1", "CTCF_rep2"]
    assert [name for name, *_ in guessed("K562_A_1.bed", "K562_A_2.bed")] == ["A_rep1", "A_rep2"]
    assert [one.factor for one in guess([Path("a/CTCF.bed"), Path("b/CTCF.bed")], KNOWN)[0]] == ["CTCF", "CTCF"]


def test_words_that_all_names_have_are_left_out():
    found, shared = guess([Path("rossi_Abf1_lab.bed"), Path("rossi_Reb1_lab.bed")], KNOWN)
    assert [one.name for one in found] == ["Abf1", "Reb1"]
    assert shared == ["lab", "rossi"]
    assert [name for name, *_ in guessed("K562_CTCF.bed", "GM12878_CTCF.bed")] == ["CTCF", "CTCF"]


def test_the_table_of_encode_decides(tmp_path):
    heading = (
        "File accession\tAssay\tExperiment target\tBiosample term name\tBiosample treatments\tBiological replicate(s)"
    )
    rows = [
        "ENCFF000AAA\tTF ChIP-seq\tCTCF-human\tliver\t\t1",
        "ENCFF000AAB\tHistone ChIP-seq\tH3K4me1-human\tK562\tdexamethasone\t1, 2",
        "ENCFF000AAC\tATAC-seq\t\tK562\t\t1",
    ]
    (tmp_path / "metadata.tsv").write_text("\n".join([heading, *rows]) + "\n")
    files = [tmp_path / f"ENCFF000AA{letter}.bed.gz" for letter in "ABCD"]
    assert [(one.name, one.assay, one.cell, one.treatment) for one in guess(files, KNOWN)[0]] == [
        ("CTCF", "TF", "liver", ""),
        ("H3K4me1", "histone", "K562", "dexamethasone"),
        ("ATAC", "ATAC", "K562", ""),
        ("ENCFF000AAD", "unknown", "", ""),
    ]
    (tmp_path / "metadata.tsv").write_text("sample\tage\n1\t2\n")
    with pytest.raises(UserError, match="has no column 'File accession'"):
        guess(files, KNOWN)
    (tmp_path / "metadata.tsv").write_text(f"{heading}\n{'x' * 200_000}\n")
    with pytest.raises(UserError, match="not a tab-separated table"):
        guess(files, KNOWN)
