"""Checkpoints: one HDF5 file of weights that says what built it. Loading one runs no code from it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import keras

from . import models
from .errors import UserError
from .files import existing, replacing
from .targets import Target, from_json, to_json

if TYPE_CHECKING:
    from .windows import Windows

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


def digest(path: str | Path) -> str:
    """Identifies the checkpoint's content."""
    with existing(path, "checkpoint").open("rb") as file:
        return hashlib.file_digest(file, partial(hashlib.blake2b, digest_size=16)).hexdigest()


def check_sizes(path: str | Path, blueprint: Blueprint, architecture: str | None, sizes: dict[str, Any]) -> None:
    """Sizes that the user gives, and the architecture if given, must be those of the checkpoint."""
    if architecture not in (None, blueprint.architecture):
        raise UserError(f"{path} is a {blueprint.architecture}, not a {architecture}; give its own -m, or another file")
    for name, value in sizes.items():
        if blueprint.sizes.get(name) != value:
            raise UserError(
                f"{path} has {name} {blueprint.sizes.get(name)}, not {value}; leave the option out, or train anew"
            )


def check_fit(blueprint: Blueprint, checkpoint_path: str | Path, windows: Windows) -> None:
    """A checkpoint predicts windows of its own length and targets only."""
    if blueprint.window != windows.length:
        raise UserError(
            f"{checkpoint_path} was trained on windows of {blueprint.window} bp, {windows.path} holds windows "
            f"of {windows.length} bp; predict on data of the same size, or train again"
        )
    differ = [(ours, other) for ours, other in zip(blueprint.targets, windows.targets, strict=False) if ours != other]
    if differ and len(blueprint.targets) == len(windows.targets):
        raise UserError(
            f"{checkpoint_path} and {windows.path} have {len(windows.targets)} targets each, but target "
            f"{differ[0][0].index} is {differ[0][0].title!r} in one and {differ[0][1].title!r} in the other; "
            "pack the windows, or import the weights, with the same list of names"
        )
    if blueprint.targets != windows.targets:
        raise UserError(
            f"{checkpoint_path} was trained for {len(blueprint.targets)} targets that are not the "
            f"{len(windows.targets)} of {windows.path}; predict on data with the same targets, or train again"
        )


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
