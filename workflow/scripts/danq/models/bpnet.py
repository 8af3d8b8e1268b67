"""BPNet: the dilated residual convolutions of BPNet and ChromBPNet, averaged over positions.

The published sizes are those of ChromBPNet: 6,339,072 parameters before the outputs, whatever the window, and 6,810,519
with 919 targets. Its heads for the profile and the count of reads have no place here (see docs/models.md). Described in
the papers and in the code of ChromBPNet (MIT).

Difference: with `padding: same`, the dilated convolutions keep the length, so that windows may be shorter than the
1,041 bp that the published ones need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

PAPER = "Avsec et al., Nature Genetics 53:354-366, 2021"
PUBLISHED = (2114, 919, 6_810_519)
SIZES = {
    "filters": "number of filters of each convolution; those of the first detect motifs",
    "kernel": "width of the first convolution's filters in bp",
    "blocks": "number of dilated convolutions; each has twice the dilation of the one before, the first has 2",
    "kernel2": "width of the dilated convolutions' filters in positions",
    "padding": "what the dilated convolutions do at the ends",
}
CHOICES = {"padding": {"same": "pad with zeros", "valid": "shorten, as published"}}


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 512,
    kernel: int = 21,
    blocks: int = 8,
    kernel2: int = 3,
    padding: str = "same",
) -> keras.Model:
    """Build BPNet: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    window = keras.Input((window_length, 4), name="window")
    x = layers.Conv1D(filters, kernel, activation="relu", name="first_convolution")(window)
    for block in range(1, blocks + 1):
        dilation = 2**block
        more = layers.Conv1D(filters, kernel2, dilation_rate=dilation, padding=padding, activation="relu")(x)
        lost = dilation * (kernel2 - 1) if padding == "valid" else 0
        x = layers.Add()([layers.Cropping1D((lost // 2, lost - lost // 2))(x) if lost else x, more])
    x = layers.GlobalAveragePooling1D()(x)
    probabilities = layers.Dense(n_targets, activation="sigmoid", dtype="float32", name="probabilities")(x)
    return keras.Model(window, probabilities, name="BPNet")
