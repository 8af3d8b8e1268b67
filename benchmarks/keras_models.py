"""Training and prediction timed in Keras: the library's way on packed windows, and the plain way on float32 arrays.

Both build, compile and start the same model in the same way; only what feeds it differs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import common  # noqa: F401
import keras
import numpy as np

from danq import models
from danq.batches import Batches, on_packed, sample_order
from danq.devices import Devices, feed
from danq.objective import make_loss, make_optimizer
from danq.predict import on_strands
from danq.recipe import Recipe
from danq.windows import Windows


class Clock(keras.callbacks.Callback):
    """Windows a second of a fit or a prediction, from the end of the warm-up batches to `stop`."""

    def __init__(self, batch: int, warm_up: int):
        super().__init__()
        self._batch, self._warm_up, self._steps = batch, warm_up, 0

    def _step(self, result) -> None:
        self._steps += 1
        if self._steps == self._warm_up:
            keras.ops.convert_to_numpy(result)  # waits until the device is done
            self._begin = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self._step(logs["loss"])

    def on_predict_batch_end(self, batch, logs=None):
        self._step(logs["outputs"])

    def rate(self) -> float:
        return (self._steps - self._warm_up) * self._batch / (time.perf_counter() - self._begin)


def ours(architecture: str, path: Path, batch: int, warm_up: int) -> dict:
    windows, recipe = Windows(path), Recipe(architecture=architecture, batch_size=batch)
    model, trainer = _compiled(windows, recipe, on_packed)
    samples = sample_order(len(windows), "random", recipe.seed, epoch=0)  # each window once, from either strand
    train = Clock(batch, warm_up)
    feed(trainer.fit, Batches(windows, samples, batch), shuffle=False, callbacks=[train])
    rates = {"train": train.rate()}
    predictor = on_strands(model, "forward")
    predict = Clock(batch, warm_up)
    batches = Batches(windows, np.arange(len(windows)), batch, with_labels=False)
    feed(predictor.predict, batches, callbacks=[predict])
    return rates | {"predict": predict.rate(), "parameters": model.count_params()}


def plain(architecture: str, path: Path, batch: int, warm_up: int) -> dict:
    windows, recipe = Windows(path), Recipe(architecture=architecture, batch_size=batch)
    x, y = windows.onehot(slice(None)), windows.labels().astype(np.float32)
    model, trainer = _compiled(windows, recipe, lambda model: model)
    train = Clock(batch, warm_up)
    trainer.fit(x, y, batch_size=batch, verbose=0, callbacks=[train])
    rates = {"train": train.rate()}
    predict = Clock(batch, warm_up)
    model.predict(x, batch_size=batch, verbose=0, callbacks=[predict])
    return rates | {"predict": predict.rate(), "parameters": model.count_params()}


def _compiled(windows: Windows, recipe: Recipe, wrap: Callable) -> tuple[keras.Model, keras.Model]:
    """The model, and what is trained: the model itself or, for packed windows, the model with the unpacking."""
    keras.utils.set_random_seed(recipe.seed)
    Devices()
    model = models.build(recipe.architecture, windows.length, len(windows.targets))
    trainer = wrap(model)
    trainer.compile(make_optimizer(recipe, 1), make_loss(recipe, windows.positives(), len(windows)))
    return model, trainer
