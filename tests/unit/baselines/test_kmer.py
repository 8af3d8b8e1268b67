"""Counts of canonical k-mers compared with counting in texts."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pytest

from danq.baselines.composition import features as composition
from danq.baselines.kmer import canonical, counts

from .conftest import hot, random_texts, reverse


def counted(text: str, k: int) -> np.ndarray:
    """Counts of canonical k-mers in alphabetical order, by reading the text."""
    found = Counter(text[i : i + k] for i in range(len(text) - k + 1))
    words = ["".join(word) for word in product("ACGT", repeat=k)]
    names = sorted({min(word, reverse(word)) for word in words})
    return np.array([found[name] + (found[reverse(name)] if name != reverse(name) else 0) for name in names])


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
def test_counts_equal_those_of_the_text_with_unknown_bases(k):
    texts = random_texts(np.random.default_rng(k), 20, 31, "ACGTN")
    np.testing.assert_array_equal(counts(hot(texts), k), [counted(text, k) for text in texts])


@pytest.mark.parametrize("k", [3, 6])
def test_both_strands_have_the_same_counts(k):
    texts = random_texts(np.random.default_rng(0), 10, 40, "ACGTN")
    np.testing.assert_array_equal(counts(hot(texts), k), counts(hot([reverse(text) for text in texts]), k))


def test_numbers_of_canonical_kmers():
    """(4^k + 4^(k/2)) / 2 for even k, because of the palindromes, and 4^k / 2 for odd k."""
    assert [canonical(k)[1] for k in (4, 5, 6)] == [136, 512, 2080]


def test_a_window_shorter_than_k_has_no_kmers():
    assert counts(hot(["ACG"]), 4).sum() == 0


def test_composition_equals_that_of_the_text():
    texts = [*random_texts(np.random.default_rng(0), 20, 50, "ACGTN"), "A" * 50, "CG" * 25, "N" * 50]
    for text, (gc, squared, cpg) in zip(texts, composition(hot(texts)), strict=True):
        c, g = text.count("C"), text.count("G")
        known = len(text) - text.count("N")
        assert gc == pytest.approx((c + g) / known if known else 0)
        assert squared == pytest.approx(gc**2)
        assert cpg == pytest.approx(text.count("CG") * known / (c * g) if c * g else 0)


def test_composition_is_the_same_on_both_strands():
    texts = random_texts(np.random.default_rng(1), 10, 50)
    np.testing.assert_allclose(composition(hot(texts)), composition(hot([reverse(text) for text in texts])))
