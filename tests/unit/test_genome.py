import gzip

import numpy as np
import pytest
from Bio import bgzf
from real_data import SACCER3, needs_yeast

from danq.errors import UserError
from danq.genome import Genome

TEXT = ">chr1 first\nACGTN\nacgtr\n>chr2\nTT\n"


def test_plain_and_bgzip_read_alike(tmp_path):
    (tmp_path / "a.fa").write_text(TEXT)
    with bgzf.open(tmp_path / "b.fa.gz", "wb") as file:
        file.write(TEXT.encode())
    for name in ("a.fa", "b.fa.gz"):
        genome = Genome(tmp_path / name)
        assert genome.contigs == {"chr1": 10, "chr2": 2}
        assert genome.nibbles("chr1").tolist() == [8, 4, 2, 1, 0, 8, 4, 2, 1, 0]
        assert genome.size == 12


def test_plain_gzip_is_refused_with_the_mend(tmp_path):
    (tmp_path / "a.fa.gz").write_bytes(gzip.compress(TEXT.encode()))
    with pytest.raises(UserError, match="bgzip"):
        Genome(tmp_path / "a.fa.gz")


@pytest.mark.parametrize("text", ["", "no fasta at all\n"])
def test_what_is_no_fasta_is_named(tmp_path, text):
    (tmp_path / "a.fa").write_text(text)
    with pytest.raises(UserError, match="a.fa"):
        Genome(tmp_path / "a.fa")


def test_a_missing_genome_is_named(tmp_path):
    with pytest.raises(UserError, match="nowhere.fa"):
        Genome(tmp_path / "nowhere.fa")


@needs_yeast
def test_yeast_has_the_published_lengths(tmp_path):
    genome = Genome(SACCER3 / "sacCer3.fa.gz", tmp_path)
    sizes = dict(line.split() for line in (SACCER3 / "chrom.sizes").read_text().splitlines())
    assert {name: str(length) for name, length in genome.contigs.items()} == sizes
    assert genome.size == 12_157_105
    assert np.count_nonzero(genome.nibbles("chrI")) == 230_218
