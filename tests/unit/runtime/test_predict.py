"""Predictions in files, compared with those of the model."""

import h5py
import numpy as np
import pytest

from danq.data.sources import PackedArray
from danq.data.windows import Windows
from danq.errors import UserError
from danq.runtime import checkpoint, ensembles, predict
from danq.runtime.predictions import Predictions


@pytest.mark.parametrize("strands", ["both", "forward"])
def test_predictions_are_averages_over_strands(data, trained, tmp_path, strands, monkeypatch):
    monkeypatch.setattr(ensembles, "CHUNK", 64)  # several chunks, the last one short
    windows = Windows(data / "test.h5")
    predict.predict(trained, windows, tmp_path / "p.h5", strands)
    model, _ = checkpoint.load(trained)
    tensor = windows.onehot(slice(None))
    expected = model.predict(tensor, verbose=0)
    if strands == "both":
        expected = (expected + model.predict(tensor[:, ::-1, ::-1], verbose=0)) / 2
    found = Predictions.open(tmp_path / "p.h5")
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-5)
    assert found.targets == windows.targets
    assert found.strands == strands
    labels, probabilities = found.columns(slice(1, 3))
    assert (labels == windows.labels()[:, 1:3]).all()
    assert (probabilities == found.probabilities[:, 1:3]).all()


def test_a_trained_model_ranks_the_windows(data, trained, tmp_path):
    from sklearn.metrics import roc_auc_score

    windows = Windows(data / "test.h5")
    predict.predict(trained, windows, tmp_path / "p.h5")
    probabilities = Predictions.open(tmp_path / "p.h5").probabilities
    assert roc_auc_score(windows.labels()[:, 1], probabilities[:, 1]) > 0.95  # composition is easy


def test_windows_of_another_length_or_with_other_targets_are_an_error(data, trained, tmp_path):
    from danq.data.targets import Target
    from danq.data.windows import writing

    for name, length, targets in (("a", 61, Windows(data / "test.h5").targets), ("b", 60, [Target(1, "x", "TF")])):
        with writing(tmp_path / f"{name}.h5", 1, length, targets) as writer:
            writer.append(np.zeros((1, (length + 1) // 2), np.uint8), np.zeros((1, 1), np.uint8))
    with pytest.raises(UserError, match="windows of 60 bp.*of 61 bp"):
        predict.predict(trained, Windows(tmp_path / "a.h5"), tmp_path / "p.h5")
    with pytest.raises(UserError, match="3 targets that are not the 1"):
        predict.predict(trained, Windows(tmp_path / "b.h5"), tmp_path / "p.h5")
    assert not (tmp_path / "p.h5").exists()


def test_a_truncated_file_is_an_error(data, trained, tmp_path):
    predict.predict(trained, Windows(data / "test.h5"), tmp_path / "p.h5")
    (tmp_path / "q.h5").write_bytes((tmp_path / "p.h5").read_bytes()[:900])
    with pytest.raises(UserError, match="q.h5.*cut short"):
        Predictions.open(tmp_path / "q.h5")


def test_sequences_without_labels_are_predicted(data, trained, tmp_path):
    windows = Windows(data / "test.h5")
    predict.predict(trained, windows, tmp_path / "labelled.h5")
    predict.predict(trained, PackedArray(windows.packed(slice(None)), 60), tmp_path / "p.h5")
    with h5py.File(tmp_path / "p.h5") as file:
        assert set(file) == {"predictions", "targets"}
        assert (file["predictions"][()] == Predictions.open(tmp_path / "labelled.h5").probabilities).all()
    with pytest.raises(UserError, match="p.h5: holds no labels"):
        Predictions.open(tmp_path / "p.h5")
    with pytest.raises(UserError, match="windows of 60 bp, 5 sequences in memory holds windows of 62 bp"):
        predict.predict(trained, PackedArray(np.zeros((5, 31), np.uint8), 62), tmp_path / "q.h5")


def test_weights_or_probabilities_that_are_no_numbers_are_an_error(data, trained, tmp_path, monkeypatch):
    model, blueprint = checkpoint.load(trained)
    weights = model.get_weights()
    weights[-1][0] = np.nan  # the bias of the first target
    model.set_weights(weights)
    checkpoint.save(tmp_path / "a.weights.h5", model, blueprint)
    with pytest.raises(UserError, match="its weights hold values that are not numbers"):
        predict.predict(tmp_path / "a.weights.h5", Windows(data / "test.h5"), tmp_path / "p.h5")
    monkeypatch.setattr(checkpoint, "load", lambda _: (model, blueprint))
    with pytest.raises(UserError, match="predicts nan for window 1 and target 1; its training has diverged"):
        predict.predict(trained, Windows(data / "test.h5"), tmp_path / "p.h5")
    assert not (tmp_path / "p.h5").exists()
