"""Imports DanQ weights that Keras saved in 2015 into the current DanQ.

A file of that time (DanQ_bestmodel.hdf5 of the paper's authors) has groups layer_0, layer_1, ... with
datasets param_0, param_1, .... Compared with current weights:

- the kernel of the convolution is (filters, 4, width, 1), and Theano flips it along the width;
- its channels are A, G, C, T, as in the .mat bundle;
- each direction of the LSTM has twelve arrays, W, U and b of the gates i, c, f, o in this order; now it has
  one kernel, one recurrent kernel and one bias, gates i, f, c, o;
- the gates use Theano's hard sigmoid, clip(.2 x + .5, 0, 1);
- the dense layers are the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from .. import hdf5
from ..errors import UserError
from ..models import registry
from .bundle import ALPHABET, channels

PARAMETERS = (2, 24, 2, 2)  # arrays per layer: convolution, bidirectional LSTM, two dense layers
GATES = {"i": 0, "c": 1, "f": 2, "o": 3}  # order of the gates in the old layout


def read_old_weights(path: str | Path, alphabet: str = ALPHABET) -> list[np.ndarray]:
    """Read the weights in the order and layout of the current DanQ (`keras.Model.set_weights`).

    alphabet : order of the channels that the old model was trained on

    Raises UserError if the file has another layout.
    """
    with hdf5.reading(path, "file of Keras 0.x weights", "give a file like DanQ_bestmodel.hdf5") as file:
        groups = [file[f"layer_{i}"] for i in range(int(file.attrs["nb_layers"]))]
        layers = [[group[f"param_{i}"][()] for i in range(int(group.attrs["nb_params"]))] for group in groups]
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
    """Build the current DanQ with the weights of an old file; return the model and its sizes.

    The input of the model is one-hot windows (n, window, 4), channels A, C, G, T.

    architecture : DanQ or DanQ-JASPAR
    pool : positions pooled together, which is not stored in the file (None: the architecture's default)
    alphabet : order of the channels that the old model was trained on

    Raises UserError if the weights do not fit these sizes.
    """
    weights = read_old_weights(path, alphabet)
    kernel, dense, output = weights[0], weights[8], weights[10]
    pool = pool or registry.default_sizes(architecture)["pool"]
    sizes = {"filters": kernel.shape[2], "kernel": kernel.shape[0], "pool": pool, "lstm": weights[3].shape[0]}
    sizes |= {"dense": dense.shape[1], "gates": "hard_sigmoid"}
    model = registry.build(architecture, window, output.shape[1], **sizes)
    try:
        model.set_weights(weights)
    except ValueError as error:
        raise UserError(
            f"{path}: its weights do not fit windows of {window} bp and pools of {pool} positions "
            f"({len(dense)} inputs of the hidden layer); give the sizes that it was trained with"
        ) from error
    return model, registry.default_sizes(architecture) | sizes
