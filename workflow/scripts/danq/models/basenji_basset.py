"""Basenji-Basset: the Basset-style network of the authors of Basenji, a tower of convolutions and pools.

Each block of the tower is GELU, convolution, batch normalisation and pool. The published sizes give 5,976,516 trainable
parameters at 1,344 bp and 164 targets. Described in the parameter file `manuscripts/basset/params_basset.json` of the
code of Basenji (Apache-2.0), whose authors say that it is not the exact network of the Basset paper.

Difference: GELU is exact; there it is approximated by a sigmoid.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Kelley et al., Genome Research 28:739-750, 2018"
PUBLISHED = (1344, 164, 5_976_516)
SIZES = {
    "filters": "number of filters (motif detectors) of the first convolution",
    "kernel": "width of the first convolution's filters in bp",
    "pool": "number of neighbouring positions that max-pooling joins after the first convolution",
    "blocks": "number of blocks of the tower; each halves the number of positions",
    "filters2": "number of filters of the tower's first block",
    "filters3": "number of filters of the tower's last block; those in between grow by a constant factor",
    "kernel2": "width of the tower's filters in positions",
    "filters4": "number of filters of the last convolution, which reads single positions",
    "dense": "number of units of the dense layer",
    "dropout": "share of values dropped after the dense layer",
}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 288,
    kernel: int = 17,
    pool: int = 3,
    blocks: int = 6,
    filters2: int = 288,
    filters3: int = 512,
    kernel2: int = 5,
    filters4: int = 256,
    dense: int = 768,
    dropout: float = 0.2,
) -> keras.Model:
    """Build Basenji-Basset: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    def convolution(x, filters, width, name=None):
        return normalised(layers.Conv1D(filters, width, padding="same", use_bias=False, name=name)(x))

    def normalised(x):
        return layers.BatchNormalization(momentum=0.9)(x)

    def gelu(x, name=None):
        return layers.Activation("gelu", name=name)(x)

    window = keras.Input((window_length, 4), name="window")
    x = gelu(convolution(window, filters, kernel, "first_convolution"), "first_activation")
    x = layers.MaxPooling1D(pool, padding="same")(x)
    for count in tower(filters2, filters3, blocks):
        x = layers.MaxPooling1D(2, padding="same")(convolution(gelu(x), count, kernel2))
    x = gelu(convolution(gelu(x), filters4, 1))
    x = normalised(layers.Dense(dense, use_bias=False)(layers.Flatten()(x)))
    x = gelu(layers.Dropout(dropout)(x))
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="Basenji-Basset")


def tower(first: int, last: int, blocks: int) -> list[int]:
    """The numbers of filters of the blocks, from `first` to `last` by a constant factor.

    They are rounded to multiples of 16, or of the largest power of 2 that divides both ends: 288, 320, 368, 400, 464,
    512 as published.
    """
    unit = math.gcd(16, first, last)
    factor = (last / first) ** (1 / max(blocks - 1, 1))
    return [max(unit * round(first * factor**block / unit), unit) for block in range(blocks)]
