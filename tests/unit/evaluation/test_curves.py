"""Simplified curves compared with scikit-learn's exact ones, and the calibration compared with counting pairs."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve, roc_curve

from danq.data.targets import Target
from danq.evaluation import calibration, curves
from danq.evaluation.metrics import count

CLOSE = 0.005
scores = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1, width=32))


def exact(labels, probabilities):
    """scikit-learn's curves from the highest threshold down, without its point at recall 0, which has no threshold."""
    false, true, _ = roc_curve(labels, probabilities, drop_intermediate=False)
    precision, recall, _ = precision_recall_curve(labels, probabilities)
    return {"roc": (false, true), "pr": (recall[-2::-1], precision[-2::-1])}


def off(x, y, points):
    """Distance of a point from the nearest line between the points: along x or along y, the smaller one."""
    least = np.inf
    for (x0, y0), (x1, y1) in pairwise(points):
        for a, b, a0, b0, a1, b1 in ((x, y, x0, y0, x1, y1), (y, x, y0, x0, y1, x1)):
            if min(a0, a1) <= a <= max(a0, a1):
                ends = (b0, b1) if a0 == a1 else [b0 + (b1 - b0) * (a - a0) / (a1 - a0)] * 2
                least = min(least, max(min(ends) - b, b - max(ends), 0))
    return least


def check(labels, probabilities, chosen=None):
    counts = count(labels, probabilities)
    for kind, line in (("roc", curves.roc), ("pr", curves.precision_recall)):
        points = line(counts)
        x, y = exact(labels, probabilities)[kind]
        assert len(points) <= curves.MOST_POINTS
        assert (np.diff(points[:, 0]) >= 0).all()
        assert points[0, 0] == 0
        assert points[-1] == pytest.approx((x[-1], y[-1]))
        vertices = set(zip(x.round(9), y.round(9), strict=True))
        assert all(tuple(point) in vertices for point in points[1:].round(9)), "a point is not on the exact curve"
        rows = range(len(x)) if chosen is None else np.random.default_rng(0).choice(len(x), min(chosen, len(x)))
        assert max(off(x[i], y[i], points) for i in rows) <= CLOSE


@pytest.mark.parametrize("prevalence", [0.002, 0.02, 0.2, 0.7])
@pytest.mark.parametrize("apart", [0.0, 1.5, 5.0])
def test_curves_are_close_to_the_exact_ones(prevalence, apart):
    draw = np.random.default_rng(0)
    labels = (draw.random(20_000) < prevalence).astype(np.uint8)
    check(labels, 1 / (1 + np.exp(3 - draw.standard_normal(20_000) - apart * labels)), chosen=1500)


@given(st.lists(st.tuples(st.booleans(), scores), min_size=2, max_size=60))
def test_curves_of_few_windows_with_ties(pairs):
    labels = np.array([label for label, _ in pairs], np.uint8)
    if 0 < labels.sum() < len(labels):
        check(labels, np.array([score for _, score in pairs], np.float32))


def test_the_number_of_points_is_limited():
    x = np.linspace(0, 1, 5001)
    jagged = np.stack([x, np.arange(5001) % 2], axis=1)
    thin = curves.thinned(jagged)
    assert 2 <= len(thin) <= curves.MOST_POINTS
    assert len(curves.thinned(np.stack([x, x], axis=1))) == 2


def test_calibration_matches_counting_the_pairs():
    draw = np.random.default_rng(0)
    targets = [Target(1, "A", "TF"), Target(2, "B", "DNase"), Target(3, "C", "TF")]
    probabilities = (10 ** -draw.uniform(0, 6, (3000, 3))).astype(np.float32)
    probabilities[:4, 0] = [0, 1, 0.5, 0.25]  # 0.5 is an edge, which belongs to the interval above it
    labels = (draw.random((3000, 3)) < probabilities).astype(np.uint8)
    labels[:, 2] = 0
    bins = np.stack([calibration.binned(count(labels[:, i], probabilities[:, i])) for i in range(3)])
    table = calibration.calibration_table("danq", targets, bins)
    assert tuple(table.columns) == calibration.CALIBRATION.columns
    assert table["assay"].unique().tolist() == ["all", "TF", "DNase"]
    for assay, columns in {"all": [0, 1, 2], "TF": [0, 2], "DNase": [1]}.items():
        part, p, y = table[table["assay"] == assay], probabilities[:, columns].astype(float), labels[:, columns]
        assert part["pairs"].sum() == p.size
        for row in part.itertuples():
            inside = (p >= row.low) & ((p < row.high) | (row.high == 1))
            assert row.pairs == inside.sum() > 0
            assert row.predicted == pytest.approx(p[inside].mean())
            assert row.observed == pytest.approx(y[inside].mean())


def test_calibration_intervals_have_equal_width_in_log_odds():
    inner = calibration.EDGES[1:-1]
    np.testing.assert_allclose(np.diff(np.log10(inner / (1 - inner))), 0.25)
    assert inner[[0, -1]] == pytest.approx([1 / 10_001, 10_000 / 10_001])
    assert 0.5 in inner
    assert pd.Series(calibration.EDGES).is_monotonic_increasing
