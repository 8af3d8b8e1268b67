"""DeepATT: DanQ's layers, read by attention with one query for each target.

A query weighs the positions for its target, so that each target adds few parameters. The published sizes give
7,808,057 parameters at 1,000 bp and 919 targets, and 7,900,775 with `outputs: separate` (DeepATT plus). Described in
the paper and in the authors' code (no licence stated).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Li et al., Briefings in Bioinformatics 22(3):bbaa159, 2021"
PUBLISHED = (1000, 919, 7_808_057)
SIZES = {
    "filters": "number of filters (motif detectors) of the convolution",
    "kernel": "width of the filters in bp",
    "pool": "number of neighbouring positions that max-pooling joins",
    "lstm": "number of LSTM units in each direction",
    "heads": "number of heads of the attention",
    "head_size": "number of units of each head",
    "dense": "number of units of the hidden dense layer, which all targets share",
    "dropout": "share of values dropped after pooling",
    "attention_dropout": "share of values dropped after the attention",
    "outputs": "weights of the output layer",
}
CHOICES = {"outputs": {"shared": "the same for all targets", "separate": "each target has its own (DeepATT plus)"}}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 1024,
    kernel: int = 30,
    pool: int = 15,
    lstm: int = 512,
    heads: int = 4,
    head_size: int = 100,
    dense: int = 100,
    dropout: float = 0.2,
    attention_dropout: float = 0.2,
    outputs: str = "shared",
) -> keras.Model:
    """Build DeepATT: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, activation="relu", name="first_convolution")(window)
    x = layers.Dropout(dropout)(layers.MaxPooling1D(pool)(x))
    x = layers.Bidirectional(layers.LSTM(lstm, return_sequences=True))(x)
    x = _target_attention(n_targets, heads, head_size)(x)  # (n, targets, units)
    x = layers.Dense(dense, activation="relu")(layers.Dropout(attention_dropout)(x))
    options = {"activation": "sigmoid", "dtype": "float32", "name": "probabilities"}
    if outputs == "separate":
        probabilities = layers.EinsumDense("ntu,tu->nt", (n_targets,), bias_axes="t", **options)(x)
    else:
        probabilities = layers.Reshape((n_targets,), dtype="float32")(layers.Dense(1, **options)(x))
    return keras.Model(window, probabilities, name="DeepATT")


def _target_attention(n_targets: int, heads: int, size: int):
    """A layer from positions (n, positions, channels) to what each target attends to (n, targets, heads * size)."""
    from keras import layers, ops

    class TargetAttention(layers.Layer):
        """Multi-head attention whose queries are one vector for each target, the projection of its one-hot code."""

        def __init__(self):
            super().__init__(name="target_attention")
            self.keys, self.values, self.joined = (layers.Dense(heads * size, name=n) for n in ("k", "v", "joined"))

        def build(self, shape):
            self.queries = self.add_weight((n_targets, heads * size), "glorot_uniform", name="queries")
            self.bias = self.add_weight((heads * size,), "zeros", name="bias")
            self.keys.build(shape)
            self.values.build(shape)
            self.joined.build((None, n_targets, heads * size))

        def call(self, x):
            def split(values):
                return ops.reshape(values, (-1, x.shape[1], heads, size))

            queries = ops.reshape(self.queries + self.bias, (n_targets, heads, size))
            scores = ops.einsum("thd,nphd->nhtp", queries, split(self.keys(x))) / size**0.5
            mixed = ops.einsum("nhtp,nphd->nthd", ops.softmax(scores), split(self.values(x)))
            return self.joined(ops.reshape(mixed, (-1, n_targets, heads * size)))

        def compute_output_shape(self, shape):
            return (shape[0], n_targets, heads * size)

    return TargetAttention()
