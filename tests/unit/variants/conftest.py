"""A random genome with variants for the small model of the other tests (windows of 60 bp)."""

from __future__ import annotations

import numpy as np
import pytest
import toys

from danq.variants.read import Record

CONTIGS = {"chr1": 900, "chr2": 500, "chrM": 61}


@pytest.fixture(scope="session")
def sequences():
    draw = np.random.default_rng(11)
    return {name: "".join(draw.choice(list("ACGT"), size)) for name, size in CONTIGS.items()}


@pytest.fixture(scope="session")
def genome(sequences, tmp_path_factory):
    return toys.write_fasta(tmp_path_factory.mktemp("genome") / "genome.fa", sequences)


@pytest.fixture(scope="session")
def variants(sequences):
    """70 records: SNVs, insertions, deletions, several alleles, duplicates, odd ones and one mismatch."""
    draw, found = np.random.default_rng(5), []
    for number in range(70):
        name = ["1", "chr2", "MT"][number % 3]
        whole = sequences[{"1": "chr1", "MT": "chrM"}.get(name, name)]
        size = int(draw.integers(1, 4)) if number % 4 == 0 else 1
        place = int(draw.integers(0, len(whole) - size))
        ref = whole[place : place + size]
        alts = ["".join(draw.choice(list("ACGT"), int(draw.integers(1, 4)))) for _ in range(1 + number % 2)]
        found.append(Record(name, place + 1, f"v{number}", ref, tuple(alt for alt in alts if alt != ref) or ("*",)))
    found[10] = found[3]
    found[40] = found[41] = found[42]
    found[50] = Record("chr2", 9, "mismatch", "C" if sequences["chr2"][8] != "C" else "G", ("T",))
    found[51] = Record("chr9", 9, "", "C", ("T",))
    return found


@pytest.fixture(scope="session")
def vcf(variants, tmp_path_factory):
    lines = [
        f"{one.contig}\t{one.position}\t{one.id or '.'}\t{one.ref}\t{','.join(one.alts)}\t.\t.\t." for one in variants
    ]
    heading = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    return toys.write_lines(tmp_path_factory.mktemp("vcf") / "variants.vcf", [*heading, *lines])
