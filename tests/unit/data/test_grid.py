import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from real_data import SACCER3, needs_yeast

from danq.data.genome import Genome
from danq.data.grid import Grid, merged
from danq.data.peaks import Peaks, read_peaks


@st.composite
def grids_and_peaks(draw):
    contigs = {f"chr{i}": draw(st.integers(1, 120)) for i in range(draw(st.integers(1, 4)))}
    grid = Grid(contigs, draw(st.integers(1, 30)))
    rows = []
    for _ in range(draw(st.integers(1, 12))):
        contig = draw(st.integers(0, len(contigs) - 1))
        start = draw(st.integers(0, contigs[f"chr{contig}"] - 1))
        rows.append((contig, start, draw(st.integers(start + 1, contigs[f"chr{contig}"]))))
    contig, start, end = (np.array(column) for column in zip(*rows, strict=True))
    return grid, Peaks(contig, start, end, {})


def brute_force(grid, peaks, fraction, of):
    """Count every base of every peak in every bin."""
    positive, number = [], 0
    for rank, length in enumerate(grid.contigs.values()):
        for begin in range(0, length, grid.bin):
            sets = [
                set(range(start, end)) & set(range(begin, begin + grid.bin))
                for contig, start, end in zip(peaks.contig, peaks.start, peaks.end, strict=True)
                if contig == rank
            ]
            most = max(map(len, sets), default=0) if of == "peak" else len(set().union(*sets))
            if begin + grid.bin <= length and most > fraction * grid.bin:
                positive.append(number)
            number += 1
    return positive


@given(grids_and_peaks(), st.sampled_from([0, 0.25, 0.5, 0.9]), st.sampled_from(["peak", "union"]))
def test_positive_bins_agree_with_a_count_of_every_base(case, fraction, of):
    grid, peaks = case
    found = grid.positive(peaks, fraction, of)
    assert found.tolist() == brute_force(grid, peaks, fraction, of)
    assert found.dtype == np.int32


@given(grids_and_peaks())
def test_touched_bins_share_a_base_with_an_interval(case):
    grid, peaks = case
    whole = [b for b in grid.touched(peaks).tolist() if grid.whole[b]]
    assert whole == brute_force(grid, peaks, 0, "peak")


@given(grids_and_peaks())
def test_merged_intervals_cover_the_same_bases_and_do_not_touch(case):
    grid, peaks = case
    start, end = merged(grid.line(peaks.contig, peaks.start), grid.line(peaks.contig, peaks.end))
    assert (start[1:] > end[:-1]).all()
    covered = {base for a, b in zip(start, end, strict=True) for base in range(a, b)}
    assert covered == {
        base
        for contig, a, b in zip(peaks.contig, peaks.start, peaks.end, strict=True)
        for base in range(int(grid.line(contig, a)), int(grid.line(contig, b)))
    }


@given(grids_and_peaks())
def test_locate_is_the_inverse_of_line(case):
    grid, _ = case
    contig, start = grid.locate(np.arange(len(grid)))
    assert (grid.line(contig, start) == np.arange(len(grid)) * grid.bin).all()
    assert (start < grid.lengths[contig]).all()


@needs_yeast
@pytest.mark.parametrize(("of", "column"), [("peak", "positive_bins_single_peak"), ("union", "positive_bins_union")])
def test_positive_yeast_bins_agree_with_an_independent_count(of, column, tmp_path):
    expected = pd.read_csv(SACCER3 / "expected_bins.tsv", sep="\t", comment="#")
    grid = Grid(Genome(SACCER3 / "sacCer3.fa.gz", tmp_path).contigs, 200)
    assert int(grid.whole.sum()) == 60777
    found = [
        len(grid.positive(read_peaks(SACCER3 / f"{t}.narrowPeak.gz", grid.contigs), 0.5, of)) for t in expected.track
    ]
    assert found == expected[column].tolist()
    assert len(found) == 17
