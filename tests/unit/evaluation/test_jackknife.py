"""The jackknife compared with scikit-learn without a block, with resampled blocks, and with known true values."""

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import average_precision_score, roc_auc_score

from danq.evaluation import jackknife
from danq.evaluation.genome_blocks import cut
from danq.evaluation.jackknife import compared, interval, leave_out, spread, why_none
from danq.evaluation.metrics import count

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))
import coverage

scores = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1, width=32))


def windows(seed, n=600, prevalence=0.2, apart=1.0, decimals=9):
    draw = np.random.default_rng(seed)
    labels = (draw.random(n) < prevalence).astype(np.uint8)
    return labels, norm.cdf(draw.standard_normal(n) + apart * labels).round(decimals).astype(np.float32)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.booleans(), scores), min_size=40, max_size=80))
def test_values_without_a_block_are_those_of_the_other_windows(pairs):
    labels = np.array([label for label, _ in pairs], np.uint8)
    probabilities = np.array([score for _, score in pairs], np.float32)
    blocks = cut(len(labels), None)
    if not 0 < labels.sum() < len(labels):
        return
    found = leave_out(labels, probabilities, blocks)
    auroc, auprc = found.auroc(), found.auprc()
    for block in range(-1, len(blocks)):
        rest = blocks.of_window != block
        if 0 < labels[rest].sum() < rest.sum():
            assert auroc[block + 1] == pytest.approx(roc_auc_score(labels[rest], probabilities[rest]))
            assert auprc[block + 1] == pytest.approx(average_precision_score(labels[rest], probabilities[rest]))


def test_coarse_cells_hardly_change_the_interval(monkeypatch):
    labels, probabilities = windows(0, 20_000)
    blocks, counts = cut(len(labels), None), count(labels, probabilities)
    monkeypatch.setattr(jackknife, "CELLS", 1 << 20)
    monkeypatch.setattr(jackknife, "ENTRIES", 1 << 30)
    exact = leave_out(labels, probabilities, blocks)
    monkeypatch.setattr(jackknife, "CELLS", 1000)
    coarse = leave_out(labels, probabilities, blocks)
    assert exact.positives.shape[1] > 3 * coarse.positives.shape[1]
    for name in ("auroc", "auprc"):
        value = getattr(counts, name)()
        ends = [interval(value, getattr(one, name)(), one.freedom) for one in (exact, coarse)]
        assert ends[0] == pytest.approx(ends[1], abs=2e-4)


def test_the_spread_is_that_of_resampled_blocks():
    labels, probabilities = windows(1, 4000)
    blocks, draw = cut(len(labels), None), np.random.default_rng(0)
    rows = [np.flatnonzero(blocks.of_window == block) for block in range(len(blocks))]
    resampled = []
    for _ in range(600):
        chosen = np.concatenate([rows[block] for block in draw.integers(0, len(rows), len(rows))])
        pair = labels[chosen], probabilities[chosen]
        resampled.append([roc_auc_score(*pair), average_precision_score(*pair)])
    found = leave_out(labels, probabilities, blocks)
    scale = np.sqrt(len(rows) / (len(rows) - 1))  # the bootstrap divides by the number of blocks
    errors = [spread(found.auroc()), spread(found.auprc())]
    assert errors == pytest.approx(np.std(resampled, axis=0) * scale, rel=0.12)


def test_few_blocks_with_positives_have_few_degrees_of_freedom():
    negatives = np.full(100, 50)
    assert jackknife.freedom(np.full(100, 3), negatives) == pytest.approx(99)
    assert jackknife.freedom(np.repeat([4, 0], [8, 92]), negatives) == pytest.approx(7)
    assert jackknife.freedom(np.repeat([90, 1], [1, 10]), negatives) == 1
    assert jackknife.freedom(negatives, np.repeat([4, 0], [8, 92])) == pytest.approx(7)


def test_the_reason_why_there_is_no_interval():
    n, blocks = 400, cut(400, None)

    def labels(positive):
        found = np.zeros(n, np.uint8)
        found[list(positive)] = 1
        return found

    cases = {
        "no positives": labels([]),
        "no negatives": labels(range(n)),
        "positive in fewer than 10 separate places: no interval": labels(range(6)),  # one peak of six windows
        "fewer than 10 negative windows: no interval": 1 - labels(range(0, 27, 3)),
        "windows of a class in fewer than 3 blocks: no interval": labels(range(0, 24, 2)),
        "": labels(range(0, n, 20)),
    }
    for note, case in cases.items():
        places = 10 if "negative windows" in note else blocks.places(case)
        assert why_none(case, blocks, places) == note


def test_an_exact_one_has_no_interval_and_one_block_does_not_decide():
    values = np.full(21, 0.999)
    values[5] = 1.0  # without block 4, the ranking is perfect
    assert np.isnan(interval(1.0, np.ones(21), 10)).all()
    low, high = interval(0.999, values, 19.0)
    assert 0.9 < low < 0.999 < high < 1


def test_the_same_predictions_have_no_difference_and_p_is_one():
    assert compared(0.0, np.zeros(21), 19) == (0, 0, 1)
    assert np.isnan(compared(0.1, np.full(21, 0.1), 19)).all()
    draw = np.random.default_rng(0)
    values = 0.1 + np.append(0, draw.normal(0, 0.01, 20))
    low, high, p = compared(0.1, values, 19)
    turned = compared(-0.1, -values, 19)
    assert turned == pytest.approx((-high, -low, p))


@pytest.mark.parametrize("places", [20, 100])
def test_about_95_percent_of_intervals_include_the_true_value_and_those_of_windows_do_not(places):
    found = coverage.shares(places, 150)
    for title in ("AUROC", "AUPRC"):
        assert 0.89 <= found["blocks", title] <= 0.99
        assert found["windows", title] < 0.85
        assert found["blocks", f"{title} p < .05"] < 0.1
    assert found["windows", "AUROC p < .05"] > 0.1


def test_shuffled_labels_are_random_within_the_interval():
    held = 0
    for seed in range(60):
        _, probabilities = windows(seed)
        labels = (np.random.default_rng(1000 + seed).random(len(probabilities)) < 0.2).astype(np.uint8)
        found = leave_out(labels, probabilities, cut(len(labels), None))
        low, high = interval(count(labels, probabilities).auroc(), found.auroc(), found.freedom)
        held += low <= 0.5 <= high
    assert held >= 53  # 57 expected
