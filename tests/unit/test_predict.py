import numpy as np
import pytest

from danq import checkpoint, predict
from danq.errors import UserError
from danq.predictions import Predictions
from danq.windows import Windows


@pytest.mark.parametrize("strands", ["both", "forward"])
def test_predictions_are_the_models_averaged_over_strands(data, trained, tmp_path, strands, monkeypatch):
    monkeypatch.setattr(predict, "CHUNK", 64)  # several chunks, the last one short
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


def test_a_model_that_has_learned_ranks_the_windows(data, trained, tmp_path):
    from sklearn.metrics import roc_auc_score

    windows = Windows(data / "test.h5")
    predict.predict(trained, windows, tmp_path / "p.h5")
    probabilities = Predictions.open(tmp_path / "p.h5").probabilities
    assert roc_auc_score(windows.labels()[:, 1], probabilities[:, 1]) > 0.95  # composition is easy


def test_windows_of_another_size_or_other_targets_are_refused(data, trained, tmp_path):
    from danq.targets import Target
    from danq.windows import writing

    for name, length, targets in (("a", 61, Windows(data / "test.h5").targets), ("b", 60, [Target(1, "x", "TF")])):
        with writing(tmp_path / f"{name}.h5", 1, length, targets) as writer:
            writer.append(np.zeros((1, (length + 1) // 2), np.uint8), np.zeros((1, 1), np.uint8))
    with pytest.raises(UserError, match="windows of 60 bp.*of 61 bp"):
        predict.predict(trained, Windows(tmp_path / "a.h5"), tmp_path / "p.h5")
    with pytest.raises(UserError, match="3 targets that are not the 1"):
        predict.predict(trained, Windows(tmp_path / "b.h5"), tmp_path / "p.h5")
    assert not (tmp_path / "p.h5").exists()


def test_predictions_cut_short_are_named(data, trained, tmp_path):
    predict.predict(trained, Windows(data / "test.h5"), tmp_path / "p.h5")
    (tmp_path / "q.h5").write_bytes((tmp_path / "p.h5").read_bytes()[:900])
    with pytest.raises(UserError, match="q.h5.*cut short"):
        Predictions.open(tmp_path / "q.h5")
