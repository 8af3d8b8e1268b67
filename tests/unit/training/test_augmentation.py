"""Changes of training windows, compared with one-hot tensors that are changed base by base."""

import numpy as np
import pytest
from scipy.stats import binom

from danq.data import onehot
from danq.data.windows import Windows
from danq.errors import UserError
from danq.runtime.batches import sample_order
from danq.training.augmentation import Augmentation, AugmentedBatches, mutated, shifted, unpack_nibbles, with_insertion
from danq.training.recipe import Recipe


def windows(n, length, seed=0):
    """One-hot windows uint8 (n, L, 4), a tenth of whose bases are unknown, and their nibbles (n, L)."""
    codes = np.random.default_rng(seed).choice(5, (n, length), p=[0.3, 0.25, 0.2, 0.15, 0.1])
    tensor = np.eye(5, 4, dtype=np.uint8)[codes]
    return tensor, unpack_nibbles(onehot.pack(tensor), length)


def tensors(bases):
    return onehot.unpack(onehot.pack_nibbles(bases), bases.shape[1])


@pytest.mark.parametrize("length", [8, 9, 60])
def test_shifting_moves_the_window_and_leaves_unknown_bases(length):
    tensor, bases = windows(40, length)
    by = np.random.default_rng(1).integers(-7, 8, 40)
    found = tensors(shifted(bases, by))
    for row, offset in enumerate(by):
        for place in range(length):
            there = 0 <= place + offset < length
            expected = tensor[row, place + offset] if there else np.zeros(4)
            assert (found[row, place] == expected).all()


@pytest.mark.parametrize("length", [9, 60])
def test_a_shift_of_one_strand_is_the_opposite_shift_of_the_other(length):
    tensor, bases = windows(20, length)
    by = np.arange(-5, 15) % 9 - 4
    reverse = unpack_nibbles(onehot.reverse_complement(onehot.pack(tensor), length), length)
    ours = onehot.reverse_complement(onehot.pack_nibbles(shifted(bases, by)), length)
    np.testing.assert_array_equal(ours, onehot.pack_nibbles(shifted(reverse, -by)))


def test_shifts_are_drawn_evenly_from_all_that_are_allowed():
    tensor = np.zeros((5000, 21, 4), np.uint8)
    tensor[:, 10, 0] = 1  # one A in the centre
    changed = Augmentation(Recipe(shift=3), 21)(onehot.pack(tensor), epoch=2, batch=7)
    places = onehot.unpack(changed, 21)[:, :, 0].argmax(axis=1)
    counts = np.bincount(places, minlength=21)
    assert counts[7:14].sum() == 5000
    assert (np.abs(counts[7:14] - 5000 / 7) < 5 * np.sqrt(5000 / 7)).all()


def test_mutations_have_their_rate_and_go_to_each_other_base_alike():
    tensor, bases = windows(500, 101)
    share = 0.07
    changed = mutated(bases, share, np.random.default_rng(3))
    known = bases > 0
    assert (changed[~known] == 0).all()  # unknown bases stay
    low, high = binom.interval(1 - 1e-6, int(known.sum()), share)
    assert low <= (changed != bases).sum() <= high
    for base in (8, 4, 2, 1):
        new = changed[(bases == base) & (changed != bases)]
        assert set(new.tolist()) == {8, 4, 2, 1} - {base}
        for other in {8, 4, 2, 1} - {base}:
            low, high = binom.interval(1 - 1e-6, len(new), 1 / 3)
            assert low <= (new == other).sum() <= high
    by_place = (changed != bases).sum(axis=0) / known.sum(axis=0)
    assert (by_place < 0.2).all()  # at every place of the window alike
    assert (by_place > 0).all()
    assert (tensors(changed).sum(axis=2) == tensor.sum(axis=2)).all()


def test_insertions_move_the_nearer_part_outwards():
    """Each changed window is an inserted stretch and the rest of the window, with as many bases lost at one end."""
    _, bases = windows(300, 31)
    lengths = np.random.default_rng(4).integers(0, 6, 300)
    changed = with_insertion(bases, lengths, np.random.default_rng(5))
    new = np.zeros((300, 31), bool)
    for row, (before, after, k) in enumerate(zip(bases, changed, lengths, strict=True)):
        found = []
        for place in range(16):  # the left part moves left
            begin = max(place - k, 0)
            found.append(np.concatenate([before[k : k + begin], after[begin:place], before[place:]]))
        for place in range(16, 32):
            end = min(place + k, 31)
            found.append(np.concatenate([before[:place], after[place:end], before[place : place + 31 - end]]))
        fits = [len(expected) == 31 and (expected == after).all() for expected in found]
        assert any(fits), (row, k)
        new[row] = after != before
    assert not new[lengths == 0].any()
    assert np.flatnonzero(~new.any(axis=0)).tolist() == [15]  # the centre keeps its place
    assert set(np.unique(with_insertion(np.zeros((50, 31), np.uint8), np.full(50, 9), np.random.default_rng(6)))) == {
        0, 1, 2, 4, 8,
    }  # fmt: skip


def test_batches_keep_their_labels_and_depend_on_seed_epoch_and_batch_only(data):
    source = Windows(data / "train.h5")
    samples = sample_order(len(source), "both", 1, 0)
    recipe = Recipe(shift=4, mutate=0.05, insert=5, seed=3)
    augmentation = Augmentation(recipe, source.length)

    def batches(epoch, first, samples=samples, augmentation=augmentation):
        return list(AugmentedBatches(augmentation, epoch, first, source, samples, 64))

    whole = batches(1, 0)
    index = samples % len(source)
    np.testing.assert_array_equal(np.concatenate([labels for _, labels in whole]), source.labels(index))
    assert all(packed.shape[1] == onehot.packed_width(source.length) for packed, _ in whole)
    resumed = batches(1, 5, samples[5 * 64 :])
    for (ours, _), (theirs, _) in zip(resumed, whole[5:], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert (batches(2, 0)[0][0] != whole[0][0]).any()
    assert (batches(1, 1)[0][0] != whole[0][0]).any()
    other = Augmentation(Recipe(shift=4, mutate=0.05, insert=5, seed=4), source.length)
    assert (batches(1, 0, augmentation=other)[0][0] != whole[0][0]).any()


@pytest.mark.parametrize("name", ["shift", "insert"])
def test_a_change_longer_than_the_window_is_an_error(name):
    with pytest.raises(UserError, match=f"{name} 60 must be below the length of a window, 60 bp"):
        Augmentation(Recipe(**{name: 60}), 60)
