"""Paired tests compared with scikit-learn without each block, and simulated under a true null hypothesis."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from sklearn.metrics import average_precision_score, roc_auc_score

from danq.data.targets import Target
from danq.errors import UserError
from danq.evaluation.compare_models import PAIRED, paired_table, rank
from danq.runtime.predictions import Predictions

TARGETS = [Target(i, f"T{i}", "TF" if i % 2 else "DNase") for i in range(1, 11)]
FIGURES = ["low", "high", "pvalue", "qvalue"]
AREAS = {"auroc": roc_auc_score, "auprc": average_precision_score}


def made(seed, labels, strength=1.0, noise=None, **facts):
    """A model's predictions; models with the same `noise` have correlated errors."""
    draw = np.random.default_rng(seed)
    common = 0 if noise is None else np.random.default_rng(noise).standard_normal(labels.shape)
    scores = norm.cdf(strength * labels + common + draw.standard_normal(labels.shape)).astype(np.float32)
    return Predictions(f"{seed}.h5", TARGETS, scores.round(2), np.packbits(labels, axis=1), "both", **facts)


def compared(models, threads=None):
    return paired_table(rank(models, threads))


@pytest.fixture
def labels():
    labels = (np.random.default_rng(0).random((200, 10)) < 0.3).astype(np.uint8)
    labels[:, 7], labels[:, 8], labels[:, 9] = 0, np.arange(200) // 6 == 5, 1  # no positives, one place, no negatives
    return labels


def test_three_models_are_tested_by_leaving_out_blocks(labels):
    models = {name: made(i, labels, 1 + i / 5, noise=9) for i, name in enumerate(("a", "b", "c"))}
    table = compared(models, threads=2)
    assert tuple(table.columns) == PAIRED.columns
    assert table[["model", "other"]].drop_duplicates().to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    assert len(table) == 60
    block = np.arange(200) // 10
    for row in table[table["index"].isin([1, 2, 7])].itertuples():
        i, area = row.index - 1, AREAS[row.measure]

        def difference(rest, row=row, i=i, area=area):
            scores = [models[name].probabilities[rest, i] for name in (row.model, row.other)]
            return area(labels[rest, i], scores[0]) - area(labels[rest, i], scores[1])

        shifts = np.array([difference(block != k) for k in range(20)]) - difference(block >= 0)
        error = np.sqrt(19 / 20 * (shifts**2).sum())
        held = np.bincount(block, labels[:, i])
        degrees = min(held.sum() ** 2 / (held**2).sum(), (200 - held.sum()) ** 2 / ((10 - held) ** 2).sum()) - 1
        assert row.value == pytest.approx(area(labels[:, i], models[row.model].probabilities[:, i]))
        assert row.difference == pytest.approx(difference(block >= 0))
        half = student.ppf(0.975, degrees) * error
        assert (row.low, row.high) == pytest.approx((row.difference - half, row.difference + half))
        assert row.pvalue == pytest.approx(2 * student.sf(abs(row.difference) / error, degrees))


def test_q_is_adjusted_over_the_targets_of_each_pair_and_measure(labels):
    table = compared({name: made(i, labels, 1 + i / 2) for i, name in enumerate(("a", "b", "c"))})
    for _, pair in table.dropna().groupby(["model", "other", "measure"]):
        p = np.sort(pair["pvalue"])
        by_hand = [min(p[k:] * len(p) / np.arange(k + 1, len(p) + 1)) for k in range(len(p))]
        assert np.sort(pair["qvalue"]) == pytest.approx(by_hand)


def test_targets_in_few_places_are_not_tested(labels):
    table = compared({"a": made(0, labels), "b": made(1, labels)}).set_index("index")
    assert table.loc[[8, 9, 10], FIGURES].isna().all(axis=None)
    assert table.loc[[8, 10], ["value", "value_other", "difference"]].isna().all(axis=None)
    assert table.loc[9, ["value", "value_other", "difference"]].notna().all(axis=None)
    assert table.loc[[1, 2, 3, 4, 5, 6, 7], FIGURES].notna().all(axis=None)


def test_identical_predictions_have_no_difference_and_p_is_one(labels):
    table = compared({"a": made(0, labels), "b": made(0, labels)})
    table = table[table["index"] <= 7]
    assert (table[["difference", "low", "high"]] == 0).all(axis=None)
    assert (table[["pvalue", "qvalue"]] == 1).all(axis=None)


def test_models_in_another_order_have_the_same_tests_with_other_signs(labels):
    models = {"a": made(0, labels), "b": made(1, labels, 1.5)}
    one, other = compared(models), compared(dict(reversed(models.items())))
    assert other["difference"].to_numpy() == pytest.approx(-one["difference"].to_numpy(), nan_ok=True)
    assert other["low"].to_numpy() == pytest.approx(-one["high"].to_numpy(), nan_ok=True)
    assert other["pvalue"].to_numpy() == pytest.approx(one["pvalue"].to_numpy(), nan_ok=True)


@pytest.mark.parametrize("noise", [None, 1], ids=["independent errors", "correlated errors"])
def test_equally_good_models_rarely_differ(noise):
    pvalues = []
    for seed in range(40):
        labels = (np.random.default_rng(seed).random((400, 10)) < 0.25).astype(np.uint8)
        common = None if noise is None else 1000 + seed
        both = {name: made(100 * seed + i, labels, 1.5, common) for i, name in enumerate(("a", "b"), 1)}
        pvalues += compared(both)["pvalue"].tolist()
    assert len(pvalues) == 800
    assert 0.02 < np.mean(np.array(pvalues) < 0.05) < 0.08


def test_a_single_model_gives_an_empty_table(labels):
    table = compared({"a": made(0, labels)})
    assert tuple(table.columns) == PAIRED.columns
    assert table.empty


def test_targets_keep_their_order_with_any_number_of_threads():
    targets = [Target(i, f"T{i}", "TF") for i in range(1, 101)]
    labels = (np.random.default_rng(0).random((80, 100)) < 0.4).astype(np.uint8)
    models = {}
    for name in "ab":
        scores = np.random.default_rng(ord(name)).random((80, 100), np.float32)
        models[name] = Predictions(name, targets, scores, np.packbits(labels, axis=1), "both")
    table = compared(models, threads=3)
    table = table[table["measure"] == "auroc"].reset_index(drop=True)
    assert table["index"].tolist() == list(range(1, 101))
    aurocs = [roc_auc_score(labels[:, i], models["b"].probabilities[:, i]) for i in range(100)]
    assert table["value_other"].tolist() == pytest.approx(aurocs)
    again = compared(models, threads=1)
    pd.testing.assert_frame_equal(again[again["measure"] == "auroc"].reset_index(drop=True), table)


def test_different_windows_targets_or_labels_are_an_error(labels):
    first = made(0, labels, windows="x")
    flipped = labels.copy()
    flipped[3, 0] ^= 1
    for wrong, says in (
        (made(1, labels, windows="y"), "b predicts other windows than a"),
        (made(1, labels[:50], windows="x"), "b predicts other windows than a"),
        (made(1, flipped, windows="x"), "b predicts other labels than a"),
    ):
        with pytest.raises(UserError, match=says):
            compared({"a": first, "b": wrong})
    other = made(1, labels, windows="x")
    other.targets = TARGETS[::-1]
    with pytest.raises(UserError, match=r"1\.h5: b predicts other targets than a"):
        compared({"a": first, "b": other})
