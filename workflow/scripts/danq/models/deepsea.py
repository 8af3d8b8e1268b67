"""DeepSEA: three convolutions, each reading what the one before found.

Zhou & Troyanskaya, Nature Methods 12:931-934, 2015. Published sizes give 52,843,119 parameters at
1,000 bp and 919 targets.
"""

from __future__ import annotations

import keras
from keras import layers


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 320,
    filters2: int = 480,
    filters3: int = 960,
    kernel: int = 8,
    kernel2: int = 8,
    kernel3: int = 8,
    pool: int = 4,
    pool2: int = 4,
    dense: int = 925,
    dropout: float = 0.2,
    last_dropout: float = 0.5,
    l1: float = 0.0,
    max_norm: float = 0.0,
) -> keras.Model:
    """One-hot windows (n, window_length, 4) to probabilities (n, n_targets).

    Sizes: three convolutions of `filters`, `filters2` and `filters3`, `kernel`, `kernel2` and
    `kernel3` places wide, max-pooling over `pool` and `pool2` places after the first two, `dense`
    hidden units; `dropout` follows both pools, `last_dropout` the third convolution. `l1` is the
    penalty on the hidden units' activity (published: 1e-8; a batch's mean), `max_norm` the largest
    norm of the weights that lead to any one filter or unit (published: .9); 0 is none.
    """

    def norm(axes):
        return keras.constraints.MaxNorm(max_norm, axes) if max_norm else None

    of_filter, of_unit = [0, 1], 0
    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, activation="relu", kernel_constraint=norm(of_filter), name="first_convolution")(
        window
    )
    x = layers.MaxPooling1D(pool)(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv1D(filters2, kernel2, activation="relu", kernel_constraint=norm(of_filter))(x)
    x = layers.MaxPooling1D(pool2)(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Conv1D(filters3, kernel3, activation="relu", kernel_constraint=norm(of_filter))(x)
    x = layers.Dropout(last_dropout)(x)
    x = layers.Flatten()(x)
    penalty = keras.regularizers.L1(l1) if l1 else None
    x = layers.Dense(dense, activation="relu", kernel_constraint=norm(of_unit), activity_regularizer=penalty)(x)
    probabilities = layers.Dense(
        n_targets, activation="sigmoid", kernel_constraint=norm(of_unit), dtype="float32", name="probabilities"
    )(x)
    return keras.Model(window, probabilities, name="DeepSEA")
