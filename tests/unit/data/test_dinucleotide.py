"""Shuffles have exactly the pairs of the sequences, and all possible ones are equally likely."""

from itertools import permutations

import numpy as np
from scipy.stats import chisquare

from danq.data import onehot
from danq.data.dinucleotide import shuffle, shuffle_codes


def pairs(codes):
    return np.sort(5 * codes[:, :-1].astype(int) + codes[:, 1:], axis=1)


def test_pairs_stay_and_order_does_not():
    draw = np.random.default_rng(1)
    for letters, length in ((4, 200), (5, 61), (2, 40)):
        codes = draw.integers(0, letters, (300, length)).astype(np.uint8)
        codes[:20, 3:-3] = 0  # nearly one letter only
        found = shuffle_codes(codes, draw)
        np.testing.assert_array_equal(pairs(found), pairs(codes))
        np.testing.assert_array_equal(found[:, [0, -1]], codes[:, [0, -1]])
        assert (found != codes).mean() > 0.2


def test_packed_sequences_with_unknown_bases():
    draw = np.random.default_rng(2)
    bases = np.eye(5, 4, dtype=np.uint8)[draw.integers(0, 5, (50, 33))]
    found = onehot.unpack(shuffle(onehot.pack(bases), 33, draw), 33)
    codes = [np.where(one.any(axis=2), one.argmax(axis=2), 4) for one in (bases, found)]
    np.testing.assert_array_equal(pairs(codes[0]), pairs(codes[1]))
    assert (found != bases).any()


def test_every_shuffle_is_equally_likely():
    sequence = np.array([0, 1, 0, 2, 0, 0, 2, 1, 2], np.uint8)
    every = {
        tuple(one)
        for one in set(permutations(sequence.tolist()))
        if (pairs(np.array([one])) == pairs(sequence[None])).all() and one[0] == sequence[0]
    }
    found = shuffle_codes(np.tile(sequence, (20_000, 1)), np.random.default_rng(3))
    kinds, counts = np.unique(found, axis=0, return_counts=True)
    assert {tuple(one) for one in kinds.tolist()} == every
    assert len(every) > 10
    assert chisquare(counts).pvalue > 0.001


def test_the_shortest_sequences():
    for length in (1, 2):
        codes = np.ones((2, length), np.uint8)
        np.testing.assert_array_equal(shuffle_codes(codes, np.random.default_rng(0)), codes)
