"""One or several checkpoints as one model: the mean of their probabilities, and how far they spread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from ..data.sources import Source
from ..data.windows import blocks
from ..errors import UserError
from . import checkpoint
from .batches import Batches, on_packed
from .devices import Devices, feed

CHUNK = 1 << 14  # sequences predicted between two results
BATCH = 512  # sequences


def on_strands(model: keras.Model, strands: str) -> keras.Model:
    """`model` on packed sequences.

    strands : "forward" predicts sequences as they are, "both" averages the probabilities of both strands
    """
    return on_packed(_strand_mean(model, strands), model.input_shape[1])


def _strand_mean(model: keras.Model, strands: str) -> Callable:
    """A function from one-hot sequences (n, L, 4) to probabilities (n, T).

    The reverse complement of a one-hot sequence, channels A, C, G, T, is the sequence flipped along both axes.
    """

    def both(sequence):
        return (model(sequence) + model(keras.ops.flip(sequence, axis=(1, 2)))) / 2

    return both if strands == "both" else model


class Ensemble:
    """Checkpoints of one window length and the same targets, loaded to predict.

    Parameters
    ----------
    paths : checkpoints, at least one; replicates or folds of a model, or models of different architectures
    strands : "forward" predicts sequences as they are, "both" averages the probabilities of both strands
    devices : where to predict

    Attributes
    ----------
    length : length of a sequence in bp
    targets : one per output
    architecture : name of the architecture; names joined by `+` if they differ
    models : keras models on one-hot sequences (n, L, 4), one per checkpoint

    Checkpoints that do not belong together are a UserError.
    """

    def __init__(self, paths: Sequence[str | Path], strands: str = "both", devices: Devices | None = None):
        self.paths, self.strands, self.devices = [Path(path) for path in paths], strands, devices or Devices()
        with self.devices.scope():
            loaded = [checkpoint.load(path) for path in self.paths]
            self.models = [model for model, _ in loaded]
            self.blueprints = [blueprint for _, blueprint in loaded]
            self.length, self.targets = self.blueprints[0].window, self.blueprints[0].targets
            self._check()
            for number, model in enumerate(self.models):
                model.name = f"member_{number}"  # Keras wants the parts of a model to have different names
            self._predictor = on_packed(self._members, self.length)
        self.architecture = "+".join(dict.fromkeys(blueprint.architecture for blueprint in self.blueprints))

    def _check(self) -> None:
        first = self.paths[0]
        for path, blueprint in zip(self.paths, self.blueprints, strict=True):
            if blueprint.window != self.length:
                raise UserError(
                    f"{first} reads windows of {self.length} bp, {path} of {blueprint.window} bp; "
                    "only checkpoints of one window length can be averaged"
                )
            if blueprint.targets != self.targets:
                raise UserError(
                    f"{first} and {path} were trained for different targets; only checkpoints of the same targets "
                    "can be averaged"
                )

    def _members(self, sequence):
        """Probabilities (n, K, T) of one-hot sequences (n, L, 4) by K checkpoints."""
        return keras.ops.stack([_strand_mean(model, self.strands)(sequence) for model in self.models], axis=1)

    def check_fit(self, source: Source) -> None:
        """Raise a UserError unless the sequences have the length, and labelled windows the targets, of the models."""
        for path, blueprint in zip(self.paths, self.blueprints, strict=True):
            checkpoint.check_fit(blueprint, path, source)

    def members(
        self, source: Source, unit: str = " windows", progress: tqdm | None = None
    ) -> Iterator[tuple[slice, np.ndarray]]:
        """Predict all sequences, with a progress bar: pairs of rows and float32 (n, K, T), one matrix per checkpoint.

        At most `CHUNK` sequences are in memory at a time.

        unit : of the progress bar
        progress : a bar of several sources, which is moved on instead
        """
        self.check_fit(source)
        n, count = len(source), self.devices.count
        own = progress is None
        with tqdm(desc="predicting", total=n, unit=unit, disable=None) if own else nullcontext(progress) as progress:
            for block in blocks(n, CHUNK):
                size = block.stop - block.start
                samples = np.arange(block.start, block.stop + -size % count)  # every device needs a sequence
                batches = Batches(source, np.minimum(samples, n - 1), BATCH // count * count, with_labels=False)
                yield block, feed(self._predictor.predict, batches)[:size]
                progress.update(size)

    def means(
        self, source: Source, unit: str = " windows", progress: tqdm | None = None
    ) -> Iterator[tuple[slice, np.ndarray]]:
        """As `members`, averaged over the checkpoints: float32 (n, T)."""
        for block, probabilities in self.members(source, unit, progress):
            yield block, probabilities.mean(axis=1)
