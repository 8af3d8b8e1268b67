"""DeepMotif-CNN: three small convolutions, and the highest output of each filter of the last one.

The published sizes give 136,322 parameters with two outputs, which are the two classes of one target there and two
targets here; each further target adds 129. Described in the paper and in the authors' code (MIT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Lanchantin, Singh, Wang & Qi (DeMo Dashboard), Pacific Symposium on Biocomputing 22:254-265, 2017"
PUBLISHED = (101, 2, 136_322)
SIZES = {
    "filters": "number of filters of each convolution; those of the first detect motifs",
    "kernel": "width of the first convolution's filters in bp",
    "kernel2": "width of the second convolution's filters in positions",
    "kernel3": "width of the third convolution's filters in positions",
    "pool": "number of neighbouring positions that max-pooling joins after the first and after the second convolution",
    "dropout": "share of values dropped after each convolution",
}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 128,
    kernel: int = 9,
    kernel2: int = 5,
    kernel3: int = 3,
    pool: int = 2,
    dropout: float = 0.5,
) -> keras.Model:
    """Build DeepMotif-CNN: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, activation="relu", name="first_convolution")(window)
    x = layers.Dropout(dropout)(layers.MaxPooling1D(pool)(x))
    x = layers.Conv1D(filters, kernel2, activation="relu")(x)
    x = layers.Dropout(dropout)(layers.MaxPooling1D(pool)(x))
    x = layers.Conv1D(filters, kernel3, activation="relu")(x)
    x = layers.GlobalMaxPooling1D()(layers.Dropout(dropout)(x))
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="DeepMotif-CNN")
