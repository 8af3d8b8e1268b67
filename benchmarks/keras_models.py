"""Measures training and prediction in Keras, with the library on packed windows and plainly on float32 arrays.

Both train the same model from the same weights. The plain one has Keras's own Adam.
"""

from __future__ import annotations

import time
from pathlib import Path

import common  # noqa: F401
import keras
import numpy as np

from danq.data.windows import Windows
from danq.models import registry
from danq.runtime.batches import Batches, on_packed, sample_order
from danq.runtime.devices import Devices, feed
from danq.runtime.ensembles import on_strands
from danq.training.objective import make_loss, make_optimizer
from danq.training.recipe import Recipe


class Clock(keras.callbacks.Callback):
    """Measures windows per second of `fit` or `predict` from the end of the warm-up batches until `rate` is called."""

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
    model = _built(windows, recipe)
    trainer = on_packed(model, windows.length)
    trainer.compile(make_optimizer(recipe, 1), make_loss(recipe, windows.positives(), len(windows)))
    samples = sample_order(len(windows), "random", recipe.seed, epoch=0)  # each window once, on a random strand
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
    model = _built(windows, recipe)
    model.compile(keras.optimizers.Adam(recipe.learning_rate), "binary_crossentropy")
    train = Clock(batch, warm_up)
    model.fit(x, y, batch_size=batch, verbose=0, callbacks=[train])
    rates = {"train": train.rate()}
    predict = Clock(batch, warm_up)
    model.predict(x, batch_size=batch, verbose=0, callbacks=[predict])
    return rates | {"predict": predict.rate(), "parameters": model.count_params()}


def _built(windows: Windows, recipe: Recipe) -> keras.Model:
    keras.utils.set_random_seed(recipe.seed)
    Devices()
    return registry.build(recipe.architecture, windows.length, len(windows.targets))
