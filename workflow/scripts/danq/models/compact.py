"""Compact: a network for small genomes, one layer of motif detectors and dilated residual convolutions behind it.

The default sizes give 243,985 parameters at 500 bp and 17 targets. It joins what the field has learned since 2015:
batch normalisation (Ioffe & Szegedy 2015), an exponential first activation, which makes filters learn whole motifs (Koo
& Ploenzke, Nature Machine Intelligence 3:258-266, 2021), dilated residual blocks (Kelley et al. 2018) and GELU. The
highest output of each filter among neighbouring positions is taken before the normalisation and the activation, which
then work on fewer numbers.

docs/models.md gives the recipe that suits it, and what each of its parts adds on yeast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "This workflow, 2026"
PUBLISHED = (500, 17, 243_985)
SIZES = {
    "filters": "number of filters (motif detectors) of the first convolution",
    "kernel": "width of the first convolution's filters in bp",
    "pool": "number of neighbouring positions that max-pooling joins after the first convolution",
    "first": "activation of the first convolution's normalised outputs",
    "channels": "number of filters of the dilated convolutions",
    "blocks": "number of dilated residual convolutions; each has twice the dilation of the one before, the first has 1",
    "kernel2": "width of the dilated convolutions' filters in positions",
    "pool2": "number of neighbouring positions that max-pooling joins after the dilated convolutions",
    "dense": "number of units of the dense layer",
    "dropout": "share of values dropped in each block and before the dense layer",
    "last_dropout": "share of values dropped after the dense layer",
}
CHOICES = {"first": {"exponential": "", "gelu": "", "relu": ""}}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 128,
    kernel: int = 19,
    pool: int = 8,
    first: str = "exponential",
    channels: int = 48,
    blocks: int = 3,
    kernel2: int = 5,
    pool2: int = 2,
    dense: int = 128,
    dropout: float = 0.1,
    last_dropout: float = 0.3,
) -> keras.Model:
    """Build Compact: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    def normalised(x):
        return layers.BatchNormalization(momentum=0.9)(x)

    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, padding="same", use_bias=False, name="first_convolution")(window)
    x = layers.Activation(first)(normalised(layers.MaxPooling1D(pool)(x)))
    x = normalised(layers.Conv1D(channels, 1, use_bias=False)(x))
    for block in range(blocks):
        more = layers.Activation("gelu")(x)
        more = layers.Conv1D(channels, kernel2, dilation_rate=2**block, padding="same", use_bias=False)(more)
        x = layers.Add()([x, layers.Dropout(dropout)(normalised(more))])
    x = layers.MaxPooling1D(pool2)(layers.Activation("gelu")(x))
    x = layers.Dense(dense, use_bias=False)(layers.Flatten()(layers.Dropout(dropout)(x)))
    x = layers.Dropout(last_dropout)(layers.Activation("gelu")(normalised(x)))
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="Compact")
