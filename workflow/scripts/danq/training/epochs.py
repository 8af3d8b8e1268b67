"""The loop over epochs: train on all samples, in segments with the state saved in between, and validate."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from typing import NoReturn

import keras
import numpy as np
from tqdm import tqdm

from ..data.windows import Windows
from ..errors import UserError
from ..runtime.batches import Batches, sample_order
from ..runtime.devices import feed
from ..runtime.interrupt import Stopped, StopRequest
from .augmentation import Augmentation, AugmentedBatches
from .average import Average
from .recipe import Recipe
from .state import EpochPart, Progress, StateFile
from .validation import Validation

log = logging.getLogger(__name__)
EPOCH_LOG = logging.getLogger(f"{__name__}.done")  # one line per epoch
SECONDS_BETWEEN_LINES = 30


class Epochs:
    """Trains a model epoch by epoch.

    model : the model whose best weights are kept
    trainer : the same model on packed windows, compiled
    average : of the weights, which is validated and kept in their place
    name : name of the run in the lines on its epochs
    replicas : number of devices that share each batch. If the last batch of an epoch cannot be divided evenly, its
        last samples are dropped: a device without samples would fail.
    save_every : seconds between two savings of the state within an epoch
    """

    def __init__(
        self,
        model: keras.Model,
        trainer: keras.Model,
        data: Windows,
        validation: Validation,
        recipe: Recipe,
        state: StateFile,
        stop: StopRequest,
        *,
        average: Average | None = None,
        name: str = "",
        replicas: int = 1,
        save_every: float = 600,
        verbose: bool = False,
    ):
        self.model, self.trainer, self.data, self.validation, self.recipe = model, trainer, data, validation, recipe
        self.state, self.stop, self.name = state, stop, name or recipe.architecture
        self.replicas, self.save_every, self.verbose = replicas, save_every, verbose
        self.average, self.augmentation = average, Augmentation(recipe, data.length)

    def run(self, progress: Progress, after_epoch: Callable[[dict], None] = lambda row: None) -> None:
        """Train until the recipe is over. `progress` is updated; `after_epoch` gets each new row of the history."""
        while not self.recipe.is_over(self.recipe.monitored(progress.history)):
            row = self._train_epoch(progress)
            progress.history.append(row)
            if self.recipe.best_epoch(progress.history, progress.start) == row["epoch"]:
                progress.best = (self.average or self.model).get_weights()
            after_epoch(row)
            if self.stop:
                self._save_and_end(progress)
            self.state.save(progress)

    def _train_epoch(self, progress: Progress) -> dict:
        """Train for one epoch, or for the rest of an interrupted one, and validate. Returns its row of the history."""
        epoch = len(progress.history) + 1
        samples = self._samples(epoch)
        progress.part = progress.part or EpochPart(learning_rate=self._first_rate(progress))
        while progress.part.samples < len(samples):
            self._train_segment(progress, samples, f"epoch {epoch}/{self.recipe.epochs}")
            if self.stop:
                self._save_and_end(progress)
            self.state.save(progress)
        begin = time.monotonic()
        validated = self.validate(progress)
        part = progress.part
        row = {
            "epoch": epoch,
            "loss": part.loss / part.samples,
            **validated,
            "learning_rate": part.learning_rate,
            "seconds": part.seconds,
            "windows_per_second": part.samples / part.seconds,
        }
        progress.part = None
        if not np.isfinite([row["loss"], row["val_loss"]]).all():
            raise UserError(
                f"training has diverged: after epoch {epoch} the training loss is {row['loss']} "
                f"and the validation loss {row['val_loss']}; "
                "lower the learning rate, or use float32",
                kind="diverged",
            )
        left = (self.recipe.epochs - epoch) * (part.seconds + time.monotonic() - begin)
        EPOCH_LOG.info(
            "%s: epoch %d/%d, loss %.4f, val_loss %.4f, val_auprc %.3f, lr %.2g, %.0f s, %.0f windows/s%s",
            self.name,
            *(epoch, self.recipe.epochs),
            *(row[name] for name in ("loss", *validated, "learning_rate", "seconds", "windows_per_second")),
            f", at most {_duration(left)} left" if left else "",
        )
        return row

    @property
    def count(self) -> int:
        """Number of training windows in use."""
        return min(len(self.data), self.recipe.max_windows or len(self.data))

    def _samples(self, epoch: int) -> np.ndarray:
        """The samples of an epoch (from 1) in order. `max_windows` selects the same evenly spread windows each time."""
        samples = sample_order(len(self.data), self.recipe.strands, self.recipe.seed, epoch - 1)
        if self.count < len(self.data):
            chosen = np.zeros(len(self.data), bool)
            chosen[np.linspace(0, len(self.data) - 1, self.count).astype(int)] = True
            samples = samples[chosen[samples % len(self.data)]]
        return self._divisible(samples)

    def _divisible(self, samples: np.ndarray) -> np.ndarray:
        """The samples without the last ones that cannot be divided evenly among the devices."""
        return samples[: len(samples) - len(samples) % self.recipe.batch_size % self.replicas]

    def _first_rate(self, progress: Progress) -> float:
        """The learning rate at the beginning of an epoch; the plateau schedule sets it here."""
        rate = self.trainer.optimizer.learning_rate
        if self.recipe.schedule == "plateau":
            rate.assign(self.recipe.rate_after(self.recipe.monitored(progress.history)))
        return float(keras.ops.convert_to_numpy(rate))

    def _train_segment(self, progress: Progress, samples: np.ndarray, title: str) -> None:
        """Train on the remaining samples until the next saving is due or a signal arrives."""
        begin = time.monotonic()
        left = samples[progress.part.samples :]
        done = progress.part.samples // self.recipe.batch_size
        batches = self._batches(left, len(progress.history) + 1, done)
        segment = _Segment(title, done, len(batches), self.stop, begin + self.save_every, self.verbose)
        logs = feed(self.trainer.fit, batches, shuffle=False, callbacks=[segment])
        seen = min(segment.batches * self.recipe.batch_size, len(left))
        progress.part.add(seen, logs.history["loss"][0], time.monotonic() - begin)

    def _batches(self, samples: np.ndarray, epoch: int, first: int) -> Batches:
        """Batches of training windows, changed if the recipe says so; `first` is the number of the first one."""
        if not self.augmentation.changes:
            return Batches(self.data, samples, self.recipe.batch_size)
        return AugmentedBatches(self.augmentation, epoch, first, self.data, samples, self.recipe.batch_size)

    def validate(self, progress: Progress) -> dict[str, float]:
        """The columns of the history that start with val_, of the average of the weights if there is one."""
        with self.average.in_model() if self.average else nullcontext():
            values = self.validation(self.stop)
        if self.stop:
            self._save_and_end(progress)
        return values

    def _save_and_end(self, progress: Progress) -> NoReturn:
        self.state.save(progress)
        raise Stopped(
            f"stopped by {self.stop.name} after {progress.place}: the state is saved in {self.state.path}; "
            "the same command resumes",
            self.stop.number,
        )


class _Segment(keras.callbacks.Callback):
    """Ends a segment in time and shows progress.

    A terminal gets a progress bar; a log gets a line every half minute (every second if `verbose`).
    """

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


def _duration(seconds: float) -> str:
    """A time in hours and minutes, or in seconds if it is short."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
