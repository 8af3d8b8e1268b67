"""Sei: pairs of convolutions with and without activation, dilated convolutions, and splines over positions.

In each of three stages, two convolutions without activation are summed with two that read them with ReLU. Dilated
convolutions follow, and a basis of cubic B-splines summarises the positions, so that the dense layers do not grow with
the window. The published sizes give 73,528,000 parameters before the dense layers. With 21,907 hidden units and as many
targets, as published, there are 889,979,983; with 919 of both, 88,490,239. The hidden layer has 919 units here unless
the config says otherwise. Described in the paper and in the authors' code (academic and research use).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UserError

if TYPE_CHECKING:
    import keras
    import numpy as np

PAPER = "Chen, Wong, Troyanskaya & Zhou, Nature Genetics 54:940-949, 2022"
PUBLISHED = (4096, 919, 88_490_239)
SIZES = {
    "filters": "number of filters of the first stage; those of its first convolution detect motifs",
    "filters2": "number of filters of the second stage",
    "filters3": "number of filters of the third stage and of the dilated convolutions",
    "kernel": "width of the filters of the three stages, in bp in the first",
    "kernel2": "width of the dilated convolutions' filters in positions",
    "pool": "number of neighbouring positions that max-pooling joins before the second and before the third stage",
    "splines": "number of B-splines that summarise the positions; at least 4",
    "dense": "number of units of the hidden dense layer (published: the number of targets)",
    "dropout": "share of values dropped before each pair of convolutions of the second and third stage",
    "dilated_dropout": "share of values dropped before each dilated convolution",
    "last_dropout": "share of values dropped before the splines",
}
DILATIONS = (2, 4, 8, 16, 25)


def build(
    window_length: int,
    n_targets: int,
    *,
    filters: int = 480,
    filters2: int = 640,
    filters3: int = 960,
    kernel: int = 9,
    kernel2: int = 5,
    pool: int = 4,
    splines: int = 16,
    dense: int = 919,
    dropout: float = 0.2,
    dilated_dropout: float = 0.1,
    last_dropout: float = 0.5,
) -> keras.Model:
    """Build Sei: one-hot windows (n, window_length, 4) to probabilities (n, n_targets)."""
    import keras
    from keras import layers

    if splines < 4:
        raise UserError(f"Sei: splines must be at least 4, not {splines}; cubic splines need four")

    def start():
        """PyTorch's first weights; with Keras's, the sums over paths and positions would be far too large."""
        return keras.initializers.VarianceScaling(1 / 3, "fan_in", "uniform")

    def convolution(x, filters, width, **options):
        return layers.Conv1D(filters, width, padding="same", kernel_initializer=start(), **options)(x)

    def pair(x, filters, activation=None, name=None):
        x = convolution(x, filters, kernel, activation=activation, name=name)
        return convolution(x, filters, kernel, activation=activation)

    window = keras.Input((window_length, 4), name="window")
    linear = pair(window, filters, name="first_convolution")
    curved = pair(linear, filters, "relu")
    for count in (filters2, filters3):
        x = layers.MaxPooling1D(pool)(layers.Add()([curved, linear]))
        linear = pair(layers.Dropout(dropout)(x), count)
        curved = pair(layers.Dropout(dropout)(linear), count, "relu")
    read, x = layers.Add()([curved, linear]), curved
    for dilation in DILATIONS:
        read = layers.Dropout(dilated_dropout)(read)
        more = convolution(read, filters3, kernel2, dilation_rate=dilation, activation="relu")
        read = x = layers.Add()([x, more])
    x = layers.Flatten()(_spline_sums(splines)(layers.Dropout(last_dropout)(x)))
    x = layers.Dense(dense, activation="relu", kernel_initializer=start())(x)
    options = {"activation": "sigmoid", "dtype": "float32", "name": "probabilities"}
    probabilities = layers.Dense(n_targets, kernel_initializer=start(), **options)(x)
    return keras.Model(window, probabilities, name="Sei")


def spline_basis(positions: int, count: int) -> np.ndarray:
    """Cubic B-splines with evenly spaced knots at the positions, float32 (positions, count); each row's sum is 1."""
    import numpy as np
    from scipy.interpolate import BSpline

    knots = np.concatenate([[0] * 3, np.linspace(0, 1, count - 2), [1] * 3])
    return BSpline.design_matrix(np.linspace(0, 1, positions), knots, 3).toarray().astype(np.float32)


def _spline_sums(count: int):
    """A layer from positions (n, positions, channels) to their sums weighted by each spline (n, channels, count)."""
    from keras import layers, ops

    class SplineSums(layers.Layer):
        def __init__(self):
            super().__init__(name="spline_sums")

        def build(self, shape):
            self._basis = spline_basis(shape[1], count)

        def call(self, x):
            basis = ops.convert_to_tensor(self._basis, dtype=x.dtype)
            return ops.matmul(ops.transpose(x, (0, 2, 1)), basis)

        def compute_output_shape(self, shape):
            return (shape[0], shape[2], count)

    return SplineSums()
