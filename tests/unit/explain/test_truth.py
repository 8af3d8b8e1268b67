"""Attributions compared with known places: made-up arrays, plain loops and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from danq.data.regions import Region
from danq.explain.truth import agreement, covered


def test_figures_of_made_up_contributions():
    inside = np.zeros((2, 10), bool)
    inside[0, 2:4] = inside[1, 5:7] = True
    found = agreement(np.where(inside, -9.0, 1.0), inside)
    assert (found.windows, found.places, found.auroc) == (2, 0.2, 1.0)
    assert found.share == pytest.approx(36 / (36 + 16))
    assert found.enrichment == pytest.approx(36 / 52 / 0.2)
    equal = agreement(np.ones((2, 10)), inside)
    assert (equal.auroc, equal.enrichment) == (0.5, pytest.approx(1))


def test_auroc_is_that_of_scikit_learn():
    draw = np.random.default_rng(0)
    inside = draw.random((7, 40)) < 0.2
    values = (draw.integers(-4, 5, (7, 40)) + 2 * inside).astype(np.float32)  # with ties
    assert agreement(values, inside).auroc == pytest.approx(roc_auc_score(inside.ravel(), np.abs(values).ravel()))


def test_nothing_to_compare_is_not_a_number():
    assert np.isnan(agreement(np.ones((1, 5)), np.zeros((1, 5), bool)).auroc)
    assert np.isnan(agreement(np.zeros((1, 5)), np.ones((1, 5), bool)).share)


def test_covered_bases_are_those_of_a_loop():
    draw = np.random.default_rng(1)
    contigs = draw.choice(np.array(["a", "b"], object), 30)
    starts = draw.integers(0, 300, 30)
    begins, names = draw.integers(0, 330, 25), draw.choice(["a", "b", "c"], 25)
    places = [Region(name, int(begin), int(begin) + 12) for name, begin in zip(names, begins, strict=True)]
    expected = [
        [any(p.contig == contig and p.start <= start + i < p.end for p in places) for i in range(50)]
        for contig, start in zip(contigs, starts, strict=True)
    ]
    np.testing.assert_array_equal(covered(places, contigs, starts, 50), expected)
