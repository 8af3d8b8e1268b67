"""What the best model adds over the best baseline: planted differences, ties with the paired table, and mistakes."""

import numpy as np
import pytest
from scipy.stats import norm

from danq.data.targets import Target
from danq.errors import UserError
from danq.evaluation.added import ADDED, WINS, added_table, wins_table
from danq.evaluation.compare_models import paired_table, rank
from danq.runtime.predictions import Predictions

ASSAYS = ["TF", "TF", "TF", "DNase", "DNase", "rare"]
TARGETS = [Target(i, f"T{i}", assay) for i, assay in enumerate(ASSAYS, 1)]
STRENGTH = {  # the baseline `kmer` is better on target 3 and by far the better baseline; the last target is in 2 places
    "danq": [2.5, 2.5, 1.0, 2.0, 2.0, 2.0],
    "weak": [1.0, 1.0, 0.5, 1.0, 1.0, 1.0],
    "kmer": [1.5, 1.5, 2.5, 1.5, 1.5, 1.5],
    "composition": [0.3, 0.3, 0.3, 0.3, 0.3, 0.3],
}
BASELINES = ["kmer", "composition"]


@pytest.fixture(scope="module")
def comparison():
    draw = np.random.default_rng(0)
    labels = (draw.random((2000, 6)) < 0.1).astype(np.uint8)
    labels[:, 5] = 0
    labels[[50, 51, 900], 5] = 1
    predictions = {}
    for seed, (name, strength) in enumerate(STRENGTH.items(), 1):
        noise = np.random.default_rng(seed).standard_normal(labels.shape)
        scores = norm.cdf(np.array(strength) * labels + noise - 1).astype(np.float32)
        predictions[name] = Predictions(name, TARGETS, scores, np.packbits(labels, axis=1), "both")
    return rank(predictions, threads=2)


def test_the_best_of_each_is_compared_per_assay_and_overall(comparison):
    table = added_table(comparison, BASELINES).set_index(["measure", "assay"])
    assert tuple(added_table(comparison, BASELINES).columns) == ADDED.columns
    assert table["targets"].tolist() == [6, 3, 2, 1] * 2
    assert (table["model"] == "danq").all()
    assert (table["baseline"] == "kmer").all()
    assert (table["difference"] == table["mean"] - table["mean_baseline"]).all()
    true = np.mean([norm.cdf(a / np.sqrt(2)) - norm.cdf(b / np.sqrt(2)) for a, b in ((2, 1.5), (2, 1.5))])
    row = table.loc[("auroc", "DNase")]
    assert row["low"] < true < row["high"]
    assert row["low"] > 0
    assert table.loc[("auroc", "all"), "baseline_wins"] >= 1
    assert table.loc[("auroc", "TF"), "baseline_wins"] == 1
    assert table.loc[("auroc", "DNase"), "baseline_wins"] == 0
    assert np.isnan(table.loc[("auroc", "rare"), ["low", "high", "pvalue"]].astype(float)).all()


def test_one_target_alone_has_the_difference_and_interval_of_the_paired_table(comparison):
    only = [0]
    single = type(comparison)(comparison.models, [TARGETS[0]], comparison.blocks, [comparison.ranked[i] for i in only])
    added = added_table(single, BASELINES).set_index(["measure", "assay"]).loc[("auprc", "all")]
    paired = paired_table(single).set_index(["model", "other", "measure"]).loc[("danq", "kmer", "auprc")]
    for name in ("difference", "low", "high", "pvalue"):
        assert added[name] == pytest.approx(paired[name])


def test_targets_where_a_baseline_wins_are_listed_with_their_test(comparison):
    paired = paired_table(comparison)
    table = wins_table(comparison, paired, BASELINES)
    assert tuple(table.columns) == WINS.columns
    row = table[(table["index"] == 3) & (table["measure"] == "auroc")].iloc[0]
    assert (row["model"], row["baseline"]) == ("danq", "kmer")
    assert row["difference"] == pytest.approx(row["value_baseline"] - row["value"])
    assert 0 < row["low"] < row["difference"] < row["high"]
    assert not table["index"].isin([1, 2]).any()
    assert (table["value_baseline"] > table["value"]).all()


def test_the_interval_of_a_mean_is_that_of_its_targets_without_each_block(comparison):
    """By hand, for two targets: the jackknife of the mean difference."""
    ranked = [comparison.ranked[i] for i in (3, 4)]
    without = np.mean([one.without[0, 0] - one.without[2, 0] for one in ranked], axis=0)
    n = len(without) - 1
    error = np.sqrt((n - 1) / n * ((without[1:] - without[0]) ** 2).sum())
    row = added_table(comparison, BASELINES).set_index(["measure", "assay"]).loc[("auroc", "DNase")]
    assert 1.96 * error < (row["high"] - row["low"]) / 2 < 2.3 * error


def test_a_missing_baseline_and_no_model_are_errors(comparison):
    with pytest.raises(UserError, match="no predictions of the baseline 'gc'"):
        added_table(comparison, ["gc"])
    with pytest.raises(UserError, match="all predictions are of baselines"):
        added_table(comparison, list(STRENGTH))
