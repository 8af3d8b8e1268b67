"""DeepCpG-CnnL2h128: the small DNA network of DeepCpG, two convolutions and a dense layer.

The published sizes give 4,102,144 parameters at 1,001 bp before the outputs, and 129 for each target (there, a cell).
DeepCpG joins it with a network of the neighbouring methylation, which is not part of it. Described in the authors' code
(MIT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Angermueller, Lee, Reik & Stegle, Genome Biology 18:67, 2017"
PUBLISHED = (1001, 1, 4_102_144 + 129)
SIZES = {
    "filters": "number of filters (motif detectors) of the first convolution",
    "filters2": "number of filters of the second convolution",
    "kernel": "width of the first convolution's filters in bp",
    "kernel2": "width of the second convolution's filters in positions",
    "pool": "number of neighbouring positions that max-pooling joins after the first convolution",
    "pool2": "number of neighbouring positions that max-pooling joins after the second convolution",
    "dense": "number of units of the dense layer (h256: 256)",
    "dropout": "share of values dropped after the dense layer",
    "l1": "L1 penalty on the weights, without the outputs'; 0 for none",
    "l2": "L2 penalty on the weights, without the outputs'; 0 for none",
}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 128,
    filters2: int = 256,
    kernel: int = 11,
    kernel2: int = 3,
    pool: int = 4,
    pool2: int = 2,
    dense: int = 128,
    dropout: float = 0.0,
    l1: float = 0.0,
    l2: float = 0.0,
) -> keras.Model:
    """Build DeepCpG-CnnL2h128: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    options = {"activation": "relu", "kernel_regularizer": keras.regularizers.L1L2(l1, l2) if l1 or l2 else None}
    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, name="first_convolution", **options)(window)
    x = layers.MaxPooling1D(pool)(x)
    x = layers.Conv1D(filters2, kernel2, **options)(x)
    x = layers.MaxPooling1D(pool2)(x)
    x = layers.Dense(dense, **options)(layers.Flatten()(x))
    x = layers.Dropout(dropout)(x)
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="DeepCpG-CnnL2h128")
