"""A training that is stopped by a signal, or killed, and then resumed gives the result of an uninterrupted one."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from project import SCRIPTS
from toy_windows import SIZES

from danq.errors import UserError
from danq.files import locked
from danq.runtime import checkpoint
from danq.runtime.interrupt import Stopped
from danq.training import epochs, validation
from danq.training.recipe import Recipe
from danq.training.state import StateFile
from danq.training.train import train

PROGRAM = SCRIPTS / "train.py"
RECIPE = Recipe(sizes=SIZES, epochs=3, batch_size=20, learning_rate=0.01, schedule="cosine")  # 40 batches per epoch


@pytest.fixture(scope="module")
def uninterrupted(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted")
    train(data, RECIPE, folder / "a.weights.h5")
    return folder


def signal_at(monkeypatch, callback, method, call, number=signal.SIGTERM):
    """Send the signal to this process at the `call`th call of a callback's method."""
    calls = iter(range(1, 10**6))
    before = getattr(callback, method)

    def with_signal(self, batch, logs=None):
        if next(calls) == call:
            signal.raise_signal(number)
        before(self, batch, logs)

    monkeypatch.setattr(callback, method, with_signal)


def assert_same(folder, uninterrupted):
    ours, theirs = (pd.read_csv(path / "a.history.tsv", sep="\t") for path in (folder, uninterrupted))
    columns = ["epoch", "loss", "val_loss", "learning_rate"]
    np.testing.assert_allclose(ours[columns], theirs[columns], rtol=1e-4)
    resumed, whole = (checkpoint.load(path / "a.weights.h5")[0].get_weights() for path in (folder, uninterrupted))
    for first, second in zip(resumed, whole, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-3)
    assert sorted(path.name for path in folder.iterdir()) == ["a.history.tsv", "a.run.json", "a.weights.h5"]


@pytest.mark.parametrize(
    ("callback", "method", "call", "place"),
    [
        (epochs._Segment, "on_train_batch_end", 47, "epoch 1 and 140 windows of the next"),
        (epochs._Segment, "on_train_batch_end", 80, "epoch 1 and 800 windows of the next"),  # the epoch's last batch
        (validation._EndsValidation, "on_test_batch_end", 3, "epoch 0 and 800 windows of the next"),
        (validation._EndsValidation, "on_test_batch_end", 30, "epoch 2 and 800 windows of the next"),
        (validation._EndsValidation, "on_predict_batch_end", 2, "epoch 1 and 800 windows of the next"),
    ],
)
def test_a_signal_saves_the_state_and_ends(
    data, tmp_path, monkeypatch, uninterrupted, caplog, callback, method, call, place
):
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
    assert_same(tmp_path, uninterrupted)


def test_saving_within_an_epoch_does_not_change_the_result(data, tmp_path, uninterrupted):
    train(data, RECIPE, tmp_path / "a.weights.h5", save_every=0)  # after every batch
    assert_same(tmp_path, uninterrupted)


def test_a_second_sigint_ends_at_once(data, tmp_path, monkeypatch):
    def twice(self, batch, logs=None):
        signal.raise_signal(signal.SIGINT)
        while not self._stop:  # Keras may call this in a thread; two pending signals count as one
            time.sleep(0.01)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(epochs._Segment, "on_train_batch_end", twice)
    with pytest.raises(KeyboardInterrupt):
        train(data, RECIPE, tmp_path / "a.weights.h5")


def test_further_sigterms_do_not_interrupt_saving(data, tmp_path, monkeypatch):
    """scancel signals all processes of a job, and the job's script signals them again."""
    save = StateFile.save

    def told_again(self, progress):
        signal.raise_signal(signal.SIGTERM)
        save(self, progress)

    monkeypatch.setattr(StateFile, "save", told_again)
    with pytest.raises(Stopped):
        train(data, RECIPE, tmp_path / "a.weights.h5")
    assert [path.name for path in tmp_path.iterdir()] == ["a.state.h5"]


def test_a_state_of_other_settings_is_kept_until_the_training_ends(data, tmp_path, monkeypatch, uninterrupted):
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        signal_at(patch, epochs._Segment, "on_train_batch_end", 47)
        train(data, RECIPE, tmp_path / "a.weights.h5")
    kept = (tmp_path / "a.state.h5").read_bytes()
    other = Recipe(**{**RECIPE.__dict__, "learning_rate": 0.02})
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        signal_at(patch, epochs._Segment, "on_train_batch_end", 3)
        train(data, other, tmp_path / "a.weights.h5")
    assert (tmp_path / "old-a.state.h5").read_bytes() == kept
    train(data, other, tmp_path / "a.weights.h5")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.history.tsv", "a.run.json", "a.weights.h5"]


def test_an_unreadable_state_is_not_deleted(data, tmp_path):
    (tmp_path / "a.state.h5").mkdir()  # opening it fails as on a faulty disk
    with pytest.raises(UserError, match="a.state.h5: cannot be read \\(.*\\); fix this, or remove the file"):
        train(data, RECIPE, tmp_path / "a.weights.h5")


def test_training_from_initial_weights_resumes_after_a_signal(data, tmp_path, monkeypatch, uninterrupted):
    """The state contains the validation loss of the initial weights."""
    first = uninterrupted / "a.weights.h5"
    recipe = Recipe(sizes=SIZES, epochs=2, batch_size=20, learning_rate=1e-9)
    train(data, recipe, tmp_path / "b.weights.h5", initial_weights=first)
    for callback, method, call in [
        (validation._EndsValidation, "on_test_batch_end", 2),
        (epochs._Segment, "on_train_batch_end", 5),
    ]:
        with monkeypatch.context() as patch, pytest.raises(Stopped):
            signal_at(patch, callback, method, call)
            train(data, recipe, tmp_path / "a.weights.h5", initial_weights=first)
    train(data, recipe, tmp_path / "a.weights.h5", initial_weights=first)
    ours, theirs = (json.loads((tmp_path / f"{name}.run.json").read_text()) for name in "ab")
    assert ours["best_epoch"] == theirs["best_epoch"]


def test_two_trainings_cannot_write_the_same_state(data, tmp_path):
    with (
        locked(tmp_path / "a.state.h5", "another training"),
        pytest.raises(UserError, match=f"a.state.h5: another training is writing it \\(process {os.getpid()} on .*\\)"),
    ):
        train(data, RECIPE, tmp_path / "a.weights.h5")


def test_the_exit_status_is_that_of_the_signal(data, tmp_path):
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


def test_programs_remove_temporary_files_on_sigterm(tmp_path):
    """SIGTERM while a file is written."""
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
