"""One-hot DNA with four bits per base: packing, unpacking, reverse complements.

A packed window is `numpy.packbits` of its one-hot tensor (L, 4), channels A, C, G, T; an unknown
base is four zeros. Complementing swaps A with T and C with G, which reverses the four bits of a
base. The reverse complement of a window is therefore its bit string in reverse.
"""

from __future__ import annotations

import numpy as np

ALPHABET = "ACGT"
REVERSED_BITS = np.packbits(np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1)[:, ::-1], axis=1)[:, 0]
LETTERS = np.full(16, "N", "U1")
LETTERS[[8, 4, 2, 1]] = list(ALPHABET)


def packed_width(length: int) -> int:
    """Number of bytes of a packed window of `length` bp."""
    return (length + 1) // 2


def pack(onehot: np.ndarray) -> np.ndarray:
    """Pack one-hot (n, L, 4) of 0 and 1 to uint8 (n, ceil(L/2))."""
    return np.packbits(np.asarray(onehot, np.uint8).reshape(len(onehot), -1), axis=1)


def unpack(packed: np.ndarray, length: int, dtype=np.uint8) -> np.ndarray:
    """Unpack uint8 (n, ceil(L/2)) to one-hot (n, L, 4)."""
    bits = np.unpackbits(packed, axis=1, count=4 * length)
    return bits.reshape(len(packed), length, 4).astype(dtype, copy=False)


def reverse_complement(packed: np.ndarray, length: int) -> np.ndarray:
    """Reverse complements of packed windows (n, ceil(L/2)), also packed."""
    flipped = REVERSED_BITS[packed[:, ::-1]]
    if length % 2:  # the four bits of padding have moved to the front: shift them out
        following = np.concatenate([flipped[:, 1:], np.zeros((len(flipped), 1), np.uint8)], axis=1)
        flipped = (flipped << 4) | (following >> 4)
    return flipped


def pack_nibbles(nibbles: np.ndarray) -> np.ndarray:
    """Pack nibbles (..., L) of one base into bytes (..., ceil(L/2)) of two bases."""
    if nibbles.shape[-1] % 2:
        nibbles = np.concatenate([nibbles, np.zeros((*nibbles.shape[:-1], 1), np.uint8)], axis=-1)
    return (nibbles[..., 0::2] << 4) | nibbles[..., 1::2]


class Cutter:
    """Cuts packed windows of `length` bp out of one contig's nibbles (L_contig,)."""

    def __init__(self, nibbles: np.ndarray, length: int):
        self._length = length
        margin = np.zeros(length + length % 2, np.uint8)  # bases beyond the contig are unknown
        nibbles = np.concatenate([margin, nibbles, margin])
        self._margin = len(margin)
        self._pairs = [pack_nibbles(nibbles[parity:]) for parity in (0, 1)]  # from even and odd positions

    def __call__(self, starts: np.ndarray) -> np.ndarray:
        """Packed windows (n, ceil(L/2)) that begin at `starts` (n,), which may be beyond the contig."""
        out = np.empty((len(starts), packed_width(self._length)), np.uint8)
        place = np.asarray(starts) + self._margin
        for parity, pairs in enumerate(self._pairs):
            chosen = place % 2 == parity
            if chosen.any():
                views = np.lib.stride_tricks.sliding_window_view(pairs, out.shape[1])
                out[chosen] = views[place[chosen] // 2]
        if self._length % 2:
            out[:, -1] &= 0xF0
        return out


def text(packed: np.ndarray, length: int) -> list[str]:
    """Convert packed windows to strings of A, C, G, T and N."""
    nibbles = np.stack([packed >> 4, packed & 15], axis=2).reshape(len(packed), -1)[:, :length]
    return ["".join(row) for row in LETTERS[nibbles]]
