"""Predictions of a model: of any source in memory, chunk by chunk, or of a split in a file."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from ..data.sources import Source
from ..data.windows import blocks
from . import checkpoint
from .batches import Batches, on_packed
from .devices import Devices, feed
from .predictions import writing

log = logging.getLogger(__name__)
CHUNK = 1 << 14  # sequences predicted between two writes
BATCH = 512  # sequences


def on_strands(model: keras.Model, strands: str) -> keras.Model:
    """`model` on packed sequences.

    strands : "forward" predicts sequences as they are, "both" averages the probabilities of both strands. The reverse
        complement of a one-hot sequence, channels A, C, G, T, is the sequence flipped along both axes.
    """

    def both(sequence):
        return (model(sequence) + model(keras.ops.flip(sequence, axis=(1, 2)))) / 2

    return on_packed(both if strands == "both" else model, model.input_shape[1])


def chunks(predictor: keras.Model, source: Source, devices: Devices) -> Iterator[tuple[slice, np.ndarray]]:
    """Predict all sequences of a source, with a progress bar: pairs of rows and their probabilities float32 (n, T).

    predictor : a model on packed sequences, as from `on_strands`
    """
    n = len(source)
    batch_size = BATCH // devices.count * devices.count
    with tqdm(desc="predicting", total=n, unit=" windows", disable=None) as progress:
        for block in blocks(n, CHUNK):
            size = block.stop - block.start
            samples = np.arange(block.start, block.stop + -size % devices.count)  # every device needs a sequence
            batches = Batches(source, np.minimum(samples, n - 1), batch_size, with_labels=False)
            yield block, feed(predictor.predict, batches)[:size]
            progress.update(size)


def predict(
    checkpoint_path: str | Path,
    source: Source,
    output: str | Path,
    strands: str = "both",
    devices: Devices | None = None,
) -> None:
    """Predict all sequences and write the probabilities to an HDF5 file (see `predictions`).

    The file also holds the labels if the source is `Windows`.
    """
    devices = devices or Devices()
    with devices.scope():
        model, blueprint = checkpoint.load(checkpoint_path)
        checkpoint.check_fit(blueprint, checkpoint_path, source)
        predictor = on_strands(model, strands)
    n, begin = len(source), time.monotonic()
    with writing(output, source, blueprint.targets, architecture=blueprint.architecture, strands=strands) as data:
        for block, probabilities in chunks(predictor, source, devices):
            data[block] = probabilities
    seconds = time.monotonic() - begin
    log.info("%s windows predicted in %.0f s (%.0f/s)", f"{n:,}", seconds, n / seconds)
