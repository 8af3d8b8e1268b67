"""Windows with permuted labels."""

from __future__ import annotations

import numpy as np
import pytest
from toy_windows import TARGETS, write_split

from danq.data.shuffled import ShuffledLabels
from danq.data.windows import Windows


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("shuffled") / "train.h5"
    write_split(path, 500, 1)
    return path


def test_rows_of_labels_are_permuted_together(path):
    true, shuffled = Windows(path).labels(), ShuffledLabels(path, 1).labels()
    assert (true != shuffled).any()
    assert sorted(map(tuple, true)) == sorted(map(tuple, shuffled))
    np.testing.assert_array_equal(Windows(path).positives(), ShuffledLabels(path, 1).positives())


def test_the_link_to_the_sequences_is_cut(path):
    true, shuffled = Windows(path).labels().astype(float), ShuffledLabels(path, 1).labels()
    for t in range(len(TARGETS) - 1):
        assert abs(np.corrcoef(true[:, t], shuffled[:, t])[0, 1]) < 0.12


def test_any_index_gives_the_same_labels(path):
    windows = ShuffledLabels(path, 1)
    every = windows.labels()
    np.testing.assert_array_equal(windows.labels(slice(10, 20)), every[10:20])
    np.testing.assert_array_equal(windows.labels(np.array([7, 3, 499])), every[[7, 3, 499]])
    np.testing.assert_array_equal(windows.packed(slice(None)), Windows(path).packed(slice(None)))


def test_seeds_differ_and_no_training_resumes_another(path):
    one, same, other = (ShuffledLabels(path, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.labels(), same.labels())
    assert (one.labels() != other.labels()).any()
    assert len({one.fingerprint, other.fingerprint, Windows(path).fingerprint}) == 3
