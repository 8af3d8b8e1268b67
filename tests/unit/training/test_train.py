import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import h5py
import numpy as np
import pandas as pd
import pytest
from project import SCRIPTS
from toy_windows import SIZES

from danq.errors import UserError
from danq.runtime import checkpoint
from danq.training.recipe import Recipe
from danq.training.state import StateFile
from danq.training.train import HISTORY, train

PROGRAM = SCRIPTS / "train.py"
OPTIONS = ["-e", "5", "-b", "20", "-l", "0.01", "-s", "cosine", "--size", *(f"{k}={v}" for k, v in SIZES.items())]
RECIPE = Recipe(sizes=SIZES, epochs=5, batch_size=20, learning_rate=0.01, schedule="cosine")


def losses(path):
    return pd.read_csv(path, sep="\t")[["loss", "val_loss"]].to_numpy()


class Run(NamedTuple):
    """A run of the program: the folder with its results, and what it wrote."""

    folder: Path
    stdout: str
    stderr: str


@pytest.fixture(scope="module")
def uninterrupted(data, tmp_path_factory):
    """Five epochs in one run of the program."""
    folder = tmp_path_factory.mktemp("uninterrupted")
    command = [sys.executable, PROGRAM, "--name", "first", "-d", data, "-o", folder / "a.weights.h5", *OPTIONS]
    plain = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}  # set for the tests
    done = subprocess.run(command, env=plain, capture_output=True, text=True, check=True)
    return Run(folder, done.stdout, done.stderr)


def test_training_writes_its_results_and_nothing_else(uninterrupted):
    folder = uninterrupted.folder
    assert sorted(path.name for path in folder.iterdir()) == ["a.history.tsv", "a.run.json", "a.weights.h5"]
    history = pd.read_csv(folder / "a.history.tsv", sep="\t")
    assert tuple(history.columns) == HISTORY
    assert history["epoch"].tolist() == [1, 2, 3, 4, 5]
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]
    run = json.loads((folder / "a.run.json").read_text())
    assert run["devices"] == ["CPU"]
    assert run["windows"] == {"train": 400, "valid": 100}
    assert run["best_epoch"] == history["val_loss"].idxmin() + 1
    assert run["recipe"]["sizes"]["filters"] == 8


def test_stdout_has_one_line_per_epoch_with_the_name_of_the_run(uninterrupted):
    lines = uninterrupted.stdout.splitlines()
    assert len(lines) == 5
    for epoch, line in enumerate(lines, 1):
        left = "" if epoch == 5 else r", at most [0-9]+ (s|min) left"
        figures = r"loss 0\.\d+, val_loss 0\.\d+, val_auprc 0\.\d+, lr \S+, \d+ s, \d+ windows/s"
        assert re.fullmatch(rf"first: epoch {epoch}/5, {figures}{left}", line)
        assert line in uninterrupted.stderr


def test_the_log_has_nothing_but_lines_of_the_program(uninterrupted):
    """No messages of the C++ libraries of TensorFlow while they load (oneDNN, cuInit)."""
    lines = uninterrupted.stderr.splitlines()
    assert len(lines) > 5
    assert [line for line in lines if not re.match(r"\d\d:\d\d:\d\d (INFO|WARNING) ", line)] == []


def test_epochs_are_not_written_twice_where_stdout_and_stderr_are_one_file(data, tmp_path):
    command = [sys.executable, PROGRAM, "-d", data, "-o", tmp_path / "a.weights.h5", *OPTIONS, "-e", "1"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True)
    assert done.stdout.count("epoch 1/1") == 1


def test_a_failure_to_load_shows_what_the_libraries_wrote(tmp_path):
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); import cli\n"
        "with cli.quiet_loading():\n    os.write(2, b'why'); raise ImportError('broken')"
    )
    done = subprocess.run([sys.executable, "-c", code, SCRIPTS], capture_output=True, text=True, check=False)
    assert "whyTraceback (most recent call last)" in done.stderr
    assert "ImportError: broken" in done.stderr


