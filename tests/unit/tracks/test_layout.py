"""Cells, regions and blocks, compared with sets of cells counted one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from danq.errors import UserError
from danq.tracks.layout import Layout, chosen_layout, read_contigs, shard_names, write_contigs

CONTIGS = {"chr2": 1030, "chr10": 95, "tiny": 9, "chr1": 400}
INTERVALS = st.lists(
    st.integers(0, 3).flatmap(
        lambda rank: st.tuples(st.just(rank), st.integers(0, 400), st.integers(1, 1030)).map(
            lambda found: (
                rank,
                min(found[1], list(CONTIGS.values())[rank] - 1),
                min(found[1] + found[2], list(CONTIGS.values())[rank]),
            )
        )
    ),
    min_size=1,
    max_size=6,
)


def slow_cells(intervals, stride):
    """Contig and number of each whole cell that shares a base with an interval, in the order of the genome."""
    found = set()
    for rank, start, end in intervals:
        length = list(CONTIGS.values())[rank]
        bases = {base // stride for base in range(start, end)}
        found |= {(rank, cell) for cell in bases if (cell + 1) * stride <= length}
    return [(list(CONTIGS)[rank], cell) for rank, cell in sorted(found)]


@settings(max_examples=60, deadline=None)
@given(INTERVALS, st.integers(1, 60), st.integers(1, 9))
def test_every_cell_of_a_region_is_predicted_once(intervals, stride, size):
    layout = Layout(CONTIGS, stride, size, intervals)
    found = [(block.contig, cell) for block in layout.blocks() for cell in block.cells.tolist()]
    assert found == slow_cells(intervals, stride)
    assert len(layout) == len(found)
    assert all((block.cells // size == block.number).all() for block in layout.blocks())
    assert [(block.contig, block.number) for block in layout.blocks()] == layout.names()
    for block in layout.blocks():  # its own regions are all that it depends on
        regions = layout.regions(block.contig, block.number)
        alone = chosen_layout(CONTIGS, stride, size, regions)
        assert [str(one) for one in alone.blocks()] == [str(block)]
        assert alone.block(block.contig, block.number).cells.tolist() == block.cells.tolist()


def test_the_whole_genome_is_in_the_order_of_the_contigs():
    layout = Layout(CONTIGS, 20, 30)
    assert layout.names() == [("chr2", 0), ("chr2", 1), ("chr10", 0), ("chr1", 0)]
    assert len(layout) == 51 + 4 + 0 + 20
    assert layout.incomplete == 3  # 1030, 95 and 9 are no multiples of 20


def test_more_contigs_and_regions_rename_no_block():
    few = chosen_layout(CONTIGS, 20, 10, ["chr1:150-250"])
    more = chosen_layout(CONTIGS, 20, 10, ["chr1:150-250", "chr1:1-10", "chr2"])
    assert few.names() == [("chr1", 0), ("chr1", 1)]
    assert set(few.names()) < set(more.names())
    assert set(shard_names(few)) < set(shard_names(more))
    assert few.block("chr1", 1).cells.tolist() == more.block("chr1", 1).cells.tolist() == [10, 11, 12]


def test_a_cell_has_the_same_window_whatever_the_regions():
    assert Layout(CONTIGS, 50).window_starts(np.array([0, 3]), 200).tolist() == [-75, 75]
    assert Layout(CONTIGS, 50).window_starts(np.array([3]), 201).tolist() == [74]  # half a base left of the centre


def test_names_of_shards_are_safe_and_distinct():
    layout = Layout({"HLA:A*01": 100, "HLA_A_01": 100}, 10)
    assert shard_names(layout) == {"HLA_A_01.0.h5": ("HLA:A*01", 0), "HLA_A_01-2.0.h5": ("HLA_A_01", 0)}


def test_an_index_gives_the_contigs(tmp_path):
    (tmp_path / "a.fai").write_text("chr2\t1030\t6\t60\t61\nchr10\t95\t1060\t60\t61\n")
    assert read_contigs(tmp_path / "a.fai") == {"chr2": 1030, "chr10": 95}
    write_contigs(CONTIGS, tmp_path / "sizes")
    assert read_contigs(tmp_path / "sizes") == CONTIGS
    (tmp_path / "b.fai").write_text("chr2 1030\n")
    with pytest.raises(UserError, match=r"b\.fai: not a list of contigs; delete it"):
        read_contigs(tmp_path / "b.fai")


@pytest.mark.parametrize("text", ["chr5", "chr1:0-10", "chr1:300-401"])
def test_a_region_that_is_not_on_the_genome_is_a_mistake(text):
    with pytest.raises(UserError, match=f"^'{text}'"):
        chosen_layout(CONTIGS, 20, 10, [text])


def test_a_block_without_cells_is_a_mistake():
    layout = chosen_layout(CONTIGS, 20, 10, ["chr1:150-250"])
    with pytest.raises(UserError, match="chr2:0: no such block; there are chr1:0, chr1:1"):
        layout.block("chr2", 0)
    with pytest.raises(UserError, match="the stride must be at least 1, not 0"):
        Layout(CONTIGS, 0)
