"""Intervals against loops over pairs of windows, an independent formula, naive resampling, and known truths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp, norm, rankdata
from sklearn.metrics import average_precision_score, roc_auc_score

from danq import intervals
from danq.metrics import count

scores = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1, width=32))


def windows(positives, negatives, seed, apart=1.0):
    """Labels and probabilities of two normal classes `apart` standard deviations apart; half of them hold ties."""
    draw = np.random.default_rng(seed)
    labels = np.repeat([1, 0], [positives, negatives]).astype(np.uint8)
    probabilities = norm.cdf(draw.standard_normal(len(labels)) + apart * labels).astype(np.float32)
    return labels, probabilities.round(2) if seed % 2 else probabilities


def by_pairs(labels, probabilities):
    """DeLong's variance as the paper writes it: a kernel for each pair of a positive and a negative."""
    positives, negatives = probabilities[labels == 1], probabilities[labels == 0]
    kernel = np.array([[float(x > y) + 0.5 * (x == y) for y in negatives] for x in positives])
    return kernel.mean(axis=1).var(ddof=1) / len(positives) + kernel.mean(axis=0).var(ddof=1) / len(negatives)


def by_midranks(labels, probabilities):
    """The same by the midranks of Sun & Xu (2014), with SciPy's ranks."""
    positives, negatives = probabilities[labels == 1], probabilities[labels == 0]
    n, m, ranks = len(positives), len(negatives), rankdata(np.concatenate([positives, negatives]))
    of_positives = (ranks[:n] - rankdata(positives)) / m
    of_negatives = 1 - (ranks[n:] - rankdata(negatives)) / n
    return np.var(of_positives, ddof=1) / n + np.var(of_negatives, ddof=1) / m


@pytest.mark.parametrize("seed", range(6))
def test_delongs_variance_is_that_of_the_pairs_and_of_the_midranks(seed):
    labels, probabilities = windows(20 + 7 * seed, 60, seed)
    variance = intervals.auroc_variance(count(labels, probabilities))
    assert variance == pytest.approx(by_pairs(labels, probabilities), rel=1e-9)
    assert variance == pytest.approx(by_midranks(labels, probabilities), rel=1e-9)


def test_the_variance_is_that_of_hanley_and_mcneils_example_to_the_digits_their_method_has():
    """109 scans on a scale of five (Hanley & McNeil 1982): an AUROC of .893 with a standard error of .032."""
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    labels = np.repeat([0, 1], [sum(normal), sum(abnormal)]).astype(np.uint8)
    ratings = np.concatenate([np.repeat(np.arange(5) / 4, normal), np.repeat(np.arange(5) / 4, abnormal)])
    counts = count(labels, ratings)
    assert counts.auroc() == pytest.approx(0.893, abs=5e-4)
    assert np.sqrt(intervals.auroc_variance(counts)) == pytest.approx(0.032, abs=1.5e-3)


@given(st.lists(st.tuples(st.booleans(), scores), min_size=1, max_size=60))
def test_intervals_hold_the_value_within_0_and_1_or_there_are_none(pairs):
    labels = np.array([label for label, _ in pairs], np.uint8)
    counts = count(labels, np.array([score for _, score in pairs], np.float32))
    few = min(counts.positives, counts.negatives) < 2
    auroc, auprc = intervals.auroc_interval(counts), intervals.auprc_interval(counts, 20, (1, 2))
    assert np.isnan(auprc).all() if few else 0 <= auprc[0] <= counts.auprc() <= auprc[1] <= 1
    extreme = few or counts.auroc() in (0, 1)
    assert np.isnan(auroc).all() if extreme else 0 <= auroc[0] <= counts.auroc() <= auroc[1] <= 1


def test_constant_scores_have_an_interval_without_width():
    counts = count(np.array([1, 1, 0, 0, 0], np.uint8), np.full(5, 0.3))
    assert intervals.auroc_interval(counts) == (0.5, 0.5)
    assert intervals.auprc_interval(counts, 50, (1,)) == pytest.approx((0.4, 0.4))
    assert np.isnan(intervals.auprc_interval(counts, 0, (1,))).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_resampled_areas_are_those_of_resampled_windows(seed):
    labels, probabilities = windows(40, 300, seed)
    ours = intervals.resampled_auprc(count(labels, probabilities), 3000, np.random.default_rng(0))
    draw, naive = np.random.default_rng(1), []
    classes = [np.flatnonzero(labels == label) for label in (1, 0)]
    for _ in range(1500):
        rows = np.concatenate([draw.choice(rows, len(rows)) for rows in classes])
        naive.append(average_precision_score(labels[rows], probabilities[rows]))
    assert ours.mean() == pytest.approx(np.mean(naive), abs=4 * ours.std() / np.sqrt(len(naive)))
    assert ours.std() == pytest.approx(np.std(naive), rel=0.08)
    assert ks_2samp(ours, naive).pvalue > 0.001


def test_resamples_do_not_depend_on_the_size_of_their_blocks_but_on_the_seed(monkeypatch):
    counts = count(*windows(50, 400, 0))
    whole = intervals.auprc_interval(counts, 200, (1, 7))
    assert intervals.auprc_interval(counts, 200, (1, 7)) == whole
    assert intervals.auprc_interval(counts, 200, (1, 8)) != whole
    monkeypatch.setattr(intervals, "CELLS", 1)
    blocks = intervals.resampled_auprc(counts, 400, np.random.default_rng(3))
    assert len(blocks) == 400
    assert np.percentile(blocks, (2.5, 97.5)) == pytest.approx(whole, abs=0.03)


def true_auprc(positives, negatives, apart):
    """Of endless windows of these proportions: the precision, integrated over the recall."""
    thresholds = np.linspace(8, -8, 200_001)
    recall, false = norm.sf(thresholds - apart), norm.sf(thresholds)
    precision = positives * recall / (positives * recall + negatives * false)
    return np.trapezoid(precision, recall)


def test_95_of_100_intervals_hold_the_truth():
    positives, negatives, apart, sets = 100, 900, 1.5, 300
    auroc, auprc = norm.cdf(apart / np.sqrt(2)), true_auprc(positives, negatives, apart)
    held = np.zeros(2)
    for seed in range(sets):
        counts = count(*windows(positives, negatives, 2 * seed, apart))
        found = intervals.auroc_interval(counts), intervals.auprc_interval(counts, 200, (seed,))
        held += [low <= truth <= high for (low, high), truth in zip(found, (auroc, auprc), strict=True)]
    print(f"of {sets} intervals, {held[0]:.0f} (AUROC) and {held[1]:.0f} (AUPRC) hold the truth")
    assert (held / sets >= 0.9).all()
    assert (held / sets <= 0.99).all()


def test_the_interval_is_that_of_the_log_odds():
    labels, probabilities = windows(30, 200, 0)
    counts, auroc = count(labels, probabilities), roc_auc_score(labels, probabilities)
    half = 1.96 * np.sqrt(by_midranks(labels, probabilities)) / (auroc * (1 - auroc))
    odds = np.log(auroc / (1 - auroc)) + np.array([-half, half])
    assert intervals.auroc_interval(counts) == pytest.approx(1 / (1 + np.exp(-odds)), rel=1e-4)
