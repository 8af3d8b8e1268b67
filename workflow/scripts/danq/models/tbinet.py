"""TBiNet: DanQ with attention, which weighs the positions before the LSTM reads them.

The published sizes give 35,515,816 parameters at 1,000 bp and 690 targets (the transcription factors of DeepSEA's 919
targets). Described in the paper and in the authors' notebook (no licence stated).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Park et al., Scientific Reports 10:13413, 2020"
PUBLISHED = (1000, 690, 35_515_816)
SIZES = {
    "filters": "number of filters (motif detectors) of the convolution",
    "kernel": "width of the filters in bp",
    "pool": "number of neighbouring positions that max-pooling joins",
    "lstm": "number of LSTM units in each direction",
    "dense": "number of units of the hidden dense layer",
    "dropout": "share of values dropped after pooling",
    "lstm_dropout": "share of values dropped after the LSTM",
}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 320,
    kernel: int = 26,
    pool: int = 13,
    lstm: int = 320,
    dense: int = 695,
    dropout: float = 0.2,
    lstm_dropout: float = 0.5,
) -> keras.Model:
    """Build TBiNet: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, activation="relu", name="first_convolution")(window)
    x = layers.MaxPooling1D(pool)(x)
    x = layers.Dropout(dropout)(x)
    attention = layers.Softmax(axis=1)(layers.Dense(1)(x))  # one weight per position; their sum is 1
    x = layers.Multiply()([x, attention])
    x = layers.Bidirectional(layers.LSTM(lstm, return_sequences=True))(x)
    x = layers.Dropout(lstm_dropout)(x)
    x = layers.Dense(dense, activation="relu")(layers.Flatten()(x))
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="TBiNet")
