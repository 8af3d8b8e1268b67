"""Each baseline from windows to predictions: valid, good where it can be, and at chance on noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from danq.baselines import contract, kmer
from danq.baselines.linear import aurocs
from danq.baselines.motif import MOTIF
from danq.baselines.predict_baseline import predict_baseline
from danq.baselines.registry import BASELINES, fitter
from danq.data.shuffled import ShuffledLabels
from danq.data.targets import Target
from danq.data.windows import Windows
from danq.errors import UserError
from danq.evaluation.evaluate import evaluate
from danq.runtime.predictions import Predictions

from .conftest import write_split


def predicted(name, windows, known, folder):
    data, test = windows
    fit = fitter(name)
    predict_baseline(fit, replace(data, known=known), test, folder / "test.h5", folder / "fit.tsv")
    return Predictions.open(folder / "test.h5")


@pytest.fixture(scope="module")
def results(windows, known, tmp_path_factory) -> dict[str, Predictions]:
    """The predictions of each baseline."""
    return {name: predicted(name, windows, known, tmp_path_factory.mktemp(name)) for name in BASELINES}


@pytest.mark.parametrize("name", BASELINES)
def test_predictions_are_probabilities_of_the_test_windows(name, windows, results):
    predictions, test = results[name], windows[1]
    assert predictions.probabilities.shape == (len(test), 3)
    assert ((predictions.probabilities > 0) & (predictions.probabilities < 1)).all()
    np.testing.assert_allclose(predictions.probabilities.mean(axis=0), test.labels().mean(axis=0), atol=0.06)
    assert predictions.architecture == "baseline"
    assert predictions.windows == test.fingerprint
    np.testing.assert_array_equal(predictions.packed_labels, test.packed_labels())


@pytest.mark.parametrize(
    ("name", "target", "least"), [("composition", 1, 0.99), ("kmer", 0, 0.9), ("kmer", 1, 0.95), ("motif", 0, 0.95)]
)
def test_a_baseline_finds_what_it_can(name, target, least, results):
    auc = evaluate(results[name], name).auc
    assert auc["auroc"][target] >= least


@pytest.mark.parametrize("name", BASELINES)
def test_noise_is_predicted_at_chance(name, results):
    """The third target depends on nothing; the interval of its AUROC is about +-.035."""
    auc = evaluate(results[name], name).auc
    assert auc["auroc"][2] == pytest.approx(0.5, abs=0.06)


@pytest.mark.parametrize("name", BASELINES)
def test_shuffled_labels_give_chance_on_average(name, windows, known, monkeypatch):
    """The mean AUROC over shuffles is .5.

    One shuffle may be far from it: a function fitted to noise still follows composition, in either direction.
    """
    monkeypatch.setattr(kmer, "SIZES", (3,))
    data, test = windows
    onehot, labels = test.onehot(slice(None), dtype=np.uint8), test.labels()
    values = []
    for seed in range(20):
        train, valid = (ShuffledLabels(split.path, seed) for split in (data.train, data.valid))
        fitted = fitter(name)(replace(data, train=train, valid=valid, known=known))
        values.append(aurocs(labels, fitted.score(onehot)))
    mean, error = np.mean(values, axis=0), np.std(values, axis=0, ddof=1) / np.sqrt(len(values))
    assert (np.abs(mean - 0.5) <= 2.1 * error + 0.02).all(), (mean, error)
    assert (error < 0.12).all()


def test_the_table_of_motifs_has_the_test_figures(results):
    predictions = results["motif"]
    table = MOTIF.read(predictions.path.with_name("fit.tsv"))
    auc = evaluate(predictions, "motif").auc
    np.testing.assert_allclose(table["auroc"], auc["auroc"], atol=1e-5)
    np.testing.assert_allclose(table["auprc"], auc["auprc"], atol=1e-5)


@pytest.mark.parametrize("name", BASELINES)
def test_only_blocks_are_in_memory(name, windows, known, tmp_path, monkeypatch):
    """No call unpacks more windows than a block, and the size of a block changes nothing but rounding."""
    monkeypatch.setattr(kmer, "SIZES", (3,))
    once = np.array(predicted(name, windows, known, tmp_path).probabilities)
    sizes, read = [], Windows.onehot

    def watched(self, index, *words, **more):
        found = read(self, index, *words, **more)
        sizes.append(len(found))
        return found

    monkeypatch.setattr(contract, "BLOCK", 100)
    monkeypatch.setattr(Windows, "onehot", watched)
    again = predicted(name, windows, known, tmp_path).probabilities
    assert max(sizes) <= (2048 if name == "motif" else 100)  # motif reads the background from one block
    np.testing.assert_allclose(again, once, atol=0.02)


def test_other_targets_are_a_mistake(windows, known, tmp_path):
    data, test = windows
    path = write_split(tmp_path / "valid.h5", 20, 1)
    other = Windows(path)
    other.targets = [Target(1, "another", "TF")]
    with pytest.raises(UserError, match="its windows or targets differ"):
        predict_baseline(fitter("kmer"), replace(data, valid=other), test, tmp_path / "a.h5", tmp_path / "a.tsv")
    with pytest.raises(UserError, match="'gc' is unknown; choose from composition, motif, kmer"):
        fitter("gc")
