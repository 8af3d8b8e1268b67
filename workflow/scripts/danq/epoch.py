"""One epoch: training on all samples in legs, with the state saved between them, then validation."""

from __future__ import annotations

import logging
import time
from typing import NoReturn

import keras
import numpy as np
from tqdm import tqdm

from .batches import Batches, sample_order
from .devices import feed
from .errors import UserError
from .interrupt import Stopped, StopRequest
from .recipe import Recipe
from .state import EpochPart, Progress, StateFile
from .windows import Windows

log = logging.getLogger(__name__)
SECONDS_BETWEEN_LINES = 30


class Epochs:
    """Trains `trainer`, a compiled model on packed windows, epoch by epoch.

    replicas : devices that share out each batch; of the last one, samples that do not go around are left out
        (a device without any would fail), fewer than there are devices
    save_every : seconds between two savings of the state within an epoch
    """

    def __init__(
        self,
        trainer: keras.Model,
        data: Windows,
        valid: Windows,
        recipe: Recipe,
        state: StateFile,
        stop: StopRequest,
        *,
        replicas: int = 1,
        save_every: float = 600,
        verbose: bool = False,
    ):
        self.trainer, self.data, self.valid, self.recipe = trainer, data, valid, recipe
        self.state, self.stop = state, stop
        self.replicas, self.save_every, self.verbose = replicas, save_every, verbose

    @property
    def count(self) -> int:
        """Training windows in use."""
        return min(len(self.data), self.recipe.max_windows or len(self.data))

    def samples(self, epoch: int) -> np.ndarray:
        """This epoch's samples in order; with a cap on windows, the same evenly spread ones in every epoch."""
        samples = sample_order(len(self.data), self.recipe.strands, self.recipe.seed, epoch)
        if self.count < len(self.data):
            chosen = np.zeros(len(self.data), bool)
            chosen[np.linspace(0, len(self.data) - 1, self.count).astype(int)] = True
            samples = samples[chosen[samples % len(self.data)]]
        return self._shared_out(samples)

    def _shared_out(self, samples: np.ndarray) -> np.ndarray:
        return samples[: len(samples) - len(samples) % self.recipe.batch_size % self.replicas]

    def train_one(self, progress: Progress) -> dict:
        """Train for one epoch, or for what is left of it, and validate; the new row of the history."""
        epoch = len(progress.history)
        samples = self.samples(epoch)
        progress.part = progress.part or EpochPart(learning_rate=self._first_rate(progress))
        while progress.part.samples < len(samples):
            self._train_a_leg(progress, samples, f"epoch {epoch + 1}/{self.recipe.epochs}")
            if self.stop:
                self.save_and_end(progress)
            self.state.save(progress)
        part = progress.part
        row = {
            "epoch": epoch + 1,
            "loss": part.loss / part.samples,
            "val_loss": self.validate(progress),
            "learning_rate": part.learning_rate,
            "seconds": part.seconds,
            "windows_per_second": part.samples / part.seconds,
        }
        progress.part = None
        if not np.isfinite([row["loss"], row["val_loss"]]).all():
            raise UserError(
                f"the loss is {row['loss']} after epoch {epoch + 1}: training has diverged; "
                "lower the learning rate, or use float32"
            )
        log.info(
            "epoch %d/%d: loss %.4f, val_loss %.4f, lr %.2g, %.0f s, %.0f windows/s",
            epoch + 1,
            self.recipe.epochs,
            *(row[name] for name in ("loss", "val_loss", "learning_rate", "seconds", "windows_per_second")),
        )
        return row

    def _first_rate(self, progress: Progress) -> float:
        """The learning rate as the epoch begins; the plateau schedule sets it anew."""
        rate = self.trainer.optimizer.learning_rate
        if self.recipe.schedule == "plateau":
            rate.assign(self.recipe.rate_after(progress.validation_losses))
        return float(keras.ops.convert_to_numpy(rate))

    def _train_a_leg(self, progress: Progress, samples: np.ndarray, title: str) -> None:
        """Train on the samples that are left, until the next saving is due or a signal comes."""
        begin = time.monotonic()
        left = samples[progress.part.samples :]
        batches = Batches(self.data, left, self.recipe.batch_size)
        done = progress.part.samples // self.recipe.batch_size
        leg = _Leg(title, done, len(batches), self.stop, begin + self.save_every, self.verbose)
        logs = feed(self.trainer.fit, batches, shuffle=False, callbacks=[leg])
        seen = min(leg.batches * self.recipe.batch_size, len(left))
        progress.part.add(seen, logs.history["loss"][0], time.monotonic() - begin)

    def validate(self, progress: Progress) -> float:
        """Loss on the validation windows, both strands unless training is on the forward strand only."""
        samples = np.arange(len(self.valid) * (1 if self.recipe.strands == "none" else 2))
        batches = Batches(self.valid, self._shared_out(samples), self.recipe.batch_size)
        loss = feed(self.trainer.evaluate, batches, callbacks=[_EndsValidation(self.stop)])
        if self.stop:
            self.save_and_end(progress)
        return loss

    def save_and_end(self, progress: Progress) -> NoReturn:
        self.state.save(progress)
        raise Stopped(
            f"stopped by {self.stop.name} after {progress.place}: saved in {self.state.path}; the same command goes on "
            "from there",
            self.stop.number,
        )


class _Leg(keras.callbacks.Callback):
    """Ends a leg when it is time, and shows progress: a bar on a terminal, a line every half minute in a log (every
    second if `verbose`)."""

    def __init__(self, title: str, done: int, steps: int, stop: StopRequest, until: float, verbose: bool):
        super().__init__()
        self._bar = tqdm(desc=title, initial=done, total=done + steps, unit=" batches", leave=False, disable=None)
        self._title, self._done, self._steps, self._last = title, done, done + steps, time.monotonic()
        self._seconds = 1 if verbose else SECONDS_BETWEEN_LINES
        self._stop, self._until = stop, until
        self.batches = 0

    def on_train_batch_end(self, batch, logs=None):
        self.batches = batch + 1
        self._bar.update()
        now = time.monotonic()
        if self._stop or now > self._until:
            self.model.stop_training = True
        if (self._bar.disable or self._seconds == 1) and now - self._last > self._seconds:
            self._last = now
            at = self._done + self.batches
            log.info("%s: batch %d of %d, loss %.4f", self._title, at, self._steps, logs["loss"])

    def on_train_end(self, logs=None):
        self._bar.close()


class _EndsValidation(keras.callbacks.Callback):
    def __init__(self, stop: StopRequest):
        super().__init__()
        self._stop = stop

    def on_test_batch_end(self, batch, logs=None):
        if self._stop:
            self.model.stop_evaluating = True
