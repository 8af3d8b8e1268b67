"""A training that is stopped by a signal, or killed between two savings, ends as an unbroken one."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import SIZES

from danq import checkpoint, epoch
from danq.errors import UserError
from danq.files import locked
from danq.interrupt import Stopped
from danq.recipe import Recipe
from danq.state import StateFile
from danq.train import train

PROGRAM = Path(__file__).parents[2] / "workflow/scripts/train.py"
RECIPE = Recipe(sizes=SIZES, epochs=3, batch_size=20, learning_rate=0.01, schedule="cosine")  # 40 batches an epoch


@pytest.fixture(scope="module")
def unbroken(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unbroken")
    train(data, RECIPE, folder / "a.weights.h5")
    return folder


def signal_at(monkeypatch, callback, method, call, number=signal.SIGTERM):
    """Send this process the signal as a callback's method is called for the `call`th time."""
    calls = iter(range(1, 10**6))
    before = getattr(callback, method)

    def with_signal(self, batch, logs=None):
        if next(calls) == call:
            signal.raise_signal(number)
        before(self, batch, logs)

    monkeypatch.setattr(callback, method, with_signal)


def assert_same(folder, unbroken):
    ours, theirs = (pd.read_csv(path / "a.history.tsv", sep="\t") for path in (folder, unbroken))
    columns = ["epoch", "loss", "val_loss", "learning_rate"]
    np.testing.assert_allclose(ours[columns], theirs[columns], rtol=1e-4)
    resumed, whole = (checkpoint.load(path / "a.weights.h5")[0].get_weights() for path in (folder, unbroken))
    for first, second in zip(resumed, whole, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-3)
    assert sorted(path.name for path in folder.iterdir()) == ["a.history.tsv", "a.run.json", "a.weights.h5"]


@pytest.mark.parametrize(
    ("callback", "method", "call", "place"),
    [
        (epoch._Leg, "on_train_batch_end", 47, "epoch 1 and 140 windows of the next"),
        (epoch._Leg, "on_train_batch_end", 80, "epoch 1 and 800 windows of the next"),  # the epoch's last batch
        (epoch._EndsValidation, "on_test_batch_end", 3, "epoch 0 and 800 windows of the next"),
        (epoch._EndsValidation, "on_test_batch_end", 30, "epoch 2 and 800 windows of the next"),
    ],
)
def test_a_signal_saves_and_ends(data, tmp_path, monkeypatch, unbroken, caplog, callback, method, call, place):
    handler = signal.getsignal(signal.SIGTERM)
    with monkeypatch.context() as patch, pytest.raises(Stopped, match=f"stopped by SIGTERM after {place}") as stopped:
        signal_at(patch, callback, method, call)
        train(data, RECIPE, tmp_path / "a.weights.h5")
    assert stopped.value.status == 143
    assert signal.getsignal(signal.SIGTERM) is handler
    assert [path.name for path in tmp_path.iterdir()] == ["a.state.h5"]
    with caplog.at_level("INFO"):
        train(data, RECIPE, tmp_path / "a.weights.h5")
    assert f"resuming after {place}" in caplog.text
    assert_same(tmp_path, unbroken)


def test_legs_within_an_epoch_change_nothing(data, tmp_path, unbroken):
    train(data, RECIPE, tmp_path / "a.weights.h5", save_every=0)  # a leg for each batch
    assert_same(tmp_path, unbroken)


def test_the_second_signal_ends_at_once(data, tmp_path, monkeypatch):
    def twice(self, batch, logs=None):
        signal.raise_signal(signal.SIGINT)
        while not self._stop:  # Keras may call from a thread, and two signals that wait for the main one count as one
            time.sleep(0.01)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(epoch._Leg, "on_train_batch_end", twice)
    with pytest.raises(KeyboardInterrupt):
        train(data, RECIPE, tmp_path / "a.weights.h5")


