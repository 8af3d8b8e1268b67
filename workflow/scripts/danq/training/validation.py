"""How well a model in training predicts the validation windows: its loss, and its mean AUPRC over targets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np

from ..data.windows import Windows, blocks
from ..evaluation.metrics import Counts, each_target
from ..files import temporary_folder
from ..runtime.batches import Batches
from ..runtime.devices import feed
from ..runtime.ensembles import BATCH, CHUNK, on_strands
from ..runtime.interrupt import StopRequest
from ..runtime.predictions import Predictions, writing
from .recipe import Recipe


class Validation:
    """Measures of a model on validation windows, which are never changed by augmentation.

    model : on one-hot windows; trainer : the same on packed windows, compiled
    replicas : number of devices that share each batch
    beside : a path; predictions are on disk next to it for as long as they are needed

    Create it in the scope of the devices.
    """

    def __init__(
        self, model: keras.Model, trainer: keras.Model, valid: Windows, recipe: Recipe, replicas: int, beside: Path
    ):
        self._trainer, self._valid, self._recipe = trainer, valid, recipe
        self._strands = "forward" if recipe.strands == "none" else "both"
        self._predictor = on_strands(model, self._strands)
        self._replicas, self._beside = replicas, beside

    def __call__(self, stop: StopRequest) -> dict[str, float]:
        """The columns val_loss and val_auprc of the history. They mean nothing if `stop` ended the validation.

        The AUPRC is that of the probabilities that predict.py gives (mean of both strands, unless training uses the
        forward strand only), averaged over the targets with positive and negative windows; NaN without such a target.
        """
        loss = self._loss(stop)
        return {"val_loss": loss, "val_auprc": self._auprc(stop) if np.isfinite(loss) else np.nan}

    def _loss(self, stop: StopRequest) -> float:
        """The loss on both strands, each window and its reverse complement for itself."""
        samples = np.arange(len(self._valid) * (1 if self._strands == "forward" else 2))
        samples = samples[: len(samples) - len(samples) % self._recipe.batch_size % self._replicas]
        batches = Batches(self._valid, samples, self._recipe.batch_size)
        return feed(self._trainer.evaluate, batches, callbacks=[_EndsValidation(stop)])

    def _auprc(self, stop: StopRequest) -> float:
        valid, recipe = self._valid, self._recipe
        with temporary_folder(self._beside.parent, f"{self._beside.name}.valid") as folder:
            path = folder / "valid.h5"
            with writing(path, valid, valid.targets, architecture=recipe.architecture, strands=self._strands) as found:
                for rows, probabilities in self._predicted(stop):
                    found[rows] = probabilities
            if stop:
                return np.nan
            predictions = Predictions.open(path)
            values = np.array(each_target(_area, predictions.columns, len(valid.targets)))
            known = values[~np.isnan(values)]
            return float(known.mean()) if len(known) else np.nan

    def _predicted(self, stop: StopRequest) -> Iterator[tuple[slice, np.ndarray]]:
        """Rows and their probabilities (n, T), chunk by chunk, up to the moment at which a signal arrives."""
        n, count = len(self._valid), self._replicas
        for block in blocks(n, CHUNK):
            size = block.stop - block.start
            samples = np.minimum(np.arange(block.start, block.stop + -size % count), n - 1)  # every device needs one
            batches = Batches(self._valid, samples, BATCH // count * count, with_labels=False)
            probabilities = None if stop else feed(self._predictor.predict, batches, callbacks=[_EndsValidation(stop)])
            if stop:
                return
            yield block, probabilities[:size]


def _area(_: int, counts: Counts) -> float:
    """AUPRC of a target; NaN if its windows are all positive or all negative."""
    return np.nan if counts.one_class else counts.auprc()


class _EndsValidation(keras.callbacks.Callback):
    """Ends the validation when a signal arrives."""

    def __init__(self, stop: StopRequest):
        super().__init__()
        self._stop = stop

    def on_test_batch_end(self, batch, logs=None):
        if self._stop:
            self.model.stop_evaluating = True

    def on_predict_batch_end(self, batch, logs=None):
        if self._stop:
            self.model.stop_predicting = True
