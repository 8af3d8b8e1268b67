"""DanQ: a convolution that scans for motifs, and a bidirectional LSTM that reads their arrangement.

Quang & Xie, Nucleic Acids Research 44(11):e107, 2016. Published sizes give 46,926,479 parameters
at 1,000 bp and 919 targets.
"""

from __future__ import annotations

import keras
from keras import layers


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 320,
    kernel: int = 26,
    pool: int = 13,
    lstm: int = 320,
    dense: int = 925,
    dropout: float = 0.2,
    lstm_dropout: float = 0.5,
) -> keras.Model:
    """One-hot windows (n, window_length, 4) to probabilities (n, n_targets).

    Sizes: `filters` of `kernel` bp, max-pooling over `pool` places, `lstm` units in each direction
    and `dense` hidden units; `dropout` follows the pool, `lstm_dropout` the LSTM.
    """
    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, activation="relu", name="first_convolution")(window)
    x = layers.MaxPooling1D(pool)(x)
    x = layers.Dropout(dropout)(x)
    x = layers.Bidirectional(layers.LSTM(lstm, return_sequences=True))(x)
    x = layers.Dropout(lstm_dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(dense, activation="relu")(x)
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="DanQ")
