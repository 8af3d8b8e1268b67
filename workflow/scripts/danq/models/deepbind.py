"""DeepBind: one layer of motif detectors whose highest outputs are weighted, on both strands of the window.

One network reads the window and its reverse complement, and the larger of its two outputs counts. M1 weighs the highest
output of each detector; M2 has a hidden layer. The published networks have one target: M1 with detectors of 24 bp has
1,569 parameters, M2 2,129, and M2 with `pooling: max_mean` 2,641. Several targets share the detectors here. Described
in the paper and in the configuration files of its code (BSD-3-Clause).

Difference: the window is padded with zeros by half of a detector on each side instead of with 0.25 by all of it. The
published recipes are the best of some drawn at random; config/deepbind_search.yaml does so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Alipanahi, Delong, Weirauch & Frey, Nature Biotechnology 33:831-838, 2015"
PUBLISHED = (101, 1, 1_569)
SIZES = {
    "filters": "number of filters (motif detectors) of the convolution",
    "kernel": "width of the filters in bp (published 24 for ENCODE's ChIP-seq, 16 otherwise)",
    "network": "published network",
    "pooling": "what the next layer reads of each filter's outputs",
    "dense": "number of units of the hidden layer of M2",
    "dropout": "share of values dropped after pooling",
}
CHOICES = {
    "network": {"M1": "no hidden layer", "M2": "a hidden layer"},
    "pooling": {"max": "the highest", "max_mean": "the highest and the mean"},
}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 16,
    kernel: int = 24,
    network: str = "M1",
    pooling: str = "max",
    dense: int = 32,
    dropout: float = 0.0,
) -> keras.Model:
    """Build DeepBind: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    from . import contract

    strand = keras.Input((window_length, 4), name="strand")
    scan = layers.Conv1D(filters, kernel, padding="same", activation="relu", name="first_convolution")(strand)
    x = layers.GlobalMaxPooling1D()(scan)
    if pooling == "max_mean":
        x = layers.Concatenate()([x, layers.GlobalAveragePooling1D()(scan)])
    x = layers.Dropout(dropout)(x)
    if network == "M2":
        x = layers.Dense(dense, activation="relu")(x)
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return contract.larger_of_both_strands(keras.Model(strand, probabilities), "DeepBind")
