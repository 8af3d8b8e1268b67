"""Training: epochs over packed windows, the best weights by validation loss, and resuming.

After every epoch all that training depends on (weights, optimizer, dropout's random state, best
weights, history) goes into one state file. A killed run goes on from it and ends where an
unbroken run would; learning rate and stopping follow from the history alone.
"""

from __future__ import annotations

import json
import logging
import platform
import shutil
import time
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import h5py
import keras
import numpy as np
import pandas as pd
from tqdm import tqdm

from . import checkpoint, models
from .batches import Batches, on_packed, sample_order
from .devices import Devices, feed
from .errors import UserError
from .files import replacing
from .first_filters import start_from_motifs
from .jaspar import core_matrices
from .objective import make_loss, make_optimizer
from .recipe import Recipe
from .windows import Windows

log = logging.getLogger(__name__)
HISTORY = ("epoch", "loss", "val_loss", "learning_rate", "seconds", "windows_per_second")
SECONDS_BETWEEN_LINES = 30


@dataclass
class Progress:
    """How far training has come: the history's rows, and the best weights so far."""

    history: list[dict] = field(default_factory=list)
    best: list[np.ndarray] = field(default_factory=list)
    resumed_after: list[int] = field(default_factory=list)  # epochs that were done at each start
    start_loss: float = np.inf  # validation loss of the weights that training went on from

    @property
    def validation_losses(self) -> list[float]:
        return [row["val_loss"] for row in self.history]

    @property
    def best_epoch(self) -> int:
        """From 1; 0 when no epoch was better than the weights that training went on from."""
        return int(np.argmin([self.start_loss, *self.validation_losses]))


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
    verbose: bool = False,
) -> pd.DataFrame:
    """Train on `folder`/train.h5, validate on valid.h5, and write the best weights to `output`.

    Beside them go the history (TSV, columns `HISTORY`) and run.json, unless paths are given. The
    state file is removed at the end. `initial_weights` is a checkpoint to start from; sizes that the
    recipe leaves out are its. `verbose` logs the layers, and the loss within
    each epoch. Returns the history.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    devices = devices or Devices()
    devices.check_batch(recipe.batch_size)
    data, valid = (Windows(Path(folder) / f"{name}.h5") for name in ("train", "valid"))
    _check_same(data, valid)
    recipe = _with_sizes_of(initial_weights, recipe) if initial_weights else recipe
    count = min(len(data), recipe.max_windows or len(data))
    keras.utils.set_random_seed(recipe.seed)
    keras.config.set_dtype_policy(recipe.precision)
    with devices.scope():
        model = models.build(recipe.architecture, data.length, len(data.targets), **recipe.sizes)
        _set_first_weights(model, recipe, data, initial_weights)
        trainer = on_packed(model)
        steps = -(-count * (2 if recipe.strands == "both" else 1) // recipe.batch_size)
        trainer.compile(make_optimizer(recipe, steps), make_loss(recipe, data.positives(), len(data)))
        trainer.optimizer.build(trainer.trainable_variables)
    base = Path(str(output).removesuffix(checkpoint.SUFFIX))
    state_path = Path(state_path or f"{base}.state.h5")
    facts = [data.fingerprint, valid.fingerprint, models.source(recipe.architecture), *versions().values()]
    facts += [checkpoint.digest(initial_weights)] if initial_weights else []
    key = recipe.key(*facts)
    progress = _resume(state_path, key, trainer)
    if initial_weights and not progress.history:
        progress.best, progress.start_loss = model.get_weights(), _validate(trainer, valid, recipe)
        log.info("validation loss of the first weights: %.4f", progress.start_loss)
    if tensorboard and not progress.history:
        shutil.rmtree(tensorboard, ignore_errors=True)  # an earlier training's curves
    log.info("%s: %s parameters, %s training windows", recipe.architecture, f"{model.count_params():,}", f"{count:,}")

    if verbose:
        model.summary(print_fn=lambda table: log.info("layers\n%s", table))
    while not recipe.is_over(progress.validation_losses):
        row = _one_epoch(trainer, data, valid, recipe, progress, count, verbose)
        progress.history.append(row)
        if progress.best_epoch == row["epoch"]:
            progress.best = model.get_weights()
        _save_state(state_path, key, trainer, progress)
        if tensorboard:
            _log_tensorboard(tensorboard, row)

    history = pd.DataFrame(progress.history, columns=HISTORY)
    model.set_weights(progress.best)
    blueprint = checkpoint.Blueprint(
        recipe.architecture,
        models.default_sizes(recipe.architecture) | recipe.sizes,
        data.length,
        data.targets,
        data.fingerprint,
        versions(),
    )
    run = {
        "recipe": asdict(recipe),
        "devices": devices.describe(),
        "backend": devices.backend,
        "versions": versions(),
        "seed": recipe.seed,
        "parameters": model.count_params(),
        "dataset": {"train": data.fingerprint, "valid": valid.fingerprint},
        "windows": {"train": count, "valid": len(valid)},
        "best_epoch": progress.best_epoch,
        "epochs": len(history),
        "resumed_after": progress.resumed_after,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - clock, 1),
        "training_seconds": round(float(history["seconds"].sum()), 1),
    }
    with replacing(history_path or f"{base}.history.tsv") as temporary:
        history.to_csv(temporary, sep="\t", index=False, float_format="%.6g")
    with replacing(run_path or f"{base}.run.json") as temporary:
        temporary.write_text(json.dumps(run, indent=2) + "\n")
    checkpoint.save(output, model, blueprint)
    state_path.unlink(missing_ok=True)
    if progress.best_epoch:
        log.info("best epoch %d of %d, weights in %s", progress.best_epoch, len(history), output)
    else:
        log.warning("no epoch was better than the first weights, which are kept in %s; lower the learning rate", output)
    return history


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


def _one_epoch(trainer, data: Windows, valid: Windows, recipe: Recipe, progress: Progress, count: int, verbose: bool):
    """Train for one epoch and validate; the new row of the history."""
    epoch = len(progress.history)
    if recipe.schedule == "plateau":
        trainer.optimizer.learning_rate.assign(recipe.rate_after(progress.validation_losses))
    samples = sample_order(len(data), recipe.strands, recipe.seed, epoch)
    if count < len(data):  # the cap for debugging: the same evenly spread windows in every epoch
        chosen = np.zeros(len(data), bool)
        chosen[np.linspace(0, len(data) - 1, count).astype(int)] = True
        samples = samples[chosen[samples % len(data)]]
    batches = Batches(data, samples, recipe.batch_size)
    rate = float(keras.ops.convert_to_numpy(trainer.optimizer.learning_rate))  # as the epoch begins
    begin = time.monotonic()
    line = _Line(f"epoch {epoch + 1}/{recipe.epochs}", len(batches), verbose)
    logs = feed(trainer.fit, batches, shuffle=False, callbacks=[line])
    seconds = time.monotonic() - begin
    row = {
        "epoch": epoch + 1,
        "loss": logs.history["loss"][0],
        "val_loss": _validate(trainer, valid, recipe),
        "learning_rate": rate,
        "seconds": seconds,
        "windows_per_second": len(samples) / seconds,
    }
    if not np.isfinite([row["loss"], row["val_loss"]]).all():
        raise UserError(
            f"the loss is {row['loss']} after epoch {epoch + 1}: training has diverged; "
            "lower the learning rate, or use float32"
        )
    log.info("epoch %d/%d: loss %.4f, val_loss %.4f, lr %.2g, %.0f s, %.0f windows/s",
             epoch + 1, recipe.epochs, *(row[name] for name in HISTORY[1:]))  # fmt: skip
    return row


def _validate(trainer: keras.Model, valid: Windows, recipe: Recipe) -> float:
    """Loss on the validation windows, both strands unless training is on the forward strand only."""
    samples = np.arange(len(valid) * (1 if recipe.strands == "none" else 2))
    return feed(trainer.evaluate, Batches(valid, samples, recipe.batch_size))


class _Line(keras.callbacks.Callback):
    """A progress bar on a terminal, a line every half minute in a log (every second if `verbose`)."""

    def __init__(self, title: str, steps: int, verbose: bool):
        super().__init__()
        self._bar = tqdm(desc=title, total=steps, unit=" batches", leave=False, disable=None)
        self._title, self._steps, self._last = title, steps, time.monotonic()
        self._seconds = 1 if verbose else SECONDS_BETWEEN_LINES

    def on_train_batch_end(self, batch, logs=None):
        self._bar.update()
        if (self._bar.disable or self._seconds == 1) and time.monotonic() - self._last > self._seconds:
            self._last = time.monotonic()
            log.info("%s: batch %d of %d, loss %.4f", self._title, batch + 1, self._steps, logs["loss"])

    def on_train_end(self, logs=None):
        self._bar.close()


def _variables(trainer: keras.Model) -> dict[str, list]:
    """What an epoch changes: weights and dropout's random state, and the optimizer's variables."""
    return {"model": trainer.variables, "optimizer": trainer.optimizer.variables}


def _save_state(path: Path, key: str, trainer: keras.Model, progress: Progress) -> None:
    room = 16 * trainer.count_params()  # weights, Adam's two moments and the best weights, of 4 bytes
    with replacing(path, room) as temporary, h5py.File(temporary, "w") as file:
        for group, variables in _variables(trainer).items():
            for i, variable in enumerate(variables):
                file[f"{group}/{i}"] = keras.ops.convert_to_numpy(variable)
        for i, weight in enumerate(progress.best):
            file[f"best/{i}"] = weight
        file.attrs.update(
            key=key,
            history=json.dumps(progress.history),
            resumed_after=json.dumps(progress.resumed_after),
            start_loss=progress.start_loss,
        )


def _resume(path: Path, key: str, trainer: keras.Model) -> Progress:
    """Take up the state file when it belongs to this recipe and these data; else start afresh."""
    if not path.exists():
        return Progress()
    try:
        with h5py.File(path, "r") as file:
            if file.attrs["key"] != key:
                log.info("%s belongs to other settings or data: starting afresh", path)
                return Progress()
            progress = Progress(
                json.loads(file.attrs["history"]),
                [file[f"best/{i}"][()] for i in range(len(file["best"]))],
                json.loads(file.attrs["resumed_after"]),
                float(file.attrs["start_loss"]),
            )
            saved = [
                (variable, file[f"{group}/{i}"][()])
                for group, variables in _variables(trainer).items()
                for i, variable in enumerate(variables)
            ]
    except (OSError, KeyError, ValueError) as error:
        log.warning("%s is damaged (%s): starting afresh", path, error)
        return Progress()
    for variable, value in saved:  # only now that all of it was read
        variable.assign(value)
    progress.resumed_after.append(len(progress.history))
    log.info("resuming after epoch %d from %s", len(progress.history), path)
    return progress


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
