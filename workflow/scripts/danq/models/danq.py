"""DanQ: a convolution that scans for motifs, and a bidirectional LSTM that reads their arrangement.

Quang & Xie, Nucleic Acids Research 44(11):e107, 2016. Published sizes give 46,926,479 parameters
at 1,000 bp and 919 targets.
"""

from __future__ import annotations

import keras
from keras import layers

CHOICES = {"gates": ("sigmoid", "hard_sigmoid")}


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
    gates: str = "sigmoid",
) -> keras.Model:
    """One-hot windows (n, window_length, 4) to probabilities (n, n_targets).

    Sizes: `filters` of `kernel` bp, max-pooling over `pool` places, `lstm` units in each direction
    and `dense` hidden units; `dropout` follows the pool, `lstm_dropout` the LSTM. `gates` of
    the LSTM are "sigmoid" (which runs on cuDNN) or "hard_sigmoid", clip(.2 x + .5, 0, 1), as in the Keras of
    2015 that the published weights come from.
    """
    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, activation="relu", name="first_convolution")(window)
    x = layers.MaxPooling1D(pool)(x)
    x = layers.Dropout(dropout)(x)
    gate = _hard_sigmoid if gates == "hard_sigmoid" else "sigmoid"
    x = layers.Bidirectional(layers.LSTM(lstm, recurrent_activation=gate, return_sequences=True))(x)
    x = layers.Dropout(lstm_dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(dense, activation="relu")(x)
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="DanQ")


@keras.saving.register_keras_serializable("danq")  # the bidirectional layer makes its copies by name
def _hard_sigmoid(x):
    """Theano's; today's Keras has another slope (1/6)."""
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)
