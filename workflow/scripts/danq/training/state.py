"""The state of a training in one file, from which a stopped or killed run resumes.

The state holds the weights, the optimizer, dropout's random state, the best weights, the history and the progress
within the current epoch. The order of samples, the learning rate and the end of training follow from the recipe and
the history, so a resumed run gives the same result as an uninterrupted one.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path

import h5py
import keras
import numpy as np

from .. import hdf5
from ..errors import UserError
from ..files import replacing

log = logging.getLogger(__name__)


@dataclass
class EpochPart:
    """Progress within the current epoch.

    samples : number of samples that were used
    loss : sum of the loss over these samples
    seconds : training time
    learning_rate : at the beginning of the epoch
    """

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
    """Progress of a training.

    history : one row per epoch
    best : the weights of the best epoch so far
    part : progress within the current epoch; None between epochs
    resumed_after : number of finished epochs at each resumption
    start : val_loss and val_auprc of the checkpoint that training started from; None without one
    """

    history: list[dict] = field(default_factory=list)
    best: list[np.ndarray] = field(default_factory=list)
    part: EpochPart | None = None
    resumed_after: list[int] = field(default_factory=list)
    start: dict[str, float] | None = None

    @property
    def place(self) -> str:
        """The progress in words."""
        within = f" and {self.part.samples:,} windows of the next" if self.part else ""
        return f"epoch {len(self.history)}{within}"


class StateFile:
    """The state of `trainer` in the file `path`. Only a run with the same `key` resumes from it."""

    def __init__(self, path: str | Path, key: str, trainer: keras.Model):
        self.path, self._key, self._trainer = Path(path), key, trainer

    def _variables(self) -> dict[str, list]:
        """The variables that training changes: weights, dropout's random state, and those of the optimizer."""
        return {"model": self._trainer.variables, "optimizer": self._trainer.optimizer.variables}

    def save(self, progress: Progress) -> None:
        values = [variable for variables in self._variables().values() for variable in variables]
        room = 4 * sum(int(np.prod(variable.shape)) for variable in values) + 4 * self._trainer.count_params()
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
                start=json.dumps(progress.start),
            )

    def resume(self) -> Progress:
        """Load the state if it belongs to this recipe and these data; otherwise start from the beginning."""
        if not self.path.exists():
            return Progress()
        try:
            with h5py.File(self.path, "r") as file:
                hdf5.check_all(file)
                if file.attrs["key"] != self._key:
                    self._set_aside("belongs to other settings, data or versions of the software")
                    return Progress()
                part = json.loads(file.attrs["part"])
                progress = Progress(
                    json.loads(file.attrs["history"]),
                    [_values(file, f"best/{i}", weight) for i, weight in enumerate(self._best(file))],
                    EpochPart(**part) if part else None,
                    json.loads(file.attrs["resumed_after"]),
                    json.loads(file.attrs["start"]),
                )
                saved = [
                    (variable, _values(file, f"{group}/{i}", variable))
                    for group, variables in self._variables().items()
                    for i, variable in enumerate(variables)
                ]
                _check(progress)
        except hdf5.DAMAGE as error:
            reason = hdf5.reason(error)
            if getattr(error, "errno", None):  # the disk or the network failed; the file may be fine
                raise UserError(f"{self.path}: cannot be read ({reason}); fix this, or remove the file") from error
            self._set_aside(f"is damaged ({reason})")
            return Progress()
        for variable, value in saved:  # after all of the file was read
            variable.assign(value)
        progress.resumed_after.append(len(progress.history))
        log.info("resuming after %s, from %s", progress.place, self.path)
        return progress

    def _best(self, file: h5py.File) -> list:
        """The variables that the best weights belong to: those of the model, or none before there are any."""
        return self._trainer.weights if len(file["best"]) else []

    def _set_aside(self, why: str) -> None:
        """Rename the file, which may hold days of work, and keep it until this training is done."""
        self.path.replace(self._aside)
        log.warning("%s %s: training starts from the beginning; it is kept as %s", self.path, why, self._aside.name)

    @property
    def _aside(self) -> Path:
        return self.path.with_name(f"old-{self.path.name}")

    def move(self, path: str | Path) -> None:
        """Move the file to another path of the same disk; a file there is replaced."""
        self.path.replace(path)
        self._aside.unlink(missing_ok=True)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)
        self._aside.unlink(missing_ok=True)


def _values(file: h5py.File, name: str, variable) -> np.ndarray:
    """The values of a variable or weight; a ValueError if they do not fit it or are not finite."""
    values = hdf5.dataset(file, name, np.dtype(variable.dtype), tuple(variable.shape))[()]
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"{name} is not finite")
    return values


def _check(progress: Progress) -> None:
    """Raise a ValueError unless the history and the numbers are those that training writes."""
    rows = [*progress.history, *([progress.start] if progress.start else [])]
    measures = [row[name] for row in rows for name in ("val_loss", "val_auprc")]
    losses = [row["loss"] for row in progress.history]
    part = vars(progress.part).values() if progress.part else []
    numbers = [*measures, *losses, *part, *progress.resumed_after]
    lists = isinstance(progress.history, list) and isinstance(progress.resumed_after, list)
    if not lists or not all(type(number) in (int, float) for number in numbers):
        raise ValueError("its history does not consist of numbers")
