"""Contigs for validation and test, by their sizes."""

from __future__ import annotations

import numpy as np
import pytest
from real_data import SACCER3, needs_yeast

from danq.data.grid import Grid
from danq.data.split import Split
from danq.starting.assemblies import recognised
from danq.starting.held_out import propose

MB = 1_000_000
HUMAN = {"chr1": 248_956_422, "chr2": 242 * MB, "chr3": 198 * MB, "chr4": 190 * MB, "chr5": 181 * MB, "chr6": 170 * MB}
HUMAN |= {"chr7": 159 * MB, "chr8": 145 * MB, "chr9": 138 * MB, "chr10": 133 * MB, "chrX": 156 * MB, "chrM": 16_569}


def check(contigs, proposed):
    """The parts do not overlap, as `Split` sees it, and leave most of the genome for training."""
    grid = Grid(contigs, 100)
    part = Split({"train": ["rest"], "valid": proposed.valid, "test": proposed.test}, grid).assign(
        np.arange(len(grid)), 0
    )
    shares = [float((part == code).mean()) for code in range(3)]
    assert shares[2] == pytest.approx(proposed.test_share, abs=0.02)
    assert shares[1] == pytest.approx(proposed.valid_share, abs=0.02)
    assert shares[0] > 0.3


def test_human_as_published():
    assembly = recognised(HUMAN)
    assert (assembly.name, assembly.taxon) == ("hg38", "vertebrates")
    proposed = propose(HUMAN, set(HUMAN), assembly)
    assert (proposed.test, proposed.valid) == (["chr8", "chr9"], ["chr7"])
    plain = {name.removeprefix("chr"): size for name, size in HUMAN.items()}
    assert propose(plain, set(plain), recognised(plain)).test == ["8", "9"]
    without = propose(HUMAN, set(HUMAN) - {"chr8"}, assembly)
    assert "chr8" not in without.test + without.valid


@needs_yeast
def test_yeast():
    contigs = dict(line.split("\t") for line in (SACCER3 / "chrom.sizes").read_text().splitlines())
    contigs = {name: int(size) for name, size in contigs.items()}
    assert recognised(contigs).name == "sacCer3"
    proposed = propose(contigs, set(contigs), recognised(contigs))
    check(contigs, proposed)
    assert proposed.test_share == pytest.approx(0.1, abs=0.01)
    assert proposed.valid_share == pytest.approx(0.08, abs=0.01)
    assert "chrM" not in proposed.test + proposed.valid


def test_equal_contigs_as_in_the_demo():
    contigs = {f"chr{n}": 1_200_000 for n in range(1, 7)}
    proposed = propose(contigs, set(contigs), None)
    assert (proposed.test, proposed.valid) == (["chr6"], ["chr5"])
    check(contigs, proposed)


def test_one_contig_of_a_bacterium():
    proposed = propose({"NC_000913.3": 4_641_652}, {"NC_000913.3"}, None)
    assert proposed.test == ["NC_000913.3:4177487-4641652"]
    assert proposed.valid == ["NC_000913.3:3713322-4177486"]
    check({"NC_000913.3": 4_641_652}, proposed)


def test_a_draft_of_many_small_contigs():
    draw = np.random.default_rng(1)
    contigs = {f"scaffold_{n}": int(size) for n, size in enumerate(draw.integers(5_000, 50_000, 500))}
    proposed = propose(contigs, set(contigs), None)
    check(contigs, proposed)
    assert proposed.test_share == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("seed", range(20))
def test_any_genome(seed):
    draw = np.random.default_rng(seed)
    names = [f"chr{n}" for n in range(1, int(draw.integers(2, 30)))] + ["chrX", "chrM", "chr1_random"]
    contigs = {name: int(10 ** draw.uniform(3.5, 6.5)) for name in names}
    with_peaks = {name for name in names if draw.random() < 0.8} or {names[0]}
    check(contigs, propose(contigs, with_peaks, None))
