"""DanQ weights as Keras kept them in 2015, brought into today's DanQ.

Such a file (DanQ_bestmodel.hdf5 of the paper's authors) has groups layer_0, layer_1, ... of datasets
param_0, param_1, .... It differs from today's weights in five ways:

- the convolution's kernel is (filters, 4, width, 1) and Theano flips it along the width;
- its channels are A, G, C, T, as in the .mat bundle;
- each direction of the LSTM is twelve arrays, W, U and b of the gates i, c, f, o in this order; today they
  are one kernel, one recurrent kernel and one bias, gates i, f, c, o;
- the gates use Theano's hard sigmoid, clip(.2 x + .5, 0, 1);
- the dense layers are alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import h5py
import keras
import numpy as np

from . import models
from .bundle import ALPHABET, channels
from .errors import UserError
from .files import existing

PARAMETERS = (2, 24, 2, 2)  # of the layers that have any: convolution, bidirectional LSTM, two dense
GATES = {"i": 0, "c": 1, "f": 2, "o": 3}  # where the old layout has them


def read_old_weights(path: str | Path, alphabet: str = ALPHABET) -> list[np.ndarray]:
    """The file's weights in the order and layout of today's DanQ (`keras.Model.set_weights`).

    alphabet : order of the channels that the old model was trained on
    """
    path = existing(path, "file of old Keras weights")
    try:
        with h5py.File(path, "r") as file:
            groups = [file[f"layer_{i}"] for i in range(int(file.attrs["nb_layers"]))]
            layers = [[group[f"param_{i}"][()] for i in range(int(group.attrs["nb_params"]))] for group in groups]
    except (OSError, KeyError) as error:
        raise UserError(
            f"{path}: not weights of Keras 0.x ({error}); this reads files like DanQ_bestmodel.hdf5"
        ) from error
    layers = [layer for layer in layers if layer]
    found = tuple(len(layer) for layer in layers)
    if found != PARAMETERS:
        raise UserError(
            f"{path}: its layers have {found} arrays, those of DanQ have {PARAMETERS}; it is another network"
        )
    (kernel, bias), lstm, *dense = layers
    kernel = kernel[..., 0][:, channels(alphabet), ::-1].transpose(2, 1, 0)  # (width, 4, filters)
    return [kernel, bias, *_one_direction(lstm[:12]), *_one_direction(lstm[12:]), *dense[0], *dense[1]]


def _one_direction(parts: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Kernel (inputs, 4 units), recurrent kernel (units, 4 units) and bias (4 units), gates i, f, c, o."""
    return [
        np.concatenate([parts[3 * GATES[gate] + kind] for gate in ("i", "f", "c", "o")], axis=-1) for kind in range(3)
    ]


def build_from_old_weights(
    path: str | Path,
    window: int = 1000,
    architecture: str = "DanQ",
    pool: int | None = None,
    alphabet: str = ALPHABET,
) -> tuple[keras.Model, dict]:
    """Today's DanQ with the old file's weights, taking one-hot windows (n, window, 4), and its sizes.

    architecture : DanQ or DanQ-JASPAR
    pool : places pooled together, which the file does not tell (None: the architecture's own)
    """
    weights = read_old_weights(path, alphabet)
    kernel, dense, output = weights[0], weights[8], weights[10]
    pool = pool or models.default_sizes(architecture)["pool"]
    sizes = {"filters": kernel.shape[2], "kernel": kernel.shape[0], "pool": pool, "lstm": weights[3].shape[0]}
    sizes |= {"dense": dense.shape[1], "gates": "hard_sigmoid"}
    model = models.build(architecture, window, output.shape[1], **sizes)
    try:
        model.set_weights(weights)
    except ValueError as error:
        raise UserError(
            f"{path}: its weights do not fit windows of {window} bp and pools of {pool} places "
            f"({len(dense)} inputs of the hidden layer); give the sizes that it was trained with"
        ) from error
    return model, models.default_sizes(architecture) | sizes
