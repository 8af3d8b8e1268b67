"""Checkpoints: one HDF5 file of weights that says what built it. Loading one runs no code from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import h5py
import keras

from . import models
from .errors import UserError
from .files import existing, replacing
from .targets import Target, from_json, to_json

SUFFIX = ".weights.h5"
FORMAT = "danq-checkpoint-1"


@dataclass(frozen=True)
class Blueprint:
    """What a checkpoint was built from.

    window : bp. dataset : fingerprint of the training windows. versions : of the software.
    """

    architecture: str
    sizes: dict[str, Any]
    window: int
    targets: list[Target]
    dataset: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    def build(self) -> keras.Model:
        return models.build(self.architecture, self.window, len(self.targets), **self.sizes)


def default_path(prefix: str, architecture: str, folder: str | Path = "checkpoints") -> Path:
    return Path(folder) / f"{prefix}.{architecture}{SUFFIX}"


def save(path: str | Path, model: keras.Model, blueprint: Blueprint) -> None:
    """Write the model's weights and its blueprint, whole or not at all."""
    facts = asdict(blueprint) | {"targets": None}
    with replacing(path, room=4 * model.count_params()) as temporary:
        model.save_weights(temporary)
        with h5py.File(temporary, "r+") as file:
            file.attrs.update(format=FORMAT, blueprint=json.dumps(facts))
            file["targets"] = to_json(blueprint.targets)


def read_blueprint(path: str | Path) -> Blueprint:
    """What built the checkpoint, without loading its weights."""
    path = existing(path, "checkpoint")
    try:
        with h5py.File(path, "r") as file:
            if file.attrs.get("format") != FORMAT:
                raise UserError(f"{path}: not a checkpoint of this workflow; make one with train.py")
            facts = json.loads(file.attrs["blueprint"]) | {"targets": from_json(file["targets"][()])}
    except (OSError, KeyError, ValueError) as error:
        raise UserError(f"{path}: the checkpoint is cut short or damaged ({error}); train again") from error
    return Blueprint(**facts)


def load(path: str | Path) -> tuple[keras.Model, Blueprint]:
    """The model with its trained weights, taking one-hot windows (n, L, 4), and what built it."""
    blueprint = read_blueprint(path)
    model = blueprint.build()
    try:
        model.load_weights(path)
    except (OSError, KeyError, ValueError) as error:
        first_line = str(error).splitlines()[0]
        raise UserError(
            f"{path}: its weights do not fit {blueprint.architecture} ({first_line}); train again"
        ) from error
    return model, blueprint
