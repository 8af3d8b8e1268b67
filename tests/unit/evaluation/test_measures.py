"""The measures: their values by brute force, for random predictions, and for targets of one class."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from danq.data.targets import Target
from danq.evaluation.compare import assay_medians, compare
from danq.evaluation.compare_published import PUBLISHED, WINS
from danq.evaluation.evaluate import AUC, evaluate
from danq.evaluation.measures import KEYS, MEASURES
from danq.evaluation.metrics import count
from danq.runtime.predictions import Predictions

RECALL = next(measure for measure in MEASURES if measure.key == "recall_at_50_fdr")
scores = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1, width=32))


def recall(labels, probabilities):
    return RECALL.value(count(np.array(labels, np.uint8), np.array(probabilities, np.float32)))


def brute_force(labels, probabilities):
    """Largest recall over all thresholds with precision of at least .5."""
    labels, probabilities = np.array(labels, bool), np.array(probabilities, np.float32)
    found = [0.0]
    for threshold in np.unique(probabilities):
        called = probabilities >= threshold
        if labels[called].mean() >= 0.5:
            found.append(labels[called].sum() / labels.sum())
    return max(found)


@given(st.lists(st.tuples(st.booleans(), scores), min_size=2, max_size=60))
def test_recall_at_50_fdr_is_the_largest_over_all_thresholds(pairs):
    labels, probabilities = zip(*pairs, strict=True)
    if 0 < sum(labels) < len(labels):
        assert recall(labels, probabilities) == pytest.approx(brute_force(labels, probabilities))
    else:
        assert np.isnan(recall(labels, probabilities))


def test_recall_at_50_fdr_by_hand():
    # From the top: precision 0, 1/2, 1/3, 2/4, 2/5, 2/6, 3/7. The last threshold with 1/2 has 2 of 3 positives.
    assert recall([0, 1, 0, 1, 0, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3]) == pytest.approx(2 / 3)
    assert recall([0, 0, 1], [0.9, 0.8, 0.7]) == 0
    assert recall([1, 0], [0.5, 0.5]) == 1  # tied windows are called together


@pytest.mark.parametrize("prevalence", [0.02, 0.3, 0.6])
@pytest.mark.parametrize("measure", MEASURES, ids=KEYS)
def test_random_predictions_have_the_stated_value(measure, prevalence):
    draw = np.random.default_rng(0)
    labels = (draw.random(200_000) < prevalence).astype(np.uint8)
    counts = count(labels, draw.random(200_000, np.float32))
    assert measure.value(counts) == pytest.approx(measure.guess(labels.mean()), abs=0.01)


@pytest.fixture
def auc():
    """AUC tables of two models; the last target has no positives."""
    targets = [Target(1, "A", "TF"), Target(2, "B", "DNase"), Target(3, "C", "TF")]
    draw = np.random.default_rng(0)
    labels = (draw.random((400, 3)) < [0.3, 0.1, 0]).astype(np.uint8)
    packed = np.packbits(labels, axis=1)
    scores = [np.clip(0.4 * labels + draw.random((400, 3)) * 0.6, 0, 1).astype(np.float32) for _ in "ab"]
    return [
        evaluate(Predictions("p", targets, one, packed, "both"), name).auc
        for name, one in zip("ab", scores, strict=True)
    ]


@pytest.mark.parametrize("measure", MEASURES, ids=KEYS)
def test_every_measure_is_in_every_table(auc, measure):
    key = measure.key
    assert auc[0][key].notna().tolist() == [True, True, False]
    assert set(measure.ends) <= set(auc[0])
    wide = compare(auc)
    assert wide[f"{key}_a"].equals(auc[0][key].rename(f"{key}_a"))
    assert wide[f"best_{key}"].tolist()[2] == ""
    medians = assay_medians(pd.concat(auc)).set_index(["model", "assay"])
    assert medians.loc[("a", "TF"), f"median_{key}"] == auc[0][key][0]
    assert medians.loc[("b", "DNase"), f"mean_{key}"] == auc[1][key][1]


def test_only_measures_with_published_values_are_compared_with_them():
    assert [measure.key for measure in MEASURES if measure.published] == ["auroc", "auprc"]
    assert "published_auroc" in PUBLISHED.columns
    assert not {"published_recall_at_50_fdr"} & {*PUBLISHED.columns, *WINS.columns, *AUC.optional}


def test_keys_and_titles_are_unique():
    assert len(set(KEYS)) == len({measure.title for measure in MEASURES}) == len(MEASURES)
