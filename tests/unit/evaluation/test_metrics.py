import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from danq.evaluation.metrics import count, each_target

scores = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1, width=32))


@given(st.lists(st.tuples(st.booleans(), scores), min_size=1, max_size=60))
def test_areas_equal_scikit_learns_with_ties_and_single_classes(pairs):
    labels = np.array([label for label, _ in pairs], np.uint8)
    probabilities = np.array([score for _, score in pairs], np.float32)
    counts = count(labels, probabilities)
    if 0 < labels.sum() < len(labels):
        assert counts.auroc() == pytest.approx(roc_auc_score(labels, probabilities), abs=1e-12)
    else:
        assert np.isnan(counts.auroc())
    if labels.any():
        with warnings.catch_warnings(action="ignore"):
            assert counts.auprc() == pytest.approx(average_precision_score(labels, probabilities), abs=1e-12)
    else:
        assert np.isnan(counts.auprc())


def test_many_targets_are_measured_in_order():
    draw = np.random.default_rng(0)
    labels = (draw.random((3000, 150)) < draw.random(150)).astype(np.uint8)
    probabilities = draw.random((3000, 150), np.float32).round(2)
    results = each_target(
        lambda i, counts: (i, counts.positives, counts.auroc(), counts.auprc()),
        lambda targets: (labels[:, targets], probabilities[:, targets]),
        150,
        threads=2,
    )
    assert [result[0] for result in results] == list(range(150))
    for i, positives, auroc, auprc in results:
        assert positives == labels[:, i].sum()
        assert auroc == pytest.approx(roc_auc_score(labels[:, i], probabilities[:, i]), abs=1e-12)
        assert auprc == pytest.approx(average_precision_score(labels[:, i], probabilities[:, i]), abs=1e-12)


@pytest.mark.parametrize("wrong", [-0.1, 1.1, np.nan])
def test_values_outside_0_to_1_are_an_error(wrong):
    with pytest.raises(ValueError, match="between 0 and 1"):
        count(np.array([0, 1]), np.array([0.5, wrong]))
