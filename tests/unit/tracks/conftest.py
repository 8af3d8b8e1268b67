"""A small genome with unknown bases, for the toy model's windows of 60 bp."""

import numpy as np
import pytest
import toys

from danq.data.genome import Genome

CONTIGS = {"chr2": 1000, "chr10": 333, "chr1": 505, "short": 45}


@pytest.fixture(scope="session")
def sequences():
    """Bases of each contig; chr2 has 50 unknown bases from 400 and single ones at 700 and 790."""
    draw = np.random.default_rng(5)
    found = {name: "".join(draw.choice(list("ACGT"), length)) for name, length in CONTIGS.items()}
    chr2 = found["chr2"]
    found["chr2"] = chr2[:400] + "N" * 50 + chr2[450:700] + "N" + chr2[701:790] + "N" + chr2[791:]
    return found


@pytest.fixture(scope="session")
def fasta(sequences, tmp_path_factory):
    return toys.write_fasta(tmp_path_factory.mktemp("genome") / "genome.fa", sequences)


@pytest.fixture(scope="session")
def genome(fasta):
    return Genome(fasta)
