"""DanQ: a convolution that detects motifs, and a bidirectional LSTM that reads their arrangement.

The published sizes give 46,926,479 parameters at 1,000 bp and 919 targets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Quang & Xie, Nucleic Acids Research 44(11):e107, 2016"
PUBLISHED = (1000, 919, 46_926_479)
SIZES = {
    "filters": "number of filters (motif detectors) of the convolution",
    "kernel": "width of the filters in bp",
    "pool": "number of neighbouring positions that max-pooling joins",
    "lstm": "number of LSTM units in each direction",
    "dense": "number of units of the hidden dense layer",
    "dropout": "share of values dropped after pooling",
    "lstm_dropout": "share of values dropped after the LSTM",
    "gates": "activation of the LSTM's gates",
}
CHOICES = {
    "gates": {
        "sigmoid": "runs on cuDNN",
        "hard_sigmoid": "clip(.2 x + .5, 0, 1), as in the Keras of 2015 that the published weights come from",
    }
}


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
    """Build DanQ: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, activation="relu", name="first_convolution")(window)
    x = layers.MaxPooling1D(pool)(x)
    x = layers.Dropout(dropout)(x)
    gate = _hard_sigmoid() if gates == "hard_sigmoid" else "sigmoid"
    x = layers.Bidirectional(layers.LSTM(lstm, recurrent_activation=gate, return_sequences=True))(x)
    x = layers.Dropout(lstm_dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(dense, activation="relu")(x)
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="DanQ")


def _hard_sigmoid():
    """Theano's hard sigmoid; the one in today's Keras has a slope of 1/6."""
    import keras

    @keras.saving.register_keras_serializable("danq")  # the bidirectional layer copies its LSTM by name
    def hard_sigmoid(x):
        return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)

    return hard_sigmoid
