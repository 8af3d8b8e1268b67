"""Training: epochs over packed windows, the best weights by validation loss, and resuming.

The state goes into one file after every epoch, every ten minutes within one, and when a signal asks training to end.
A run that was stopped or killed goes on from there and ends where an unbroken run would.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import shutil
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import keras
import pandas as pd

from . import checkpoint, models
from .batches import on_packed
from .devices import Devices
from .epoch import Epochs
from .errors import UserError
from .files import locked, replacing
from .first_filters import start_from_motifs
from .interrupt import StopRequest
from .jaspar import core_matrices
from .objective import make_loss, make_optimizer
from .recipe import XLA, Recipe
from .state import Progress, StateFile
from .windows import Windows

log = logging.getLogger(__name__)
HISTORY = ("epoch", "loss", "val_loss", "learning_rate", "seconds", "windows_per_second")


def train(
    folder: str | Path,
    recipe: Recipe,
    output: str | Path,
    *,
    devices: Devices | None = None,
    initial_weights: str | Path | None = None,
    history_path: str | Path | None = None,
    run_path: str | Path | None = None,
    state_path: str | Path | None = None,
    tensorboard: str | Path | None = None,
    save_every: float = 600,
    verbose: bool = False,
) -> pd.DataFrame:
    """Train on `folder`/train.h5, validate on valid.h5, and write the best weights to `output`.

    Beside them go the history (TSV, columns `HISTORY`) and run.json, unless paths are given. The
    state file is removed at the end. `initial_weights` is a checkpoint to start from; sizes that the
    recipe leaves out are its. `save_every` : seconds between two savings of the state within an epoch.
    `verbose` logs the layers, and the loss within each epoch. Returns the history. Raises `Stopped`
    when SIGTERM or SIGINT comes, with all that was done saved.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    devices = devices or Devices()
    devices.check_batch(recipe.batch_size)
    data, valid = (Windows(Path(folder) / f"{name}.h5") for name in ("train", "valid"))
    _check_same(data, valid)
    recipe = _with_sizes_of(initial_weights, recipe) if initial_weights else recipe
    base = Path(str(output).removesuffix(checkpoint.SUFFIX))
    state_path = Path(state_path or f"{base}.state.h5")
    with locked(state_path, "another training"), StopRequest() as stop:
        model, trainer = _compiled(recipe, data, devices, initial_weights)
        state = StateFile(state_path, _key(recipe, data, valid, initial_weights), trainer)
        options = {"replicas": devices.count, "save_every": save_every, "verbose": verbose}
        epochs = Epochs(trainer, data, valid, recipe, state, stop, **options)
        progress = _train_epochs(epochs, model, initial_weights, tensorboard)
        run = {
            "recipe": asdict(recipe),
            "devices": devices.describe(),
            "backend": devices.backend,
            "versions": versions(),
            "seed": recipe.seed,
            "parameters": model.count_params(),
            "dataset": {"train": data.fingerprint, "valid": valid.fingerprint},
            "windows": {"train": epochs.count, "valid": len(valid)},
            "best_epoch": progress.best_epoch,
            "epochs": len(progress.history),
            "resumed_after": progress.resumed_after,
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - clock, 1),
            "training_seconds": round(sum(row["seconds"] for row in progress.history), 1),
            "job": _job(data.path),
        }
        history = pd.DataFrame(progress.history, columns=HISTORY)
        with replacing(history_path or f"{base}.history.tsv") as temporary:
            history.to_csv(temporary, sep="\t", index=False, float_format="%.6g")
        with replacing(run_path or f"{base}.run.json") as temporary:
            temporary.write_text(json.dumps(run, indent=2) + "\n")
        model.set_weights(progress.best)
        checkpoint.save(output, model, _blueprint(recipe, data))
        state.remove()
    if progress.best_epoch:
        log.info("best epoch %d of %d, weights in %s", progress.best_epoch, len(history), output)
    else:
        log.warning("no epoch was better than the first weights, which are kept in %s; lower the learning rate", output)
    return history


