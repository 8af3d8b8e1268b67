"""Backgrounds to insert motifs into: windows whose bases are shuffled so that their dinucleotides stay."""

from __future__ import annotations

import numpy as np

from ..data.dinucleotide import shuffle
from ..data.sources import Source
from ..errors import UserError


def shuffled(source: Source, count: int, seed: int = 1) -> np.ndarray:
    """Shuffles of random windows, nibbles uint8 (count, L); of few windows, several shuffles of each.

    Without windows, this is a UserError.
    """
    if not len(source):
        raise UserError(f"{source}: has no windows to shuffle; choose another split")
    draw = np.random.default_rng(seed)
    turns = [draw.permutation(len(source)) for _ in range(-(-count // len(source)))]
    packed = shuffle(source.packed(np.sort(np.concatenate(turns)[:count])), source.length, draw)
    return np.stack([packed >> 4, packed & 15], axis=2).reshape(count, -1)[:, : source.length]
