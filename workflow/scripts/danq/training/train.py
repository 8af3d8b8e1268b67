"""Train a model: first weights, the loop over epochs, and the files that a training leaves.

The state is saved after every epoch, every ten minutes within one, and when a signal asks the training to end. The
same call resumes a run that was stopped or killed, with the same result as an uninterrupted run.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import keras
import pandas as pd

from ..data.windows import Windows
from ..errors import UserError
from ..files import locked, replacing
from ..models import registry
from ..motifs.jaspar import core_matrices
from ..runtime import checkpoint
from ..runtime.batches import on_packed
from ..runtime.devices import Devices
from ..runtime.interrupt import StopRequest
from .average import Average
from .epochs import Epochs
from .first_filters import start_from_motifs
from .objective import make_loss, make_optimizer
from .recipe import XLA, Recipe
from .state import Progress, StateFile
from .validation import Validation

log = logging.getLogger(__name__)
MEASURES = ("loss", "val_loss", "val_auprc", "learning_rate", "seconds", "windows_per_second")
HISTORY = ("epoch", *MEASURES, "best")  # best: 1 for the epoch whose weights are kept, otherwise 0


def train(
    folder: str | Path,
    recipe: Recipe,
    output: str | Path,
    *,
    name: str | None = None,
    devices: Devices | None = None,
    initial_weights: str | Path | None = None,
    history_path: str | Path | None = None,
    run_path: str | Path | None = None,
    state_path: str | Path | None = None,
    last_state: str | Path | None = None,
    tensorboard: str | Path | None = None,
    save_every: float = 600,
    verbose: bool = False,
    read: Callable[[Path], Windows] = Windows,
) -> pd.DataFrame:
    """Train on train.h5 in `folder`, validate on valid.h5, and write the weights of the best epoch to `output`.

    name : name of the run in the lines on its epochs; the architecture by default
    initial_weights : checkpoint to start from; the recipe takes the sizes that it leaves out from it
    history_path, run_path, state_path : of the history (TSV, columns `HISTORY`), of run.json and of the state; by
        default next to `output`. The state is removed at the end.
    last_state : where to move the last state instead, for a training with more epochs to resume from
    save_every : seconds between two savings of the state within an epoch
    verbose : log the layers, and the loss within each epoch
    read : opens a file of windows

    Returns the history. Raises `Stopped` on SIGTERM and SIGINT, after the state is saved.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    devices = devices or Devices()
    devices.check_batch(recipe.batch_size)
    data, valid = (read(Path(folder) / f"{split}.h5") for split in ("train", "valid"))
    _check_same(data, valid)
    _check_monitor(recipe, valid)
    recipe = _with_sizes_of(initial_weights, recipe) if initial_weights else recipe
    base = Path(str(output).removesuffix(checkpoint.SUFFIX))
    state_path = Path(state_path or f"{base}.state.h5")
    with locked(state_path, "another training"), StopRequest() as stop:
        model, trainer, average = _compiled(recipe, data, devices, initial_weights)
        if verbose:
            model.summary(print_fn=lambda table: log.info("layers\n%s", table))
        state = StateFile(state_path, _key(recipe, data, valid, initial_weights), trainer)
        options = {"name": name or "", "replicas": devices.count, "save_every": save_every, "verbose": verbose}
        with devices.scope():
            validation = Validation(model, trainer, valid, recipe, devices.count, state_path)
        epochs = Epochs(model, trainer, data, validation, recipe, state, stop, average=average, **options)
        progress = state.resume()
        if initial_weights and not progress.best:
            progress.best, progress.start = model.get_weights(), epochs.validate(progress)
            text = "the first weights have val_loss %.4f, val_auprc %.3f"
            log.info(text, progress.start["val_loss"], progress.start["val_auprc"])
        epochs.run(progress, _tensorboard(tensorboard, progress) if tensorboard else lambda row: None)
        best = recipe.best_epoch(progress.history, progress.start)
        history = pd.DataFrame(progress.history, columns=HISTORY[:-1])
        history["best"] = (history["epoch"] == best).astype(int)
        with replacing(history_path or f"{base}.history.tsv") as temporary:
            history.to_csv(temporary, sep="\t", index=False, float_format="%.6g", na_rep="NA")
        run = {
            "recipe": asdict(recipe),
            "devices": devices.describe(),
            "backend": devices.backend,
            "keras": {"floatx": keras.config.floatx(), "image_data_format": keras.config.image_data_format()},
            "versions": versions(),
            "seed": recipe.seed,
            "parameters": model.count_params(),
            "dataset": {"train": data.fingerprint, "valid": valid.fingerprint},
            "windows": {"train": epochs.count, "valid": len(valid)},
            "best_epoch": best,
            "epochs": len(progress.history),
            "resumed_after": progress.resumed_after,
            "started": started.isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - clock, 1),
            "training_seconds": round(sum(row["seconds"] for row in progress.history), 1),
            "job": _job(data.path),
        }
        with replacing(run_path or f"{base}.run.json") as temporary:
            temporary.write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")
        model.set_weights(progress.best)
        checkpoint.save(output, model, _blueprint(recipe, data))
        state.move(last_state) if last_state else state.remove()
    if best:
        log.info("best epoch %d of %d, weights in %s", best, len(history), output)
    else:
        log.warning("no epoch was better than the first weights, which are kept in %s; lower the learning rate", output)
    return history


