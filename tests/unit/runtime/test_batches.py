"""Packed batches, and models that take them."""

import keras
import numpy as np
import pytest

from danq.data import onehot
from danq.data.windows import Windows
from danq.models import registry
from danq.runtime.batches import Batches, Unpack, on_packed, sample_order


@pytest.mark.parametrize("length", [8, 9, 60])
def test_unpacking_gives_the_packed_tensor(length):
    tensor = np.eye(5, 4, dtype=np.uint8)[np.random.default_rng(0).integers(0, 5, (7, length))]
    found = keras.ops.convert_to_numpy(Unpack(length)(onehot.pack(tensor)))
    assert found.dtype == np.float32
    assert (found == tensor).all()


def test_a_model_on_packed_windows_predicts_the_same(data):
    windows = Windows(data / "test.h5")
    model = registry.build("DanQ", 60, 3, filters=4, kernel=8, pool=6, lstm=2, dense=4)
    packed = on_packed(model, 60).predict(windows.packed(slice(None)), verbose=0)
    np.testing.assert_allclose(packed, model.predict(windows.onehot(slice(None)), verbose=0), atol=1e-6)


def test_further_inputs_follow_the_packed_one(data):
    windows = Windows(data / "test.h5")
    model = on_packed(lambda window, weight: keras.ops.sum(window, axis=1) * weight, 60, keras.Input((4,)))
    weight = np.random.default_rng(0).random((len(windows), 4), np.float32)
    found = model.predict([windows.packed(slice(None)), weight], verbose=0)
    np.testing.assert_allclose(found, windows.onehot(slice(None)).sum(axis=1) * weight, rtol=1e-6)


def test_an_epoch_has_both_strands_or_a_random_one_or_the_forward_one():
    assert sorted(sample_order(50, "both", 1, 0)) == list(range(100))
    random = sample_order(5000, "random", 1, 0)
    assert sorted(random % 5000) == list(range(5000))
    assert 0.45 < (random >= 5000).mean() < 0.55
    assert sorted(sample_order(50, "none", 1, 0)) == list(range(50))


def test_the_order_depends_only_on_seed_and_epoch():
    first = sample_order(100, "both", 1, 4)
    assert (first == sample_order(100, "both", 1, 4)).all()
    assert (first != sample_order(100, "both", 1, 5)).any()
    assert (first != sample_order(100, "both", 2, 4)).any()


def test_batches_contain_every_sample_with_its_labels(data):
    windows = Windows(data / "train.h5")
    samples = sample_order(len(windows), "both", 7, 0)
    batches = Batches(windows, samples, 64)
    rows = list(batches)
    assert [len(x) for x, _ in rows] == [64] * 12 + [32]
    packed, labels = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    forward, reverse = windows.packed(slice(None)), onehot.reverse_complement(windows.packed(slice(None)), 60)
    assert (packed == np.concatenate([forward, reverse])[samples]).all()
    assert (labels == np.concatenate([windows.labels()] * 2)[samples]).all()
