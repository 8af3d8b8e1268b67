"""Start the first convolution from known motifs, as DanQ-JASPAR does (Quang & Xie 2016)."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import keras
import numpy as np
from scipy.stats import entropy

from ..models.contract import FIRST_CONVOLUTION, strand_network

log = logging.getLogger(__name__)
MARGIN = 3  # positions left free at both ends of a filter if the motif is short enough


def start_from_motifs(model: keras.Model, matrices: Mapping[str, np.ndarray], seed: int, scale: float = 1.0) -> None:
    """Set the model's first filters to motifs. Further filters, and positions next to a motif, stay as they are.

    matrices : counts (width, 4) of each motif, columns A, C, G, T

    A motif's probabilities minus .25 go to a random position in its filter, whose bias (if it has one) is drawn from -1
    to 0; both are multiplied by `scale`, which is 1 in the paper. A motif wider than the filter is cut to its most
    informative part. If there are more motifs than filters, a random subset is used.
    """
    layer = strand_network(model).get_layer(FIRST_CONVOLUTION)
    kernel, *biases = layer.get_weights()  # (width, 4, filters), (filters,) if it has biases
    width, _, filters = kernel.shape
    draw = np.random.default_rng(seed)
    chosen = list(matrices)
    if len(chosen) > filters:
        chosen = [chosen[i] for i in np.sort(draw.choice(len(chosen), filters, replace=False))]
    for i, name in enumerate(chosen):
        matrix = most_informative(matrices[name] / matrices[name].sum(axis=1, keepdims=True), width)
        free = width - len(matrix)
        margin = MARGIN if free >= 2 * MARGIN else 0
        start = int(draw.integers(margin, free - margin + 1))
        kernel[start : start + len(matrix), :, i] = scale * (matrix - 0.25)
        start = scale * draw.uniform(-1, 0)
        for bias in biases:
            bias[i] = start
    layer.set_weights([kernel, *biases])
    log.info("%d of %d filters start as one of %d known motifs", len(chosen), filters, len(matrices))


def most_informative(probabilities: np.ndarray, width: int) -> np.ndarray:
    """The most informative part, at most `width` positions, of a motif (n, 4)."""
    if len(probabilities) <= width:
        return probabilities
    information = 2 - entropy(probabilities, axis=1, base=2)
    start = int(np.convolve(information, np.ones(width), "valid").argmax())
    return probabilities[start : start + width]
