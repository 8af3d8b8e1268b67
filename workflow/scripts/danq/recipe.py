"""How a model is trained: every choice that changes the result, in one object."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from .errors import UserError

STRANDS = ("both", "random", "none")
OPTIMIZERS = ("adam", "rmsprop", "sgd")
SCHEDULES = ("constant", "cosine", "plateau", "inverse")
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
CLASS_WEIGHTINGS = ("none", "balanced", "sqrt")
XLA = {"auto": "auto", "always": True, "never": False}  # as Keras calls it: jit_compile
FIRST_FILTERS = ("random", "jaspar")
PLATEAU_PATIENCE, PLATEAU_FACTOR = 2, 0.3


@dataclass(frozen=True)
class Recipe:
    """A training run's settings. The defaults are those of the reference programs.

    sizes : the architecture's hyperparameters that differ from the published ones
    first_filters : how the first convolution starts: "random", "jaspar" (from known motifs), or None for
        the architecture's own way
    jaspar_release, jaspar_taxa : of those motifs
    jaspar_scale : what their values are multiplied by (1 is as published; less keeps the LSTM from saturating)
    schedule : of the learning rate: "constant", "cosine" (to zero over all epochs), "plateau"
        (times .3 whenever the validation loss has not improved for 2 epochs) or "inverse"
        (divided by 1 + decay x batches so far)
    momentum, weight_decay : for sgd; weight decay is added to the gradient, as Torch does
    patience : stop after so many epochs without a better validation loss
    precision : "mixed_bfloat16" and "mixed_float16" compute in 16 bits and keep weights in 32
    xla : compile with XLA: "always", "never", or "auto" (Keras decides)
    strands : "both" (each window and its reverse complement), "random" (one of them), "none" (forward)
    class_weighting : weight of a target's positives in the loss: "none" (1), "balanced"
        (negatives / positives, at most 100) or "sqrt" (its square root)
    max_windows : a cap on training windows, for debugging
    """

    architecture: str = "DanQ"
    sizes: dict[str, Any] = field(default_factory=dict)
    optimizer: str = "adam"
    learning_rate: float = 1e-4
    schedule: str = "constant"
    decay: float = 8e-7
    momentum: float = 0.9
    weight_decay: float = 0.0
    first_filters: str | None = None
    jaspar_release: str = "JASPAR2016"
    jaspar_taxa: Sequence[str] = ("vertebrates",)
    jaspar_scale: float = 1.0
    batch_size: int = 500
    epochs: int = 60
    patience: int = 5
    precision: str = "float32"
    xla: str = "auto"
    strands: str = "both"
    class_weighting: str = "none"
    max_windows: int | None = None
    seed: int = 1

    def __post_init__(self):
        choices = {
            "optimizer": OPTIMIZERS,
            "schedule": SCHEDULES,
            "precision": PRECISIONS,
            "xla": tuple(XLA),
            "strands": STRANDS,
            "class_weighting": CLASS_WEIGHTINGS,
        }
        if self.first_filters is not None:
            choices["first_filters"] = FIRST_FILTERS
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise UserError(f"{name} {getattr(self, name)!r} is unknown; choose from {', '.join(allowed)}")
        for name in ("learning_rate", "batch_size", "epochs", "patience", "jaspar_scale"):
            if getattr(self, name) <= 0:
                raise UserError(f"{name} must be above 0, not {getattr(self, name)}")
        for name in ("decay", "weight_decay"):
            if getattr(self, name) < 0:
                raise UserError(f"{name} must be at least 0, not {getattr(self, name)}")
        if self.weight_decay and self.optimizer != "sgd":
            raise UserError(f"weight_decay is for sgd, not for {self.optimizer}; set it to 0")
        if self.max_windows is not None and self.max_windows < 1:
            raise UserError(f"max_windows must be above 0, not {self.max_windows}; leave it out to take all")

    def key(self, *facts: str) -> str:
        """Identifies this recipe and what else decides on the result (data, code, versions): only
        equal keys may resume."""
        text = json.dumps([asdict(self), facts], sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()

    def rate_after(self, validation_losses: Sequence[float]) -> float:
        """The plateau schedule's learning rate after these epochs; it follows from them alone."""
        rate, best, waited = self.learning_rate, np.inf, 0
        for loss in validation_losses:
            best, waited = (loss, 0) if loss < best else (best, waited + 1)
            if waited >= PLATEAU_PATIENCE:
                rate, waited = rate * PLATEAU_FACTOR, 0
        return rate

    def is_over(self, validation_losses: Sequence[float]) -> bool:
        """Whether the patience is used up, or all epochs are done."""
        done = len(validation_losses)
        return done >= self.epochs or (done > 0 and done - 1 - int(np.argmin(validation_losses)) >= self.patience)
