"""The mean AUROC of a control with its interval, on simulated targets."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from danq.evaluation.controls import mean_auroc


def test_independent_targets_have_students_interval():
    draw = np.random.default_rng(0)
    values = draw.normal(0.5, 0.1, 12)
    row = mean_auroc(values, np.eye(12, dtype=np.uint8).repeat(200, axis=0))
    interval = ttest_1samp(values, 0.5).confidence_interval()
    assert row["mean_auroc"] == pytest.approx(values.mean())
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high), abs=0.01)


def test_targets_without_a_value_do_not_count():
    labels = (np.random.default_rng(0).random((500, 4)) < 0.3).astype(np.uint8)
    row = mean_auroc(np.array([0.4, np.nan, 0.6, np.nan]), labels)
    assert row["targets"] == 2
    assert row["mean_auroc"] == pytest.approx(0.5)


def test_one_target_has_no_interval_and_none_no_mean():
    labels = np.array([[0], [1]], np.uint8)
    assert np.isnan(mean_auroc(np.array([0.6]), labels)["low"])
    assert np.isnan(mean_auroc(np.array([np.nan]), labels)["mean_auroc"])


@pytest.mark.parametrize("shared", [0.0, 0.7])
def test_the_interval_covers_one_half_also_for_targets_of_like_labels(shared):
    """Targets in groups of like labels, whose AUROCs deviate alike. 500 simulated controls."""
    draw = np.random.default_rng(1)
    covered = 0
    for _ in range(500):
        latent = shared**0.5 * draw.normal(size=(400, 4)).repeat(4, axis=1)
        labels = (latent + (1 - shared) ** 0.5 * draw.normal(size=(400, 16)) > 1).astype(np.uint8)
        r = np.corrcoef(labels.T)
        values = 0.5 + 0.05 * draw.multivariate_normal(np.zeros(16), r**2)
        row = mean_auroc(values, labels)
        covered += row["low"] <= 0.5 <= row["high"]
    assert covered / 500 >= 0.92


def test_a_leak_is_seen():
    labels = (np.random.default_rng(0).random((500, 10)) < 0.3).astype(np.uint8)
    assert mean_auroc(np.random.default_rng(0).normal(0.6, 0.03, 10), labels)["low"] > 0.5
