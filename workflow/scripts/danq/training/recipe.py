"""The recipe of a training: every choice that changes its result, in one object."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import numpy as np

from ..errors import UserError
from ..models.registry import ARCHITECTURES
from ..settings import Setting

XLA = {"auto": "auto", "always": True, "never": False}  # Keras's value of jit_compile
PLATEAU_PATIENCE, PLATEAU_FACTOR = 2, 0.3


def option(default: Any, meaning: str, kind: type = str, **limits) -> Any:
    """A field of the recipe that the user can set; see `Setting` for the limits."""
    return field(default=default, metadata={"setting": Setting(default, meaning, kind, **limits)})


@dataclass(frozen=True)
class Recipe:
    """The settings of a training. The defaults are those of the reference programs.

    The command line of `train.py`, the keys of `models.<name>` in the config and their table in config/README.md are
    made from these fields. `sizes` are the architecture's hyperparameters that differ from the published ones.
    """

    architecture: str = option("DanQ", f"architecture: {', '.join(ARCHITECTURES)}", flags=("-m", "--model"))
    sizes: dict[str, Any] = field(default_factory=dict)
    optimizer: str = option(
        "adam",
        "method that changes the weights",
        choices={"adam": "", "adamw": "with decoupled weight decay", "rmsprop": "", "sgd": "with momentum"},
        flags=("-O", "--optimizer"),
    )
    learning_rate: float = option(1e-4, "step size of the optimizer", float, above=0, flags=("-l", "--learning-rate"))
    schedule: str = option(
        "constant",
        "change of the learning rate during training",
        choices={
            "constant": "",
            "cosine": "falls to zero over all epochs",
            "plateau": "times 0.3 when the monitored measure has not improved for 2 epochs",
            "inverse": "divided by 1 + decay x number of batches so far",
        },
        flags=("-s", "--schedule"),
    )
    warm_up: float = option(
        0.0,
        "number of epochs, whole or not, in which the learning rate rises from zero; then the schedule begins",
        float,
        at_least=0,
    )
    decay: float = option(8e-7, "decay of the learning rate per batch, for the schedule inverse", float, at_least=0)
    momentum: float = option(0.9, "momentum of sgd", float, at_least=0, below=1)
    dampening: float = option(
        0.0,
        "share by which sgd shortens each gradient that it adds to the momentum (Torch's default: the momentum)",
        float,
        at_least=0,
        below=1,
    )
    epsilon: float = option(
        1e-7,
        "number added to the mean square of the gradient in adam and adamw (to its root) and rmsprop (within the root)",
        float,
        above=0,
    )
    weight_decay: float = option(
        0.0,
        "weight decay: sgd adds this times each weight to the gradient; adamw subtracts this times the learning rate "
        "times each weight of a kernel",
        float,
        at_least=0,
    )
    clip: float | None = option(
        None,
        "largest norm of the gradient of all weights together; a longer gradient is shortened to it",
        float,
        above=0,
        unset="no limit",
    )
    ema: float | None = option(
        None,
        "decay per batch of an exponential moving average of the weights (such as 0.999), which is validated and saved "
        "in place of the weights",
        float,
        above=0,
        below=1,
        unset="no average",
    )
    first_filters: str | None = option(
        None,
        "start of the filters of the first convolution",
        choices={"random": "", "jaspar": "known motifs from JASPAR"},
        unset="jaspar for DanQ-JASPAR, random for the others",
    )
    jaspar_release: str = option("JASPAR2016", "JASPAR release of the motifs that filters start from")
    jaspar_taxa: Sequence[str] = option(
        ("vertebrates",),
        "taxonomic groups of these motifs (fungi, insects, nematodes, plants, urochordates, vertebrates)",
    )
    jaspar_scale: float = option(
        1.0,
        "factor on the values of these motifs: 1 is as published; a smaller one keeps the LSTM of a small model from "
        "saturating",
        float,
        above=0,
    )
    batch_size: int = option(
        500, "number of windows per training step, on all GPUs together", int, at_least=1, flags=("-b", "--batch-size")
    )
    epochs: int = option(
        60, "largest number of epochs (passes through all training windows)", int, at_least=1, flags=("-e", "--epochs")
    )
    monitor: str = option(
        "loss",
        "measure on the validation windows that decides on the best epoch and on the end",
        choices={"loss": "", "auprc": "mean over the targets"},
    )
    patience: int = option(
        5,
        "stop after this number of epochs without a better value of the monitored measure",
        int,
        at_least=1,
        flags=("-p", "--patience"),
    )
    precision: str = option(
        "float32",
        "number format of the arithmetic",
        choices={
            "float32": "",
            "mixed_bfloat16": "computes in 16 bits and keeps the weights in 32",
            "mixed_float16": "likewise, for older GPUs",
        },
    )
    xla: str = option(
        "auto", "compile the model with XLA", choices={"auto": "Keras decides", "always": "", "never": ""}
    )
    strands: str = option(
        "both",
        "strands to train on",
        choices={"both": "each window and its reverse complement", "random": "one of the two", "none": "forward only"},
    )
    shift: int = option(
        0,
        "largest random shift of a training window in bp, to either side; beyond the window, bases are unknown",
        int,
        at_least=0,
    )
    mutate: float = option(
        0.0,
        "share of the bases of a training window that are replaced by random others (as EvoAug does)",
        float,
        at_least=0,
        below=1,
    )
    insert: int = option(
        0,
        "largest number of random bases inserted at a random place of a training window (as EvoAug does); as many are "
        "lost at the nearer end",
        int,
        at_least=0,
    )
    class_weighting: str = option(
        "none",
        "weight of a target's positive windows in the loss",
        choices={
            "none": "1",
            "balanced": "negatives / positives, at most 100",
            "sqrt": "the square root of balanced",
        },
    )
    label_smoothing: float = option(
        0.0,
        "share s by which labels move towards one half in the loss (1 becomes 1 - s / 2, 0 becomes s / 2), on training "
        "and validation windows alike",
        float,
        at_least=0,
        below=0.5,
    )
    focal_gamma: float = option(
        0.0,
        "exponent of the focal loss, by which windows that are predicted well count less; 0 is the cross-entropy",
        float,
        at_least=0,
    )
    max_windows: int | None = option(
        None,
        "use only this number of training windows, for debugging",
        int,
        at_least=1,
        unset="all",
        flags=("-n", "--max-windows"),
    )
    seed: int = option(
        1, "random seed of initial weights, order and changes of windows, and dropout", int, at_least=0, below=2**32
    )

    def __post_init__(self):
        for name, setting in settings().items():
            setting.check(name, getattr(self, name))
        if self.weight_decay and self.optimizer not in ("sgd", "adamw"):
            raise UserError(f"weight_decay is for sgd and adamw, not for {self.optimizer}; set it to 0")
        if self.dampening and self.optimizer != "sgd":
            raise UserError(f"dampening is for sgd, not for {self.optimizer}; set it to 0")
        if self.warm_up and self.schedule == "plateau":
            raise UserError("warm_up is not for the schedule plateau; choose constant, cosine or inverse")

    def key(self, *facts: str) -> str:
        """Identifies this recipe and what else decides on the result (data, code, versions).

        Only a training with the same key resumes. The number of epochs is not part of it if a longer training begins
        with the same epochs.
        """
        settings = asdict(self)
        if self.begins_longer_ones:
            del settings["epochs"]
        text = json.dumps([settings, facts], sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def monitored(self, rows: Sequence[Mapping[str, float]]) -> list[float]:
        """The monitored measure in rows of the history, as numbers of which lower ones are better."""
        return [-row["val_auprc"] if self.monitor == "auprc" else row["val_loss"] for row in rows]

    def best_epoch(self, rows: Sequence[Mapping[str, float]], start: Mapping[str, float] | None = None) -> int:
        """Number of the best epoch, from 1; 0 if none was better than `start`, the row of the first weights."""
        first = self.monitored([start])[0] if start else np.inf
        return int(np.argmin([first, *self.monitored(rows)]))

    @property
    def begins_longer_ones(self) -> bool:
        """Whether a training with more epochs begins with the same epochs, so that it can resume from this one's state.

        The cosine schedule falls to zero over all epochs, so that its rates differ from the first step on.
        """
        return self.schedule != "cosine"

    def rate_after(self, monitored: Sequence[float]) -> float:
        """The learning rate of the plateau schedule after epochs with these values, of which lower ones are better."""
        rate, best, waited = self.learning_rate, np.inf, 0
        for value in monitored:
            best, waited = (value, 0) if value < best else (best, waited + 1)
            if waited >= PLATEAU_PATIENCE:
                rate, waited = rate * PLATEAU_FACTOR, 0
        return rate

    def is_over(self, monitored: Sequence[float]) -> bool:
        """Whether the patience is used up, or all epochs are done."""
        done = len(monitored)
        return done >= self.epochs or (done > 0 and done - 1 - int(np.argmin(monitored)) >= self.patience)


def settings() -> Mapping[str, Setting]:
    """The fields of the recipe that the user can set, by name; all but `sizes`, which depend on the architecture."""
    return {entry.name: entry.metadata["setting"] for entry in fields(Recipe) if entry.metadata}
