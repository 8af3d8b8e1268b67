"""Beluga: the larger DeepSEA of 2018, six convolutions on windows of 2,000 bp.

The published sizes give 149,536,251 parameters at 2,000 bp and 2,002 targets. Written from the description of the
layers; the authors' code and weights are for academic use only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Zhou et al. (ExPecto), Nature Genetics 50:1171-1179, 2018"
PUBLISHED = (2000, 2002, 149_536_251)
SIZES = {
    "filters": "number of filters (motif detectors) of the first two convolutions",
    "filters2": "number of filters of the third and fourth convolution",
    "filters3": "number of filters of the last two convolutions",
    "kernel": "width of the filters of the first two convolutions, in bp",
    "kernel2": "width of the filters of the third and fourth convolution, in positions",
    "kernel3": "width of the filters of the last two convolutions, in positions",
    "pool": "number of neighbouring positions that max-pooling joins after the second convolution",
    "pool2": "number of neighbouring positions that max-pooling joins after the fourth convolution",
    "dense": "number of units of the hidden dense layer",
    "dropout": "share of values dropped before each pooling",
    "last_dropout": "share of values dropped after the last convolution",
}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 320,
    filters2: int = 480,
    filters3: int = 640,
    kernel: int = 8,
    kernel2: int = 8,
    kernel3: int = 8,
    pool: int = 4,
    pool2: int = 4,
    dense: int = 2003,
    dropout: float = 0.2,
    last_dropout: float = 0.5,
) -> keras.Model:
    """Build Beluga: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    def two_convolutions(x, filters, kernel, name=None):
        x = layers.Conv1D(filters, kernel, activation="relu", name=name)(x)
        return layers.Conv1D(filters, kernel, activation="relu")(x)

    window = keras.Input((window_length, 4), name="window")
    x = two_convolutions(window, filters, kernel, "first_convolution")
    x = layers.MaxPooling1D(pool)(layers.Dropout(dropout)(x))
    x = two_convolutions(x, filters2, kernel2)
    x = layers.MaxPooling1D(pool2)(layers.Dropout(dropout)(x))
    x = two_convolutions(x, filters3, kernel3)
    x = layers.Flatten()(layers.Dropout(last_dropout)(x))
    x = layers.Dense(dense, activation="relu")(x)
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="Beluga")