def test_more_of_slurms_signals_do_not_cut_the_saving_short(data, tmp_path, monkeypatch):
    """scancel tells all processes of a job, and then the job's script tells them once more."""
    save = StateFile.save

    def told_again(self, progress):
        signal.raise_signal(signal.SIGTERM)
        save(self, progress)

    monkeypatch.setattr(StateFile, "save", told_again)
    with pytest.raises(Stopped):
        train(data, RECIPE, tmp_path / "a.weights.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["a.state.h5"]


def test_a_state_of_other_settings_is_kept_until_the_end(data, tmp_path, monkeypatch, unbroken):
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        signal_at(patch, epoch._Leg, "on_train_batch_end", 47)
        train(data, RECIPE, tmp_path / "a.weights.h5")
    kept = (tmp_path / "a.state.h5").read_bytes()
    other = Recipe(**{**RECIPE.__dict__, "learning_rate": 0.02})
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        signal_at(patch, epoch._Leg, "on_train_batch_end", 3)
        train(data, other, tmp_path / "a.weights.h5")
    assert (tmp_path / "old-a.state.h5").read_bytes() == kept
    train(data, other, tmp_path / "a.weights.h5")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.history.tsv", "a.run.json", "a.weights.h5"]


def test_a_state_that_cannot_be_read_is_not_thrown_away(data, tmp_path):
    (tmp_path / "a.state.h5").mkdir()  # opening it fails as on a disk in trouble
    with pytest.raises(UserError, match="a.state.h5: cannot be read \\(.*\\); see to that, or remove the file"):
        train(data, RECIPE, tmp_path / "a.weights.h5")


def test_going_on_from_weights_survives_a_signal(data, tmp_path, monkeypatch, unbroken):
    """The first weights' own validation loss is kept with the state."""
    first = unbroken / "a.weights.h5"
    recipe = Recipe(sizes=SIZES, epochs=2, batch_size=20, learning_rate=1e-9)
    train(data, recipe, tmp_path / "b.weights.h5", initial_weights=first)
    for callback, method, call in [
        (epoch._EndsValidation, "on_test_batch_end", 2),
        (epoch._Leg, "on_train_batch_end", 5),
    ]:
        with monkeypatch.context() as patch, pytest.raises(Stopped):
            signal_at(patch, callback, method, call)
            train(data, recipe, tmp_path / "a.weights.h5", initial_weights=first)
    train(data, recipe, tmp_path / "a.weights.h5", initial_weights=first)
    ours, theirs = (json.loads((tmp_path / f"{name}.run.json").read_text()) for name in "ab")
    assert ours["best_epoch"] == theirs["best_epoch"]


def test_two_trainings_never_write_one_state(data, tmp_path):
    with (
        locked(tmp_path / "a.state.h5", "another training"),
        pytest.raises(UserError, match=f"a.state.h5: another training is writing it \\(process {os.getpid()} on .*\\)"),
    ):
        train(data, RECIPE, tmp_path / "a.weights.h5")


def test_the_program_ends_with_the_signals_status(data, tmp_path):
    sizes = [f"{name}={value}" for name, value in SIZES.items()]
    command = [sys.executable, PROGRAM, "-d", data, "-o", tmp_path / "a.weights.h5", "-e", "5000", "-p", "5000"]
    process = subprocess.Popen([*command, "--size", *sizes], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if "epoch 2/" in line:
            process.send_signal(signal.SIGTERM)
            break
    rest = process.stderr.read()
    assert process.wait() == 143
    assert "stopped by SIGTERM after epoch" in rest
    assert "Traceback" not in rest
    assert [path.name for path in tmp_path.iterdir()] == ["a.state.h5"]


def test_other_programs_leave_nothing_when_asked_to_end(tmp_path):
    """SIGTERM in the middle of writing: the temporary file is removed."""
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1]); import cli; from danq.files import replacing\n"
        "def main():\n"
        "    with replacing(sys.argv[2]) as temporary:\n"
        "        temporary.write_text('half'); print('written', flush=True); time.sleep(60)\n"
        "cli.run(main)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, PROGRAM.parent, tmp_path / "a.h5"], stdout=subprocess.PIPE, text=True
    )
    process.stdout.readline()
    begin = time.monotonic()
    process.terminate()
    assert process.wait() == 143
    assert time.monotonic() - begin < 30
    assert list(tmp_path.iterdir()) == []
