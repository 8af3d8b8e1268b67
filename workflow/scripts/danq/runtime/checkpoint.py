"""Checkpoints: one HDF5 file with the weights and the settings that built the model.

Loading a checkpoint executes no code from it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

from .. import hdf5
from ..data.sources import Source
from ..data.targets import Target, from_json, to_json
from ..data.windows import Windows
from ..errors import UserError
from ..files import existing, replacing
from ..models import registry

SUFFIX = ".weights.h5"
FORMAT = "danq-checkpoint-1"


@dataclass(frozen=True)
class Blueprint:
    """What a checkpoint was built from.

    architecture : name in the registry
    sizes : hyperparameters of the architecture
    window : length of a window in bp
    targets : one per output
    dataset : fingerprint of the training windows
    versions : of the software, by name
    """

    architecture: str
    sizes: dict[str, Any]
    window: int
    targets: list[Target]
    dataset: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    def build(self) -> keras.Model:
        """The model with its initial weights."""
        return registry.build(self.architecture, self.window, len(self.targets), **self.sizes)


def default_path(prefix: str, architecture: str, folder: str | Path = "checkpoints") -> Path:
    """Where the programs look for a checkpoint if no path is given."""
    return Path(folder) / f"{prefix}.{architecture}{SUFFIX}"


def save(path: str | Path, model: keras.Model, blueprint: Blueprint) -> None:
    """Write the model's weights and its blueprint. On an error, no file is left and an old file is kept."""
    facts = asdict(blueprint) | {"targets": None}
    with replacing(path, room=4 * model.count_params()) as temporary:
        model.save_weights(temporary)
        with h5py.File(temporary, "r+") as file:
            file.attrs.update(format=FORMAT, blueprint=json.dumps(facts))
            file["targets"] = to_json(blueprint.targets)


def read_blueprint(path: str | Path) -> Blueprint:
    """The blueprint of a checkpoint, read without its weights."""
    with hdf5.reading(path, "checkpoint", "train again") as file:
        if file.attrs.get("format") != FORMAT:
            raise UserError(f"{path}: not a checkpoint of this workflow; make one with train.py")
        blueprint = Blueprint(**json.loads(file.attrs["blueprint"]) | {"targets": from_json(file["targets"][()])})
        if not (isinstance(blueprint.window, int) and isinstance(blueprint.sizes, dict)):
            raise ValueError("its blueprint has values of another type")
        return blueprint


def digest(path: str | Path) -> str:
    """Hash of the checkpoint's content."""
    with existing(path, "checkpoint").open("rb") as file:
        return hashlib.file_digest(file, partial(hashlib.blake2b, digest_size=16)).hexdigest()


def check_sizes(path: str | Path, blueprint: Blueprint, architecture: str | None, sizes: dict[str, Any]) -> None:
    """Raise a UserError unless the given architecture and sizes are those of the checkpoint.

    architecture : None accepts any
    sizes : hyperparameters that the user gave
    """
    if architecture not in (None, blueprint.architecture):
        raise UserError(f"{path} is a {blueprint.architecture}, not a {architecture}; give its own -m, or another file")
    for name, value in sizes.items():
        if blueprint.sizes.get(name) != value:
            raise UserError(
                f"{path} has {name} {blueprint.sizes.get(name)}, not {value}; leave the option out, or train anew"
            )


def check_fit(blueprint: Blueprint, checkpoint_path: str | Path, source: Source) -> None:
    """Raise a UserError unless the sequences have the checkpoint's length and, if labelled, its targets."""
    if blueprint.window != source.length:
        raise UserError(
            f"{checkpoint_path} was trained on windows of {blueprint.window} bp, {source} holds windows "
            f"of {source.length} bp; predict on data of the same size, or train again"
        )
    if isinstance(source, Windows):
        _check_targets(blueprint, checkpoint_path, source)


def _check_targets(blueprint: Blueprint, checkpoint_path: str | Path, windows: Windows) -> None:
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
    """The model with its trained weights, on one-hot windows (n, L, 4), and its blueprint."""
    blueprint = read_blueprint(path)
    model = blueprint.build()
    try:
        model.load_weights(path)
    except hdf5.DAMAGE as error:
        raise UserError(
            f"{path}: its weights do not fit {blueprint.architecture} ({hdf5.reason(error)}); train again"
        ) from error
    if not all(np.isfinite(weight).all() for weight in model.get_weights()):
        raise UserError(f"{path}: its weights hold values that are not numbers (NaN); train again")
    return model, blueprint
