"""Sources of packed sequences, compared with their one-hot tensors."""

import numpy as np
import pytest

from danq.data import onehot
from danq.data.sources import PackedArray


@pytest.fixture(params=[50, 51])
def case(request):
    """A source and its tensor (20, length, 4); some bases are unknown."""
    tensor = np.eye(5, 4, dtype=np.uint8)[np.random.default_rng(0).integers(0, 5, (20, request.param))]
    return PackedArray(onehot.pack(tensor), request.param), tensor


@pytest.mark.parametrize("index", [slice(None), slice(3, 9), np.array([7, 0, 19, 7])])
def test_sequences_are_read_on_both_strands(case, index):
    source, tensor = case
    expected = tensor[index].copy()
    assert (source.onehot(index) == expected).all()
    reverse = np.arange(len(expected)) % 2 == 0
    expected[reverse] = expected[reverse][:, ::-1, ::-1]
    for _ in range(2):  # reading must not change the source
        assert (source.onehot(index, reverse) == expected).all()
    assert len(source) == 20
    assert source.places() is None


def test_samples_above_the_number_of_sequences_are_reverse_complements(case):
    source, _ = case
    index, reverse = source.strands(np.array([0, 19, 20, 39]))
    assert index.tolist() == [0, 19, 0, 19]
    assert reverse.tolist() == [False, False, True, True]


def test_an_array_of_another_width_is_an_error():
    with pytest.raises(ValueError, match="not a packed array of sequences of 60 bp"):
        PackedArray(np.zeros((3, 29), np.uint8), 60)
