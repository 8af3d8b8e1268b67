"""The state of a training: all that it depends on, in one file, so that a killed run goes on from there.

Weights, optimizer, dropout's random state, best weights, history, and how far the epoch under way has come. The order
of samples, the learning rate and the end follow from the recipe and the history, so a resumed run ends where an
unbroken one would.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path

import h5py
import keras
import numpy as np

from .errors import UserError
from .files import replacing

log = logging.getLogger(__name__)


@dataclass
class EpochPart:
    """What is done of the epoch under way. loss : sum over samples; learning_rate : as the epoch began."""

    samples: int = 0
    loss: float = 0.0
    seconds: float = 0.0
    learning_rate: float = 0.0

    def add(self, samples: int, mean_loss: float, seconds: float) -> None:
        self.samples += samples
        self.loss += samples * mean_loss
        self.seconds += seconds


@dataclass
class Progress:
    """How far training has come: the history's rows, the best weights so far, the epoch under way."""

    history: list[dict] = field(default_factory=list)
    best: list[np.ndarray] = field(default_factory=list)
    part: EpochPart | None = None
    resumed_after: list[int] = field(default_factory=list)  # epochs that were done at each start
    start_loss: float = np.inf  # validation loss of the weights that training went on from

    @property
    def validation_losses(self) -> list[float]:
        return [row["val_loss"] for row in self.history]

    @property
    def best_epoch(self) -> int:
        """From 1; 0 when no epoch was better than the weights that training went on from."""
        return int(np.argmin([self.start_loss, *self.validation_losses]))

    @property
    def place(self) -> str:
        """Where training stands, in words."""
        within = f" and {self.part.samples:,} windows of the next" if self.part else ""
        return f"epoch {len(self.history)}{within}"


class StateFile:
    """The state of `trainer` at `path`; only a run with the same `key` takes it up."""

    def __init__(self, path: str | Path, key: str, trainer: keras.Model):
        self.path, self._key, self._trainer = Path(path), key, trainer

    def _variables(self) -> dict[str, list]:
        """What training changes: weights and dropout's random state, and the optimizer's variables."""
        return {"model": self._trainer.variables, "optimizer": self._trainer.optimizer.variables}

    def save(self, progress: Progress) -> None:
        room = 16 * self._trainer.count_params()  # weights, Adam's two moments and the best weights, of 4 bytes
        with replacing(self.path, room) as temporary, h5py.File(temporary, "w") as file:
            for group, variables in self._variables().items():
                for i, variable in enumerate(variables):
                    file[f"{group}/{i}"] = keras.ops.convert_to_numpy(variable)
            file.create_group("best")
            for i, weight in enumerate(progress.best):
                file[f"best/{i}"] = weight
            file.attrs.update(
                key=self._key,
                history=json.dumps(progress.history),
                part=json.dumps(asdict(progress.part) if progress.part else None),
                resumed_after=json.dumps(progress.resumed_after),
                start_loss=progress.start_loss,
            )

    def resume(self) -> Progress:
        """Take up the state when it belongs to this recipe and these data; else start afresh."""
        if not self.path.exists():
            return Progress()
        try:
            with h5py.File(self.path, "r") as file:
                if file.attrs["key"] != self._key:
                    self._set_aside("belongs to other settings, data or versions of the software")
                    return Progress()
                part = json.loads(file.attrs["part"])
                progress = Progress(
                    json.loads(file.attrs["history"]),
                    [file[f"best/{i}"][()] for i in range(len(file["best"]))],
                    EpochPart(**part) if part else None,
                    json.loads(file.attrs["resumed_after"]),
                    float(file.attrs["start_loss"]),
                )
                saved = [
                    (variable, file[f"{group}/{i}"][()])
                    for group, variables in self._variables().items()
                    for i, variable in enumerate(variables)
                ]
        except (OSError, KeyError, ValueError, TypeError) as error:
            reason = str(error).splitlines()[0]
            if getattr(error, "errno", None):  # the disk's or the network's trouble, not the file's
                raise UserError(f"{self.path}: cannot be read ({reason}); see to that, or remove the file") from error
            self._set_aside(f"is damaged ({reason})")
            return Progress()
        for variable, value in saved:  # only now that all of it was read
            variable.assign(value)
        progress.resumed_after.append(len(progress.history))
        log.info("resuming after %s, from %s", progress.place, self.path)
        return progress

    def _set_aside(self, why: str) -> None:
        """Start afresh, but keep the file until this training is done: days of work may be in it."""
        self.path.replace(self._aside)
        log.warning("%s %s: starting afresh; it is kept as %s", self.path, why, self._aside.name)

    @property
    def _aside(self) -> Path:
        return self.path.with_name(f"old-{self.path.name}")

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self._aside.unlink(missing_ok=True)
