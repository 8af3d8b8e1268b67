"""Blocks and places, by hand and compared with a loop over windows."""

import numpy as np
import pytest

from danq.evaluation import genome_blocks
from danq.evaluation.genome_blocks import LARGEST, cut

STEP = 200


def test_long_sets_have_blocks_of_a_megabase():
    start = np.arange(0, 30_000_000, STEP)
    blocks = cut(len(start), (np.zeros(len(start), np.int32), start), STEP)
    assert len(blocks) == 30
    assert (blocks.of_window == start // LARGEST).all()
    assert str(blocks) == "30 blocks of 1,000,000 bp"


def test_short_sets_have_twenty_blocks_across_contigs():
    contig, start = np.repeat([0, 1], 1000), np.tile(np.arange(0, 200_000, STEP), 2)
    blocks = cut(2000, (contig, start), STEP)
    assert str(blocks) == "20 blocks of 20,000 bp"
    assert np.bincount(blocks.of_window).tolist() == [100] * 20


def test_a_long_gap_between_windows_counts_as_one_block():
    start = np.concatenate([np.arange(0, 5_000_000, STEP), np.arange(100_000_000, 105_000_000, STEP)])
    blocks = cut(len(start), (np.zeros(len(start), int), start), STEP)
    assert 18 <= len(blocks) <= 20
    assert blocks.size == pytest.approx(11_000_000 / 20, rel=0.01)


def test_windows_without_positions_are_cut_in_the_order_of_the_file():
    blocks = cut(103, None)
    assert blocks.of_window.tolist() == [i // 6 for i in range(103)]
    assert str(blocks) == "18 blocks of 6 consecutive windows"
    assert blocks.places(np.array([1, 1, 0, 1] + [0] * 99)) == 2
    assert len(cut(5, None)) == 5


def test_places_are_runs_of_neighbouring_positive_windows_on_one_contig():
    contig, start = np.array([0, 0, 0, 0, 1, 1, 1]), np.array([0, 200, 400, 800, 0, 200, 600])
    blocks = cut(7, (contig, start), STEP)
    for labels, places in (
        ([1, 1, 1, 0, 0, 0, 0], 1),
        ([1, 0, 1, 0, 0, 0, 0], 2),
        ([0, 0, 1, 1, 0, 0, 0], 2),  # 400 bp apart
        ([0, 0, 0, 1, 1, 0, 0], 2),  # on two contigs
        ([1] * 7, 4),
        ([0] * 7, 0),
    ):
        assert blocks.places(np.array(labels, np.uint8)) == places


def test_the_order_of_the_file_does_not_matter():
    draw = np.random.default_rng(0)
    contig, start = np.repeat([0, 1, 2], 300), np.tile(np.sort(draw.choice(1000, 300, replace=False)) * STEP, 3)
    labels, order = draw.random(900) < 0.4, draw.permutation(900)
    sorted_blocks, shuffled = cut(900, (contig, start), STEP), cut(900, (contig[order], start[order]), STEP)
    assert (sorted_blocks.of_window[order] == shuffled.of_window).all()
    assert sorted_blocks.places(labels) == shuffled.places(labels[order])
    places = sum(
        not (i and labels[i - 1] and contig[i - 1] == contig[i] and start[i] - start[i - 1] <= STEP)
        for i in np.flatnonzero(labels)
    )
    assert sorted_blocks.places(labels) == places


def test_a_block_is_never_smaller_than_a_twentieth(monkeypatch):
    monkeypatch.setattr(genome_blocks, "LARGEST", 1000)
    start = np.arange(0, 1_000_000, STEP)
    assert len(cut(len(start), (np.zeros(len(start), int), start), STEP)) == 1000
