"""Shuffles sequences and keeps the number of each pair of neighbouring bases exactly.

After Altschul & Erickson (Molecular Biology and Evolution 2:526-538, 1985): a sequence is a path that uses every pair
as an edge once. For each base except the last one of the sequence, the edge that leaves it for the last time is drawn
until these edges lead to the last base from everywhere; the other edges are used in random order. All sequences with
these pairs, which begin and end with the same bases, are equally likely. An unknown base counts as a fifth letter.
"""

from __future__ import annotations

import numpy as np

from . import onehot

LETTERS = 5  # A, C, G, T, unknown
CODE_OF_NIBBLE = np.full(16, 4, np.uint8)
CODE_OF_NIBBLE[[8, 4, 2, 1]] = range(4)
NIBBLE_OF_CODE = np.array([8, 4, 2, 1, 0], np.uint8)


def shuffle(packed: np.ndarray, length: int, draw: np.random.Generator) -> np.ndarray:
    """Shuffles of packed sequences uint8 (n, ceil(L/2)), packed as well."""
    nibbles = np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), -1)[:, :length]
    return onehot.pack_nibbles(NIBBLE_OF_CODE[shuffle_codes(CODE_OF_NIBBLE[nibbles], draw)])


def shuffle_codes(codes: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Shuffles uint8 (n, L) of sequences (n, L) of 0 to 3 for A, C, G, T, and 4 for an unknown base."""
    codes = np.asarray(codes, np.uint8)
    n, length = codes.shape
    if length < 3 or not n:
        return codes.copy()
    keys = draw.random((n, length - 1)) / 2  # edge i leads from base i to base i + 1
    rows, last = _last_edges(codes, draw)
    keys[rows, last] = 0.75
    order = np.argsort(codes[:, :-1] + keys, axis=1)  # by the base that an edge leaves, then at random
    counts = np.stack([(codes[:, :-1] == letter).sum(axis=1) for letter in range(LETTERS)], axis=1)
    following = np.cumsum(counts, axis=1) - counts  # the next unused edge of each base
    row, now = np.arange(n), codes[:, 0]
    out = np.empty_like(codes)
    out[:, 0] = now
    for place in range(1, length):
        edge = order[row, following[row, now]]
        following[row, now] += 1
        now = out[:, place] = codes[row, edge + 1]
    return out


def _last_edges(codes: np.ndarray, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The edge that leaves each base of each sequence for the last time, except its last base: rows and edges."""
    n = len(codes)
    edges = np.full((n, LETTERS), -1)
    waiting = np.arange(n)
    while len(waiting):
        some = codes[waiting]
        row, end = np.arange(len(some)), some[:, -1]
        chosen, leads = np.full((len(some), LETTERS), -1), np.tile(end[:, None], LETTERS)
        weights = draw.random((len(some), codes.shape[1] - 1))
        for letter in range(LETTERS):  # an edge to the base itself cannot be the last one
            fits = (some[:, :-1] == letter) & (some[:, 1:] != letter)
            best = np.where(fits, weights, -1).argmax(axis=1)
            leaves = fits.any(axis=1) & (end != letter)
            chosen[leaves, letter], leads[leaves, letter] = best[leaves], some[row, best + 1][leaves]
        reached = np.tile(np.arange(LETTERS), (len(some), 1))
        for _ in range(LETTERS):
            reached = np.take_along_axis(leads, reached, axis=1)
        good = (reached == end[:, None]).all(axis=1)
        edges[waiting[good]] = chosen[good]
        waiting = waiting[~good]
    rows, letters = np.nonzero(edges >= 0)
    return rows, edges[rows, letters]
