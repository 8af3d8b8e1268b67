import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from danq.data.grid import Grid
from danq.data.split import Split, parse_region
from danq.errors import UserError

CONTIGS = {"chr1": 1000, "chr2": 600, "HLA:1": 50}


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("chr2", (1, 0, 600)),
        ("chr1:1-1000", (0, 0, 1000)),
        ("chr1:101-200", (0, 100, 200)),
        ("chr1:1,000-1,000", (0, 999, 1000)),
        ("HLA:1", (2, 0, 50)),
    ],
)
def test_regions_are_parsed_as_in_a_genome_browser(text, region):
    assert parse_region(text, CONTIGS) == region


@pytest.mark.parametrize("text", ["chr9", "chr9:1-5", "chr1:0-5", "chr1:9-5", "chr1:1-1001"])
def test_a_region_beyond_the_genome_is_an_error(text):
    with pytest.raises(UserError, match=text):
        parse_region(text, CONTIGS)


@pytest.mark.parametrize(
    "parts",
    [
        {"train": ["rest"], "valid": ["chr1"], "test": ["chr1:5-9"]},
        {"train": ["chr2"], "valid": ["chr1"], "test": ["chr2:600-600"]},
        {"train": ["rest"], "valid": ["chr1:1-10"], "test": ["chr1:10-20"]},
    ],
)
def test_overlapping_parts_are_an_error(parts):
    with pytest.raises(UserError, match="overlap"):
        Split(parts, Grid(CONTIGS, 10))


def test_rest_is_allowed_for_training_only():
    with pytest.raises(UserError, match="split.valid"):
        Split({"train": ["chr1"], "valid": ["rest"], "test": ["chr2"]}, Grid(CONTIGS, 10))


@given(
    st.integers(1, 40),
    st.integers(0, 60),
    st.lists(st.integers(1, 1000), min_size=4, max_size=4, unique=True),
    st.booleans(),
)
def test_no_base_is_in_two_parts(bin, flank, ends, rest):
    a, b, c, d = sorted(ends)
    parts = {"train": ["rest"] if rest else ["chr2"], "valid": [f"chr1:{a}-{b}"], "test": [f"chr1:{c}-{d}"]}
    if rest is False and b + 1 < c:
        parts["train"].append(f"chr1:{b + 1}-{c - 1}")
    grid = Grid(CONTIGS, bin)
    bins = np.flatnonzero(grid.whole)
    part = Split(parts, grid).assign(bins, flank)
    contig, start = grid.locate(bins)
    regions = {1: (a - 1, b), 2: (c - 1, d)}
    for code, rank, begin in zip(part, contig, start, strict=True):
        for held_out, (first, stop) in regions.items():
            inside = rank == 0 and begin >= first and begin + bin <= stop
            window_reaches = rank == 0 and begin - 2 * flank < stop and begin + bin + 2 * flank > first
            if code == held_out:
                assert inside
            if 0 <= code < held_out:
                assert not window_reaches
    if rest:  # bins that no held-out window can overlap are for training
        free = (contig != 0) | ((start - 2 * flank >= d) | (start + bin + 2 * flank <= a - 1))
        assert (part[free] == 0).all()
