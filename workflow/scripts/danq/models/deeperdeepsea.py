"""DeeperDeepSEA: DeepSEA with each convolution doubled, and batch normalisation.

The published sizes give 54,634,477 trainable parameters at 1,000 bp and 919 targets. Described in the tutorials of the
authors' code (BSD-3-Clause-Clear). There, the hidden dense layer has as many units as there are targets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Chen, Cofer, Zhou & Troyanskaya (Selene), Nature Methods 16:315-318, 2019"
PUBLISHED = (1000, 919, 54_634_477)
SIZES = {
    "filters": "number of filters (motif detectors) of the first two convolutions",
    "filters2": "number of filters of the third and fourth convolution",
    "filters3": "number of filters of the last two convolutions",
    "kernel": "width of the filters of the first two convolutions, in bp",
    "kernel2": "width of the filters of the third and fourth convolution, in positions",
    "kernel3": "width of the filters of the last two convolutions, in positions",
    "pool": "number of neighbouring positions that max-pooling joins after the second convolution",
    "pool2": "number of neighbouring positions that max-pooling joins after the fourth convolution",
    "dense": "number of units of the hidden dense layer (published: the number of targets)",
    "dropout": "share of values dropped after the fourth and the last convolution",
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
    dense: int = 919,
    dropout: float = 0.2,
) -> keras.Model:
    """Build DeeperDeepSEA: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    def normalised(x):
        return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)  # the values of PyTorch

    def two_convolutions(x, filters, kernel, name=None):
        x = layers.Conv1D(filters, kernel, activation="relu", name=name)(x)
        return layers.Conv1D(filters, kernel, activation="relu")(x)

    window = keras.Input((window_length, 4), name="window")
    x = two_convolutions(window, filters, kernel, "first_convolution")
    x = normalised(layers.MaxPooling1D(pool)(x))
    x = two_convolutions(x, filters2, kernel2)
    x = normalised(layers.MaxPooling1D(pool2)(x))
    x = layers.Dropout(dropout)(x)
    x = normalised(two_convolutions(x, filters3, kernel3))
    x = layers.Dropout(dropout)(x)
    x = normalised(layers.Dense(dense, activation="relu")(layers.Flatten()(x)))
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="DeeperDeepSEA")
