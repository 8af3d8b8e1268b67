"""Matches and their p-values, compared with all sequences and with a loop over all places."""

from itertools import product

import numpy as np
import pytest

from danq.errors import UserError
from danq.motifs.log_odds import log_odds
from danq.motifs.matches import STEP, Distribution, Matcher
from danq.motifs.meme import Motif


def motif(width, seed, sites=50):
    return Motif(f"m{seed}", np.random.default_rng(seed).dirichlet([0.3] * 4, width), sites)


@pytest.mark.parametrize("background", [(0.25,) * 4, (0.1, 0.4, 0.3, 0.2)])
def test_pvalues_are_those_of_all_sequences(background):
    matrix = log_odds(motif(6, 1), np.array(background))
    rounded = np.rint(matrix / STEP).astype(int)
    words = np.array(list(product(range(4), repeat=6)))
    scores = rounded[np.arange(6), words].sum(axis=1)
    weights = np.array(background)[words].prod(axis=1)
    distribution = Distribution(matrix, background)
    for score in np.quantile(scores, [0, 0.3, 0.9, 0.99, 1]).astype(int):
        expected = weights[scores >= score].sum()
        assert distribution.pvalue(score * STEP) == pytest.approx(expected, rel=1e-9)
    threshold = distribution.threshold(1e-3)
    assert weights[scores * STEP >= threshold].sum() <= 1e-3 < weights[scores * STEP >= threshold - STEP].sum() + 1e-3


def test_matches_are_those_of_a_loop():
    draw = np.random.default_rng(0)
    tensor = np.eye(4, dtype=np.uint8)[draw.integers(0, 4, (40, 70))]
    tensor[draw.random((40, 70)) < 0.01] = 0
    motifs = [motif(8, 2), motif(6, 3), motif(8, 4), motif(90, 5)]
    found = Matcher(motifs, 5e-3).find(tensor)
    expected = []
    for window in range(40):
        for m in (0, 1, 2):
            matrix = log_odds(motifs[m], np.full(4, 0.25))
            distribution = Distribution(matrix)
            for position in range(70 - len(matrix) + 1):
                stretch = tensor[window, position : position + len(matrix)]
                for reverse, one in ((False, stretch), (True, stretch[::-1, ::-1])):
                    score = (one * matrix).sum()
                    if one.any(axis=1).all() and distribution.pvalue(score) <= 5e-3:
                        expected.append((window, m, position, reverse, score, distribution.pvalue(score)))
    expected.sort(key=lambda row: (row[0], row[2], row[1], row[3]))
    assert len(found) == len(expected) > 50
    for i, name in enumerate(found.dtype.names):
        np.testing.assert_allclose(found[name], [row[i] for row in expected], rtol=1e-4)


def test_without_motifs_or_with_a_wrong_pvalue_there_is_a_message():
    with pytest.raises(UserError, match="there is no motif to look for"):
        Matcher([])
    with pytest.raises(UserError, match="must be between 0 and 1, not 2"):
        Matcher([motif(5, 1)], 2)