def _compiled(recipe: Recipe, data: Windows, devices: Devices, initial_weights: str | Path | None):
    """The model with its first weights, and the same with the unpacking in front, compiled."""
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(recipe.precision)
    count = min(len(data), recipe.max_windows or len(data))
    with devices.scope():
        model = models.build(recipe.architecture, data.length, len(data.targets), **recipe.sizes)
        _set_first_weights(model, recipe, data, initial_weights)
        trainer = on_packed(model)
        steps = -(-count * (2 if recipe.strands == "both" else 1) // recipe.batch_size)
        loss = make_loss(recipe, data.positives(), len(data))
        trainer.compile(make_optimizer(recipe, steps), loss, jit_compile=XLA[recipe.xla])
        trainer.optimizer.build(trainer.trainable_variables)
    log.info("%s: %s parameters, %s training windows", recipe.architecture, f"{model.count_params():,}", f"{count:,}")
    return model, trainer


def _key(recipe: Recipe, data: Windows, valid: Windows, initial_weights: str | Path | None) -> str:
    """Only a training with the same key may resume."""
    facts = [data.fingerprint, valid.fingerprint, models.source(recipe.architecture), *versions().values()]
    return recipe.key(*facts, *([checkpoint.digest(initial_weights)] if initial_weights else []))


def _train_epochs(epochs: Epochs, model: keras.Model, initial_weights, tensorboard) -> Progress:
    """Train until the recipe is over, from where an earlier run came to."""
    progress = epochs.state.resume()
    if initial_weights and not progress.best:
        progress.best, progress.start_loss = model.get_weights(), epochs.validate(progress)
        log.info("validation loss of the first weights: %.4f", progress.start_loss)
    if tensorboard and not progress.resumed_after:
        shutil.rmtree(tensorboard, ignore_errors=True)  # an earlier training's curves
    if epochs.verbose:
        model.summary(print_fn=lambda table: log.info("layers\n%s", table))
    while not epochs.recipe.is_over(progress.validation_losses):
        row = epochs.train_one(progress)
        progress.history.append(row)
        if progress.best_epoch == row["epoch"]:
            progress.best = model.get_weights()
        if tensorboard:
            _log_tensorboard(tensorboard, row)
        if epochs.stop:
            epochs.save_and_end(progress)
        epochs.state.save(progress)
    return progress


def _blueprint(recipe: Recipe, data: Windows) -> checkpoint.Blueprint:
    sizes = models.default_sizes(recipe.architecture) | recipe.sizes
    return checkpoint.Blueprint(recipe.architecture, sizes, data.length, data.targets, data.fingerprint, versions())


def _job(data: Path) -> dict[str, str]:
    """Where this ran: machine, where the windows were read from, and the cluster's job if it was one."""
    names = ("SLURM_JOB_ID", "SLURM_JOB_PARTITION", "CUDA_VISIBLE_DEVICES")
    return {"node": platform.node(), "windows": str(data)} | {
        name: os.environ[name] for name in names if name in os.environ
    }


def _with_sizes_of(path: str | Path, recipe: Recipe) -> Recipe:
    """The recipe with the sizes of the checkpoint that it starts from."""
    if recipe.first_filters:
        raise UserError(f"first_filters {recipe.first_filters} and the weights in {path} exclude each other; give one")
    blueprint = checkpoint.read_blueprint(path)
    checkpoint.check_sizes(path, blueprint, recipe.architecture, recipe.sizes)
    return replace(recipe, sizes=blueprint.sizes)


def _set_first_weights(model: keras.Model, recipe: Recipe, data: Windows, path: str | Path | None) -> None:
    """Weights of a checkpoint, or known motifs, where they are asked for."""
    if path:
        initial, blueprint = checkpoint.load(path)
        checkpoint.check_fit(blueprint, path, data)
        model.set_weights(initial.get_weights())
        log.info("starting from the weights in %s", path)
    elif (recipe.first_filters or models.first_filters(recipe.architecture)) == "jaspar":
        matrices = core_matrices(recipe.jaspar_release, recipe.jaspar_taxa)
        start_from_motifs(model, matrices, recipe.seed, recipe.jaspar_scale)


def _check_same(data: Windows, valid: Windows) -> None:
    if (data.length, data.targets) != (valid.length, valid.targets):
        raise UserError(f"{valid.path}: its windows or targets differ from those of {data.path}; prepare them together")
    if not len(data) or not len(valid):
        raise UserError(f"{(valid if len(data) else data).path}: holds no windows; mend the split")
    if not (data.positives() > 0).any():
        raise UserError(f"{data.path}: no target has a positive window; check the peaks and the assembly")


def _log_tensorboard(folder: str | Path, row: dict) -> None:
    from tensorboard.summary import Writer

    writer = Writer(str(folder))
    for name in HISTORY[1:]:
        writer.add_scalar(name, row[name], row["epoch"])
    writer.close()


def versions() -> dict[str, str]:
    """The software that decides on the figures."""
    packages = ("keras", keras.backend.backend(), "numpy", "h5py")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}
