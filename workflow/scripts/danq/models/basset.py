"""Basset: three convolutions with batch normalisation, and two dense layers.

The published sizes give 4,135,064 trainable parameters at 600 bp and 164 targets. As in the released weights, the
convolutions are not padded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Kelley, Snoek & Rinn, Genome Research 26:990-999, 2016"
PUBLISHED = (600, 164, 4_135_064)
SIZES = {
    "filters": "number of filters (motif detectors) of the first convolution",
    "filters2": "number of filters of the second convolution",
    "filters3": "number of filters of the third convolution",
    "kernel": "width of the first convolution's filters in bp",
    "kernel2": "width of the second convolution's filters in positions",
    "kernel3": "width of the third convolution's filters in positions",
    "pool": "number of neighbouring positions that max-pooling joins after the first convolution",
    "pool2": "number of neighbouring positions that max-pooling joins after the second convolution",
    "pool3": "number of neighbouring positions that max-pooling joins after the third convolution",
    "dense": "number of units of the first dense layer",
    "dense2": "number of units of the second dense layer",
    "dropout": "share of values dropped after each dense layer",
}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 300,
    filters2: int = 200,
    filters3: int = 200,
    kernel: int = 19,
    kernel2: int = 11,
    kernel3: int = 7,
    pool: int = 3,
    pool2: int = 4,
    pool3: int = 4,
    dense: int = 1000,
    dense2: int = 1000,
    dropout: float = 0.3,
) -> keras.Model:
    """Build Basset: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    def normalised_relu(x, name=None):
        x = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(x)  # the values of Torch
        return layers.ReLU(name=name)(x)

    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, name="first_convolution")(window)
    x = normalised_relu(x, name="first_activation")
    x = layers.MaxPooling1D(pool)(x)
    x = normalised_relu(layers.Conv1D(filters2, kernel2)(x))
    x = layers.MaxPooling1D(pool2)(x)
    x = normalised_relu(layers.Conv1D(filters3, kernel3)(x))
    x = layers.MaxPooling1D(pool3)(x)
    x = layers.Flatten()(x)
    for units in (dense, dense2):
        x = normalised_relu(layers.Dense(units)(x))
        x = layers.Dropout(dropout)(x)
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="Basset")