def test_a_killed_training_gives_the_results_of_an_uninterrupted_one(data, tmp_path, uninterrupted):
    command = [sys.executable, PROGRAM, "-d", data, "-o", tmp_path / "a.weights.h5", *OPTIONS]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "epoch 2/5" in line:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.wait()
    time.sleep(0.1)
    assert not (tmp_path / "a.weights.h5").exists()
    again = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=True)
    assert "resuming after epoch" in again.stderr
    assert json.loads((tmp_path / "a.run.json").read_text())["resumed_after"][0] in (1, 2, 3)
    folders = (uninterrupted.folder, tmp_path)
    whole, resumed = (losses(folder / "a.history.tsv") for folder in folders)
    np.testing.assert_allclose(resumed, whole, rtol=1e-4)
    whole, resumed = (checkpoint.load(folder / "a.weights.h5")[0].get_weights() for folder in folders)
    for first, second in zip(whole, resumed, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.history.tsv", "a.run.json", "a.weights.h5"]


class StopAfter(RuntimeError):
    pass


def stop_after(epochs, monkeypatch):
    """Make training fail after this number of epochs is saved."""
    saved = StateFile.save

    def save_and_stop(self, progress):
        saved(self, progress)
        if len(progress.history) == epochs:
            raise StopAfter

    monkeypatch.setattr(StateFile, "save", save_and_stop)


@pytest.mark.parametrize("change", [{"learning_rate": 0.02}, {"sizes": SIZES | {"dense": 9}}, {"seed": 9}, "data"])
def test_training_with_other_settings_or_data_does_not_resume(data, tmp_path, monkeypatch, change, caplog):
    from toy_windows import write_split

    with monkeypatch.context() as patch, pytest.raises(StopAfter):
        stop_after(2, patch)
        train(data, RECIPE, tmp_path / "a.weights.h5")
    if change == "data":
        other = tmp_path / "other"
        other.mkdir()
        for seed, name in enumerate(("train", "valid")):
            write_split(other / f"{name}.h5", 100, 50 + seed)
        data, recipe = other, RECIPE
    else:
        recipe = Recipe(**{**RECIPE.__dict__, **change})
    with caplog.at_level("INFO"):
        history = train(data, recipe, tmp_path / "a.weights.h5")
    assert "starts from the beginning" in caplog.text
    assert len(history) == 5
    assert json.loads((tmp_path / "a.run.json").read_text())["resumed_after"] == []


def test_a_damaged_state_is_not_used(data, tmp_path, monkeypatch, caplog):
    with monkeypatch.context() as patch, pytest.raises(StopAfter):
        stop_after(1, patch)
        train(data, RECIPE, tmp_path / "a.weights.h5")
    state = tmp_path / "a.state.h5"
    state.write_bytes(state.read_bytes()[: state.stat().st_size // 2])
    train(data, RECIPE, tmp_path / "a.weights.h5")
    assert "is damaged" in caplog.text


def test_the_best_epochs_weights_are_kept(data, tmp_path):
    recipe = Recipe(sizes=SIZES, epochs=30, patience=3, batch_size=20, learning_rate=0.05, max_windows=60)
    history = train(data, recipe, tmp_path / "a.weights.h5")  # the model memorises these few windows
    best = history["val_loss"].idxmin() + 1
    assert len(history) == best + 3
    from danq.data.windows import Windows
    from danq.runtime.batches import Batches, on_packed
    from danq.runtime.devices import feed

    model, blueprint = checkpoint.load(tmp_path / "a.weights.h5")
    scorer = on_packed(model, blueprint.window)
    scorer.compile(loss="binary_crossentropy")
    valid = Windows(data / "valid.h5")
    loss = feed(scorer.evaluate, Batches(valid, np.arange(200), 50))
    assert loss == pytest.approx(history["val_loss"].min(), rel=1e-4)
    assert blueprint.targets == valid.targets
    assert blueprint.dataset == Windows(data / "train.h5").fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"optimizer": "rmsprop"},
        {"optimizer": "sgd", "schedule": "plateau"},
        {"precision": "mixed_bfloat16"},
        {"precision": "mixed_float16", "optimizer": "adamw", "ema": 0.9, "clip": 1.0, "warm_up": 0.5},
        {"xla": "always", "optimizer": "adamw", "ema": 0.9, "clip": 1.0, "warm_up": 0.5, "focal_gamma": 1.0},
        {"xla": "never"},
        {"strands": "random"},
        {"strands": "none"},
        {"class_weighting": "sqrt"},
        {
            "architecture": "DeepSEA",
            "sizes": {
                "filters": 8,
                "filters2": 8,
                "filters3": 8,
                "kernel": 4,
                "kernel2": 4,
                "kernel3": 4,
                "dense": 8,
                "pool": 2,
                "pool2": 2,
            },
        },
    ],
)
def test_every_setting_trains(data, tmp_path, change):
    import keras

    base = {"sizes": SIZES, "epochs": 2, "batch_size": 50, "learning_rate": 0.01}
    try:
        history = train(data, Recipe(**base | change), tmp_path / "a.weights.h5", tensorboard=tmp_path / "tb")
    finally:
        keras.config.set_dtype_policy("float32")
    assert history["loss"].iloc[1] < history["loss"].iloc[0]
    assert list((tmp_path / "tb").iterdir())


def test_two_runs_with_one_seed_give_the_same_losses(data, tmp_path):
    first, second = (train(data, RECIPE, tmp_path / f"{name}.weights.h5") for name in "ab")
    assert first[["loss", "val_loss"]].equals(second[["loss", "val_loss"]])


def test_diverging_training_is_an_error(data, tmp_path):
    recipe = Recipe(sizes=SIZES, epochs=3, batch_size=20, optimizer="sgd", learning_rate=1e30)
    with pytest.raises(UserError, match="the training loss is .* and the validation loss .*learning rate"):
        train(data, recipe, tmp_path / "a.weights.h5")


def test_checkpoints_hold_their_blueprint_and_nothing_executable(trained):
    blueprint = checkpoint.read_blueprint(trained)
    assert (blueprint.architecture, blueprint.window) == ("DanQ", 60)
    assert blueprint.sizes["filters"] == 8
    with h5py.File(trained) as file:
        kinds = set()
        file.visititems(lambda _, item: kinds.add(item.dtype.kind) if isinstance(item, h5py.Dataset) else None)
    assert kinds <= {"f", "u", "i", "O"}  # numbers, and the targets' text


def test_a_file_that_is_no_checkpoint_or_cut_short_is_an_error(trained, tmp_path):
    with h5py.File(tmp_path / "x.weights.h5", "w") as file:
        file["a"] = 1
    with pytest.raises(UserError, match="not a checkpoint"):
        checkpoint.load(tmp_path / "x.weights.h5")
    (tmp_path / "y.weights.h5").write_bytes(trained.read_bytes()[:3000])
    with pytest.raises(UserError, match="cut short"):
        checkpoint.load(tmp_path / "y.weights.h5")
