"""Platt's curves compared with a general optimiser."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from danq.baselines.calibrate import fit_curves


def platt(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Slope and intercept of one target by minimising Platt's loss."""
    positives, negatives = labels.sum(), (1 - labels).sum()
    wanted = np.where(labels, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(line):
        z = scores * line[0] + line[1]
        return (np.logaddexp(0, z) - wanted * z).sum()

    return minimize(loss, [0, 0], method="BFGS", options={"gtol": 1e-8}).x


@pytest.mark.parametrize("gap", [0.3, 2, 20])  # the last one separates the classes
def test_curves_equal_those_of_an_optimiser(gap):
    draw = np.random.default_rng(0)
    labels = (draw.random((300, 2)) < [0.5, 0.05]).astype(np.uint8)
    scores = draw.normal(size=(300, 2)) + gap * labels
    curves = fit_curves(scores, labels)
    assert curves.fits.all()
    for t in range(2):
        slope, intercept = platt(scores[:, t], labels[:, t])
        expected = expit(scores[:, t] * slope + intercept)
        np.testing.assert_allclose(curves(scores)[:, t], expected, atol=2e-3)


def test_probabilities_are_calibrated_and_keep_the_order():
    draw = np.random.default_rng(1)
    labels = (draw.random((5000, 1)) < 0.2).astype(np.uint8)
    scores = 7 * (draw.normal(size=(5000, 1)) + labels) - 100
    probabilities = fit_curves(scores, labels)(scores)[:, 0]
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert (np.diff(probabilities[np.argsort(scores[:, 0])]) >= 0).all()
    assert probabilities.mean() == pytest.approx(labels.mean(), abs=1e-3)


def test_targets_without_a_rising_curve_keep_the_order_and_their_prevalence():
    draw = np.random.default_rng(2)
    labels = (draw.random((1000, 3)) < [0.3, 0, 1]).astype(np.uint8)
    scores = draw.normal(size=(1000, 3)).astype(np.float32)
    scores[:, 0] -= labels[:, 0]  # lower in positives
    curves = fit_curves(scores, labels)
    assert not curves.fits.any()
    probabilities = curves(scores)
    np.testing.assert_allclose(probabilities.mean(axis=0), labels.mean(axis=0), atol=3e-3)
    for t in range(3):
        assert (np.diff(probabilities[np.argsort(scores[:, t]), t]) >= 0).all()
    assert len(np.unique(probabilities[:, 0])) > 990  # no ties


def test_other_curves_are_taken_where_these_do_not_fit():
    draw = np.random.default_rng(3)
    labels = (draw.random((100, 2)) < 0.5).astype(np.uint8)
    scores = draw.normal(size=(100, 2)) + labels
    one, other = fit_curves(scores, labels * [1, 0]), fit_curves(2 * scores, labels)
    both = one.otherwise(other)
    assert list(both.slope) == [one.slope[0], other.slope[1]]
    assert both.fits.all()
