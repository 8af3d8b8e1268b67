"""DeepMotif-CNN-RNN: a convolution that detects motifs, and the mean output of a bidirectional LSTM along them.

The published sizes give 46,082 parameters with two outputs, which are the two classes of one target there and two
targets here; each further target adds 65. Described in the paper and in the authors' code (MIT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Lanchantin, Singh, Wang & Qi (DeMo Dashboard), Pacific Symposium on Biocomputing 22:254-265, 2017"
PUBLISHED = (101, 2, 46_082)
SIZES = {
    "filters": "number of filters (motif detectors) of the convolution",
    "kernel": "width of the filters in bp",
    "lstm": "number of LSTM units in each direction",
}


def build(window_length: int, n_targets: int, *, filters: int = 128, kernel: int = 9, lstm: int = 32) -> keras.Model:
    """Build DeepMotif-CNN-RNN: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, padding="same", activation="relu", name="first_convolution")(window)
    x = layers.Bidirectional(layers.LSTM(lstm, return_sequences=True))(x)
    x = layers.GlobalAveragePooling1D()(x)
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="DeepMotif-CNN-RNN")
