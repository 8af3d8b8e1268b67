"""DeepSEA: three convolutions, each of which reads the output of the one before.

The published sizes give 52,843,119 parameters at 1,000 bp and 919 targets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Zhou & Troyanskaya, Nature Methods 12:931-934, 2015"
PUBLISHED = (1000, 919, 52_843_119)
SIZES = {
    "filters": "number of filters (motif detectors) of the first convolution",
    "filters2": "number of filters of the second convolution",
    "filters3": "number of filters of the third convolution",
    "kernel": "width of the first convolution's filters in bp",
    "kernel2": "width of the second convolution's filters in positions",
    "kernel3": "width of the third convolution's filters in positions",
    "pool": "number of neighbouring positions that max-pooling joins after the first convolution",
    "pool2": "number of neighbouring positions that max-pooling joins after the second convolution",
    "dense": "number of units of the hidden dense layer",
    "dropout": "share of values dropped after each pooling",
    "last_dropout": "share of values dropped after the third convolution",
    "l1": "L1 penalty on the mean activity of the hidden dense units (published 1.0e-8); 0 for none",
    "max_norm": "largest norm of the weights that lead to one filter or unit (published 0.9); 0 for no limit",
}


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
    """Build DeepSEA: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    def norm(axes):
        return keras.constraints.MaxNorm(max_norm, axes) if max_norm else None

    def convolution(filters, kernel, name=None):
        return layers.Conv1D(filters, kernel, activation="relu", kernel_constraint=norm([0, 1]), name=name)

    window = keras.Input((window_length, 4), name="window")
    x = convolution(filters, kernel, "first_convolution")(window)
    x = layers.MaxPooling1D(pool)(x)
    x = layers.Dropout(dropout)(x)
    x = convolution(filters2, kernel2)(x)
    x = layers.MaxPooling1D(pool2)(x)
    x = layers.Dropout(dropout)(x)
    x = convolution(filters3, kernel3)(x)
    x = layers.Dropout(last_dropout)(x)
    x = layers.Flatten()(x)
    penalty = keras.regularizers.L1(l1) if l1 else None
    x = layers.Dense(dense, activation="relu", kernel_constraint=norm(0), activity_regularizer=penalty)(x)
    probabilities = layers.Dense(
        n_targets, activation="sigmoid", kernel_constraint=norm(0), dtype="float32", name="probabilities"
    )(x)
    return keras.Model(window, probabilities, name="DeepSEA")