def _compiled(recipe: Recipe, data: Windows, devices: Devices, initial_weights: str | Path | None):
    """The model with its first weights, the compiled model on packed windows around it, and the average if wanted."""
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(recipe.precision)
    count = min(len(data), recipe.max_windows or len(data))
    with devices.scope():
        model = registry.build(recipe.architecture, data.length, len(data.targets), **recipe.sizes)
        _set_first_weights(model, recipe, data, initial_weights)
        trainer = on_packed(model, data.length)
        steps = -(-count * (2 if recipe.strands == "both" else 1) // recipe.batch_size)
        loss = make_loss(recipe, data.positives(), len(data))
        optimizer = make_optimizer(recipe, steps, trainer.trainable_variables)
        trainer.compile(optimizer, loss, jit_compile=XLA[recipe.xla])
        trainer.optimizer.build(trainer.trainable_variables)
        average = Average(model, trainer.optimizer, recipe.ema) if recipe.ema else None
    log.info("%s: %s parameters, %s training windows", recipe.architecture, f"{model.count_params():,}", f"{count:,}")
    return model, trainer, average


def _key(recipe: Recipe, data: Windows, valid: Windows, initial_weights: str | Path | None) -> str:
    """Identifies the training; only one with the same key resumes."""
    facts = [data.fingerprint, valid.fingerprint, registry.source(recipe.architecture), *versions().values()]
    return recipe.key(*facts, *([checkpoint.digest(initial_weights)] if initial_weights else []))


def _blueprint(recipe: Recipe, data: Windows) -> checkpoint.Blueprint:
    sizes = registry.default_sizes(recipe.architecture) | recipe.sizes
    return checkpoint.Blueprint(recipe.architecture, sizes, data.length, data.targets, data.fingerprint, versions())


def _job(data: Path) -> dict[str, str]:
    """Where the training ran: the machine, the path of the windows, and the job on a cluster."""
    names = ("SLURM_JOB_ID", "SLURM_JOB_PARTITION", "CUDA_VISIBLE_DEVICES")
    return {"node": platform.node(), "windows": str(data)} | {
        name: os.environ[name] for name in names if name in os.environ
    }


def _with_sizes_of(path: str | Path, recipe: Recipe) -> Recipe:
    """The recipe with the sizes of the checkpoint that training starts from."""
    if recipe.first_filters:
        raise UserError(f"first_filters {recipe.first_filters} and the weights in {path} exclude each other; give one")
    blueprint = checkpoint.read_blueprint(path)
    checkpoint.check_sizes(path, blueprint, recipe.architecture, recipe.sizes)
    return replace(recipe, sizes=blueprint.sizes)


def _set_first_weights(model: keras.Model, recipe: Recipe, data: Windows, path: str | Path | None) -> None:
    """Start from the weights of a checkpoint or from known motifs, if requested."""
    if path:
        initial, blueprint = checkpoint.load(path)
        checkpoint.check_fit(blueprint, path, data)
        model.set_weights(initial.get_weights())
        log.info("starting from the weights in %s", path)
    elif (recipe.first_filters or registry.first_filters(recipe.architecture)) == "jaspar":
        matrices = core_matrices(recipe.jaspar_release, recipe.jaspar_taxa)
        start_from_motifs(model, matrices, recipe.seed, recipe.jaspar_scale)


def _check_same(data: Windows, valid: Windows) -> None:
    if (data.length, data.targets) != (valid.length, valid.targets):
        raise UserError(f"{valid.path}: its windows or targets differ from those of {data.path}; prepare them together")
    if not len(data) or not len(valid):
        raise UserError(f"{(valid if len(data) else data).path}: holds no windows; change windows.split")
    if not (data.positives() > 0).any():
        raise UserError(f"{data.path}: no target has a positive window; check the peaks and the assembly")


def _check_monitor(recipe: Recipe, valid: Windows) -> None:
    positives = valid.positives()
    if recipe.monitor == "auprc" and not ((positives > 0) & (positives < len(valid))).any():
        raise UserError(
            f"{valid.path}: monitor auprc needs a target with positive and negative validation windows; "
            "set monitor to loss, or change windows.split"
        )


def _tensorboard(folder: str | Path, progress: Progress) -> Callable[[dict], None]:
    """A function that adds a row of the history to the TensorBoard logs in `folder`.

    The logs of an earlier training are removed, unless this one resumes.
    """
    from tensorboard.summary import Writer

    if not progress.resumed_after:
        shutil.rmtree(folder, ignore_errors=True)

    def write(row: dict) -> None:
        writer = Writer(str(folder))
        for name in MEASURES:
            writer.add_scalar(name, row[name], row["epoch"])
        writer.close()

    return write


def versions() -> dict[str, str]:
    """Versions of the software that the results depend on."""
    packages = ("keras", keras.backend.backend(), "numpy", "h5py")
    return {"python": platform.python_version()} | {name: version(name) for name in packages}
