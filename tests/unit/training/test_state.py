"""A saved state that does not fit is set aside, and no variable has a value of it."""

import h5py
import keras
import numpy as np
import pytest

from danq.training.state import EpochPart, Progress, StateFile

ROW = {"epoch": 1, "loss": 0.5, "val_loss": 0.6, "val_auprc": 0.4, "learning_rate": 0.1, "seconds": 1.0}


@pytest.fixture(scope="module")
def trainer():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name="first"), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def replace(file, name, values):
    del file[name]
    file[name] = values


CHANGES = {
    "another shape": lambda file: replace(file, "model/2", np.zeros((2, 3), np.float32)),
    "another shape of the best": lambda file: replace(file, "best/0", np.zeros((4, 2), np.float32)),
    "fewer best": lambda file: file.__delitem__("best/3"),
    "NaN": lambda file: replace(file, "optimizer/2", np.full((3, 2), np.nan, np.float32)),
    "another type": lambda file: replace(file, "model/1", np.zeros(2, np.int32)),
    "a link": lambda file: replace(file, "model/0", h5py.SoftLink("/model/0")),
    "history is a number": lambda file: file.attrs.update(history="7"),
    "history of words": lambda file: file.attrs.update(history='[{"loss": "a", "val_loss": "b", "val_auprc": 1}]'),
    "resumed_after is a number": lambda file: file.attrs.update(resumed_after="7"),
    "start is a number": lambda file: file.attrs.update(start="7"),
    "part is incomplete": lambda file: file.attrs.update(part='{"samples": "x"}'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_state_that_does_not_fit_is_set_aside(tmp_path, trainer, change, caplog):
    path = tmp_path / "state.h5"
    state = StateFile(path, "key", trainer)
    state.save(Progress([ROW], [weight + 1 for weight in trainer.get_weights()], EpochPart(5, 1.0, 1.0, 0.1)))
    assert StateFile(path, "key", trainer).resume().history == [ROW]
    with h5py.File(path, "r+") as file:
        CHANGES[change](file)
    before = [np.array(variable) for variable in (*trainer.variables, *trainer.optimizer.variables)]
    assert state.resume() == Progress()
    for old, variable in zip(before, (*trainer.variables, *trainer.optimizer.variables), strict=True):
        np.testing.assert_array_equal(old, np.array(variable))
    assert "is damaged" in caplog.text
    assert [file.name for file in tmp_path.iterdir()] == ["old-state.h5"]
