"""Ridge regression from blocks compared with scikit-learn's, and the choice of the penalty."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import roc_auc_score

from danq.baselines import linear
from danq.baselines.contract import Data
from danq.baselines.kmer import features
from danq.baselines.ridge import Moments, path


def case(n: int = 500, width: int = 30, targets: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    x = (draw.normal(size=(n, width)) * draw.uniform(0.5, 5, width) + 20).astype(np.float32)
    y = (x @ draw.normal(size=(width, targets)) + draw.normal(size=(n, targets)) * 30 > 0).astype(np.uint8)
    return x, y


def from_blocks(x: np.ndarray, y: np.ndarray, size: int = 64) -> Moments:
    moments = Moments(x.shape[1], y.shape[1])
    for begin in range(0, len(x), size):
        moments.add(x[begin : begin + size], y[begin : begin + size])
    return moments


@pytest.mark.parametrize("standardised", [True, False])
def test_weights_equal_scikit_learns(standardised):
    x, y = case()
    scale = (
        x.std(axis=0, dtype=float) if standardised else np.full(x.shape[1], np.sqrt(x.var(axis=0, dtype=float).mean()))
    )
    for penalty, weights, intercept in path(from_blocks(x, y), [0.01, 1, 100], standardised):
        theirs = Ridge(alpha=penalty * len(x)).fit(x / scale, y)
        np.testing.assert_allclose(weights, theirs.coef_.T / scale[:, None], rtol=1e-3, atol=1e-6)
        np.testing.assert_allclose(x @ weights + intercept, theirs.predict(x / scale), atol=1e-4)


def test_a_constant_feature_has_no_weight():
    x, y = case()
    x[:, 3] = 7
    for standardised in (True, False):
        for _, weights, _ in path(from_blocks(x, y), [0.1], standardised):
            assert np.isfinite(weights).all()
            assert np.abs(weights[3]).max() < 1e-6


def test_aurocs_equal_scikit_learns():
    draw = np.random.default_rng(0)
    labels, scores = (draw.random((200, 5)) < 0.2).astype(np.uint8), draw.normal(size=(200, 5)).round(1) * 50
    labels[:, 4] = 0
    found = linear.aurocs(labels, scores)
    np.testing.assert_allclose(found[:4], [roc_auc_score(labels[:, t], scores[:, t]) for t in range(4)])
    assert np.isnan(found[4])


def test_the_chosen_row_has_the_best_validation_auroc(windows):
    data, _ = windows
    fitted = linear.fit_best(
        [linear.Candidate(f"{k}-mers", lambda onehot, k=k: features(onehot, k)) for k in (1, 3)], data
    )
    table = fitted.table
    assert len(table) == 2 * len(linear.PENALTIES)
    chosen = table[table["chosen"] == "yes"]
    assert len(chosen) == 1
    assert chosen["mean_auroc"].item() == table["mean_auroc"].max()
    x = features(data.valid.onehot(slice(None), dtype=np.uint8), int(chosen["features"].item()[0]))
    scores, labels = fitted.score(data.valid.onehot(slice(None), dtype=np.uint8)), data.valid.labels()
    assert len(x) == len(scores)
    mean = np.mean([roc_auc_score(labels[:, t], scores[:, t]) for t in range(3)])
    assert mean == pytest.approx(chosen["mean_auroc"].item(), abs=1e-4)


def merits(x: np.ndarray, y: np.ndarray, n: int) -> dict[float, float]:
    """AUROC of each penalty on the rows from n, fitted on the rows before."""
    fits = path(from_blocks(x[:n], y[:n]), linear.PENALTIES)
    return {penalty: linear.aurocs(y[n:], x[n:] @ w)[0] for penalty, w, _ in fits}


def test_few_rows_need_a_large_penalty():
    draw = np.random.default_rng(1)
    x = draw.normal(size=(2150, 200)).astype(np.float32)
    y = (x @ draw.normal(size=200) + draw.normal(size=2150) * 10 > 0)[:, None].astype(np.uint8)
    found = merits(x, y, 150)
    assert max(found, key=found.get) >= 1
    assert max(found.values()) > found[0.01] + 0.01


def test_a_signal_beneath_shared_noise_needs_a_small_penalty():
    draw = np.random.default_rng(1)
    signal, noise = draw.normal(size=(2, 12_000))
    x = np.stack([signal + 10 * noise, 10 * noise], axis=1).astype(np.float32)
    found = merits(x, (signal > 0)[:, None].astype(np.uint8), 10_000)
    assert max(found, key=found.get) == 0.01
    assert found[0.01] > found[100] + 0.1


def test_without_validation_positives_the_last_features_are_taken(windows, caplog):
    data, _ = windows
    valid = SimpleNamespace(
        labels=lambda rows: np.zeros((len(rows), 3), np.uint8), onehot=data.valid.onehot, __len__=lambda: 5
    )
    few = Data(data.train, FewWindows(valid))
    fitted = linear.fit_best([linear.Candidate("1-mers", lambda onehot: features(onehot, 1))], few)
    assert "no target has positive and negative validation windows" in caplog.text
    assert fitted.table["mean_auroc"].isna().all()
    assert (fitted.table["chosen"] == "yes").sum() == 1


class FewWindows:
    """Validation windows without positives."""

    def __init__(self, parts):
        self.labels, self.onehot = parts.labels, parts.onehot

    def __len__(self):
        return 5
