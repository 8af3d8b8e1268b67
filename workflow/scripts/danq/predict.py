"""Predictions of a split, written chunk by chunk with the labels they are judged by."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

import h5py
import keras
import numpy as np
from tqdm import tqdm

from . import checkpoint
from .batches import Batches, Unpack, packed_input
from .devices import Devices, feed
from .files import replacing
from .predictions import FORMAT
from .targets import to_json
from .windows import Windows, blocks

log = logging.getLogger(__name__)
CHUNK = 1 << 14  # windows predicted between two writes
BATCH = 512


def on_strands(model: keras.Model, strands: str) -> keras.Model:
    """`model` on packed windows: of the forward strand, or averaged over both ("both").

    The reverse complement of a one-hot window, channels A, C, G, T, is the window flipped along
    both axes.
    """
    length = model.input_shape[1]
    packed = packed_input(length)
    window = Unpack(length)(packed)
    probabilities = model(window)
    if strands == "both":
        opposite = model(keras.ops.flip(window, axis=(1, 2)))
        probabilities = (probabilities + opposite) / 2
    return keras.Model(packed, probabilities, name=f"strands_{model.name}")


def predict(
    checkpoint_path: str | Path,
    windows: Windows,
    output: str | Path,
    strands: str = "both",
    devices: Devices | None = None,
) -> None:
    """Predict all windows and write them to `output`, an HDF5 file that `predictions.Predictions` reads."""
    devices = devices or Devices()
    with devices.scope():
        model, blueprint = checkpoint.load(checkpoint_path)
        checkpoint.check_fit(blueprint, checkpoint_path, windows)
        predictor = on_strands(model, strands)
    n, begin = len(windows), time.monotonic()
    with (
        replacing(output, room=5 * n * len(windows.targets)) as temporary,
        h5py.File(temporary, "w") as file,
        tqdm(desc="predicting", total=n, unit=" windows", disable=None) as progress,
    ):
        data = file.create_dataset("predictions", (n, len(windows.targets)), np.float32)
        for block in blocks(n, CHUNK):
            size = block.stop - block.start
            samples = np.arange(block.start, block.stop + -size % devices.count)  # a device without any would fail
            batch_size = BATCH // devices.count * devices.count
            batches = Batches(windows, np.minimum(samples, n - 1), batch_size, with_labels=False)
            data[block] = feed(predictor.predict, batches)[:size]
            progress.update(size)
        file["labels"] = windows.packed_labels()
        file["targets"] = to_json(windows.targets)
        file.attrs.update(
            format=FORMAT,
            strands=strands,
            architecture=blueprint.architecture,
            windows=windows.fingerprint,
            split=windows.made_by.get("split", windows.path.stem),
            keep=json.dumps(windows.made_by.get("rule", {}).get("keep", "")),
        )
    seconds = time.monotonic() - begin
    log.info("%s windows predicted in %.0f s (%.0f/s)", f"{n:,}", seconds, n / seconds)
