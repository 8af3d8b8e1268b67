"""Paired tests against the paper's formula on pairs of windows, and under a null that is known to be true."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest, norm
from sklearn.metrics import roc_auc_score

from danq import paired
from danq.errors import UserError
from danq.predictions import Predictions
from danq.targets import Target

TARGETS = [Target(i, f"T{i}", "TF" if i % 2 else "DNase") for i in range(1, 11)]


def made(seed, labels, strength=1.0, noise=None, **facts):
    """A model's predictions; models with one `noise` err alike."""
    draw = np.random.default_rng(seed)
    common = 0 if noise is None else np.random.default_rng(noise).standard_normal(labels.shape)
    scores = norm.cdf(strength * labels + common + draw.standard_normal(labels.shape)).astype(np.float32)
    return Predictions(f"{seed}.h5", TARGETS, scores.round(2), np.packbits(labels, axis=1), "both", **facts)


@pytest.fixture
def labels():
    labels = (np.random.default_rng(0).random((150, 10)) < 0.3).astype(np.uint8)
    labels[:, 7], labels[:, 8], labels[:, 9] = 0, np.arange(150) == 5, 1  # no positives, one, no negatives
    return labels


def kernel_means(labels, scores):
    kernel = np.array([[(x > y) + 0.5 * (x == y) for y in scores[labels == 0]] for x in scores[labels == 1]])
    return kernel.mean(axis=1), kernel.mean(axis=0)


def test_three_models_at_once_are_tested_as_the_paper_says(labels):
    models = {name: made(i, labels, 1 + i / 5, noise=9) for i, name in enumerate(("a", "b", "c"))}
    table = paired.paired_table(models, threads=2)
    assert tuple(table.columns) == paired.COLUMNS
    assert table[["model", "other"]].drop_duplicates().to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    assert len(table) == 30
    for row in table[table["index"] <= 7].itertuples():
        i = row.index - 1
        (x, y), (v, w) = (kernel_means(labels[:, i], models[m].probabilities[:, i]) for m in (row.model, row.other))
        error = np.sqrt((x - v).var(ddof=1) / len(x) + (y - w).var(ddof=1) / len(y))
        assert row.auroc == pytest.approx(roc_auc_score(labels[:, i], models[row.model].probabilities[:, i]))
        assert row.difference == pytest.approx(row.auroc - row.auroc_other)
        assert row.difference == pytest.approx(x.mean() - v.mean())
        assert (row.low, row.high) == pytest.approx(
            (row.difference - 1.96 * error, row.difference + 1.96 * error), abs=1e-4
        )
        assert row.pvalue == pytest.approx(2 * norm.sf(abs(row.difference) / error), rel=1e-9)


def test_q_is_adjusted_over_the_targets_of_each_pair(labels):
    table = paired.paired_table({name: made(i, labels, 1 + i / 2) for i, name in enumerate(("a", "b", "c"))})
    for _, pair in table.dropna().groupby(["model", "other"]):
        p = np.sort(pair["pvalue"])
        by_hand = [min(p[k:] * len(p) / np.arange(k + 1, len(p) + 1)) for k in range(len(p))]
        assert np.sort(pair["qvalue"]) == pytest.approx(by_hand)


def test_targets_of_few_windows_of_a_class_are_not_tested(labels):
    table = paired.paired_table({"a": made(0, labels), "b": made(1, labels)}).set_index("index")
    figures = ["low", "high", "pvalue", "qvalue"]
    assert table.loc[[8, 9, 10], figures].isna().all(axis=None)
    assert table.loc[[8, 10], ["auroc", "auroc_other", "difference"]].isna().all(axis=None)
    assert table.loc[9, ["auroc", "auroc_other", "difference"]].notna().all()
    assert table.loc[:7, figures].notna().all(axis=None)


def test_the_same_predictions_differ_by_nothing(labels):
    table = paired.paired_table({"a": made(0, labels), "b": made(0, labels)}).set_index("index")[:7]
    assert (table[["difference", "low", "high"]] == 0).all(axis=None)
    assert (table[["pvalue", "qvalue"]] == 1).all(axis=None)


def test_a_difference_without_variance_has_no_p():
    labels = np.repeat([1, 0], 20)
    auroc, covariance = paired.covariance(labels, np.stack([labels, np.full(40, 0.5)]).astype(np.float32))
    assert auroc.tolist() == [1, 0.5]
    assert (covariance == 0).all()
    figures = paired.compared(auroc[:1], auroc[1:], np.zeros(1))
    assert np.isnan([figures[name][0] for name in ("low", "high", "pvalue", "qvalue")]).all()


@pytest.mark.parametrize("noise", [None, 1], ids=["independent", "alike"])
def test_p_is_uniform_where_models_are_equally_good(noise):
    pvalues = []
    for seed in range(60):
        labels = (np.random.default_rng(seed).random((400, 10)) < 0.25).astype(np.uint8)
        common = None if noise is None else 1000 + seed
        both = {name: made(100 * seed + i, labels, 1.5, common) for i, name in enumerate(("a", "b"), 1)}
        pvalues += paired.paired_table(both)["pvalue"].tolist()
    assert len(pvalues) == 600
    assert kstest(pvalues, "uniform").pvalue > 0.01
    assert 0.02 < np.mean(np.array(pvalues) < 0.05) < 0.08


def test_one_model_has_no_rows(labels):
    table = paired.paired_table({"a": made(0, labels)})
    assert tuple(table.columns) == paired.COLUMNS
    assert table.empty


def test_many_targets_come_in_their_order_whatever_the_threads():
    targets = [Target(i, f"T{i}", "TF") for i in range(1, 101)]
    labels = (np.random.default_rng(0).random((80, 100)) < 0.4).astype(np.uint8)
    models = {}
    for name in "ab":
        scores = np.random.default_rng(ord(name)).random((80, 100), np.float32)
        models[name] = Predictions(name, targets, scores, np.packbits(labels, axis=1), "both")
    table = paired.paired_table(models, threads=3)
    assert table["index"].tolist() == list(range(1, 101))
    aurocs = [roc_auc_score(labels[:, i], models["b"].probabilities[:, i]) for i in range(100)]
    assert table["auroc_other"].tolist() == pytest.approx(aurocs)
    pd.testing.assert_frame_equal(paired.paired_table(models, threads=1), table)


def test_other_windows_targets_and_labels_are_refused(labels):
    first = made(0, labels, windows="x")
    flipped = labels.copy()
    flipped[3, 0] ^= 1
    for wrong, says in (
        (made(1, labels, windows="y"), "b predicts other windows than a"),
        (made(1, labels[:50], windows="x"), "b predicts other windows than a"),
        (made(1, flipped, windows="x"), "b predicts other labels than a"),
    ):
        with pytest.raises(UserError, match=says):
            paired.paired_table({"a": first, "b": wrong})
    other = made(1, labels, windows="x")
    other.targets = TARGETS[::-1]
    with pytest.raises(UserError, match=r"1\.h5: b predicts other targets than a"):
        paired.paired_table({"a": first, "b": other})
