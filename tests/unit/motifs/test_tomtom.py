"""TOMTOM: p-values against enumeration and simulation, alignments against plain loops, and controls against noise."""

from itertools import product

import numpy as np
import pytest

from danq.motifs import jaspar, tomtom
from danq.motifs.meme import Motif

# The four releases that the controls use, and their numbers of vertebrate matrices.
RELEASES = {"JASPAR2016": 519, "JASPAR2020": 746, "JASPAR2024": 879, "JASPAR2026": 1019}


def random_motifs(count, draw, low=5, high=12, concentration=1.0):
    return [draw.dirichlet([concentration] * 4, size=draw.integers(low, high + 1)) for _ in range(count)]


@pytest.fixture(scope="module")
def known():
    """Named matrices of vertebrates by release: a dict of probabilities (width, 4)."""

    def of(release):
        counts = jaspar.core_matrices(release, ["vertebrates"])
        return {name: Motif.from_counts(name, matrix).probabilities for name, matrix in counts.items()}

    return {release: of(release) for release in RELEASES}


def column_scores(query, columns, others=None):
    """The rounded scores of the docstring's steps 1 and 2, column by column; of `others`, if they are given."""
    rows = []
    for own in query:
        scores = []
        for other in [*columns, *([] if others is None else others)]:
            spread = own.std() * other.std()
            scores.append(((own - own.mean()) * (other - other.mean())).mean() / spread if spread > 1e-9 else 0.0)
        rounded = np.rint(np.array(scores) / tomtom.STEP)
        rows.append(rounded - np.sort(rounded[: len(columns)])[(len(columns) - 1) // 2])
    return np.array(rows)[:, 0 if others is None else len(columns) :].astype(int)


def both_strands(targets):
    return [matrix[::side, ::side] for matrix in targets for side in (1, -1)]


def test_pvalues_equal_an_enumeration_of_all_columns():
    """Every overlap of a query of 4 columns with columns drawn from 2 x 5 known ones."""
    draw = np.random.default_rng(1)
    query, targets = draw.dirichlet([1] * 4, size=4), [draw.dirichlet([0.5] * 4, size=5)]
    columns = np.concatenate(both_strands(targets))
    scores = column_scores(query, columns)
    null = tomtom.Query(query, tomtom.standardized(columns))
    for first in range(4):
        for last in range(first + 1, 5):
            sums = np.array([sum(one) for one in product(*scores[first:last])])
            for score in np.unique(sums):
                expected = (sums >= score).mean()
                found = null.pvalue(np.array([first]), np.array([last]), np.array([score]))[0]
                assert found == pytest.approx(expected, rel=1e-12)


def test_alignments_equal_plain_loops():
    draw = np.random.default_rng(2)
    queries, targets = random_motifs(6, draw, 3, 9), random_motifs(8, draw, 3, 12)
    found = tomtom.align(queries, targets)
    columns = np.concatenate(both_strands(targets))
    for q, query in enumerate(queries):
        null = tomtom.Query(query, tomtom.standardized(columns))
        for t, target in enumerate(targets):
            best, tried = [], 0
            for reverse, matrix in enumerate(both_strands([target])):
                least = min(tomtom.MIN_OVERLAP, len(query), len(matrix))
                scores = column_scores(query, columns, matrix)
                for offset in range(-len(matrix), len(query) + 1):
                    first, last = max(0, offset), min(len(query), offset + len(matrix))
                    if last - first < least:
                        continue
                    tried += 1
                    total = sum(scores[i, i - offset] for i in range(first, last))
                    p = null.pvalue(*(np.array([value]) for value in (first, last, total)))[0]
                    best.append((p, first - last, offset, bool(reverse)))
            p, overlap, offset, reverse = min(best)
            assert found.pvalue[q, t] == pytest.approx(1 - (1 - p) ** tried, rel=1e-9)
            assert found.overlap[q, t] == -overlap
            assert (offset, reverse) in {(o, r) for value, size, o, r in best if (value, size) == (p, overlap)}
            if len({(o, r) for value, size, o, r in best if (value, size) == (p, overlap)}) == 1:
                assert (found.offset[q, t], found.reverse[q, t]) == (offset, reverse)


def test_pvalues_are_calibrated_for_random_motifs(known):
    """Targets of columns drawn from all known ones: p is at most alpha in at most a share alpha of them."""
    draw = np.random.default_rng(3)
    columns = np.concatenate(both_strands(known["JASPAR2024"].values()))
    queries = list(known["JASPAR2024"].values())[:40]
    random = [columns[draw.integers(0, len(columns), draw.integers(6, 20))] for _ in range(1000)]
    # The null of the queries comes from these targets, which have the same distribution of columns.
    pvalue = tomtom.align(queries, random).pvalue
    for alpha in (0.1, 0.01, 0.001):
        share = (pvalue <= alpha).mean()
        assert 0.3 * alpha < share < 1.2 * alpha, (alpha, share)


def test_both_strands_of_a_query_have_the_same_pvalues(known):
    draw = np.random.default_rng(4)
    targets = list(known["JASPAR2020"].values())[:60]
    queries = random_motifs(10, draw) + targets[:10]
    forward = tomtom.align(queries, targets)
    turned = tomtom.align([query[::-1, ::-1] for query in queries], targets)
    np.testing.assert_allclose(forward.pvalue, turned.pvalue, rtol=1e-9)
    np.testing.assert_array_equal(forward.overlap, turned.overlap)


def test_a_motif_matches_itself_best(known):
    names, matrices = list(known["JASPAR2024"]), list(known["JASPAR2024"].values())
    found = tomtom.align(matrices[::20], matrices)
    own = np.arange(len(matrices))[::20]
    rows = np.arange(len(own))
    widths = np.array([len(matrix) for matrix in matrices])[own]
    np.testing.assert_array_equal(found.offset[rows, own], 0)
    np.testing.assert_array_equal(found.overlap[rows, own], widths)
    assert not found.reverse[rows, own].any()
    rank = (found.pvalue < found.pvalue[rows, own][:, None]).sum(axis=1)
    assert (rank <= 2).all(), [names[own[i]] for i in np.flatnonzero(rank)]


@pytest.mark.parametrize(
    ("query", "match", "stranger"),
    [
        ("MA0139.2 CTCF", "MA1929.2 CTCF", "MA0108.3 TBP"),
        ("MA0046.3 HNF1A", "MA0153.2 HNF1B", "MA0139.2 CTCF"),
        ("MA0476.2 FOS", "MA1134.2 FOS::JUNB", "MA0138.3 REST"),
        ("MA0466.4 CEBPB", "MA0837.3 CEBPE", "MA0138.3 REST"),
    ],
)
def test_motifs_of_related_factors_match(known, query, match, stranger):
    """Matrices of the same factor or family match; those of other families do not."""
    targets = known["JASPAR2024"]
    names = list(targets)
    evalue = tomtom.align([targets[query]], list(targets.values())).pvalue[0] * len(targets)
    assert evalue[names.index(match)] < 0.01
    assert evalue[names.index(stranger)] > 10


def test_a_motif_without_information_matches_nothing(known):
    evalue = tomtom.align([np.full((15, 4), 0.25)], list(known["JASPAR2024"].values())).pvalue * 879
    assert evalue.min() > 1


def test_no_query_and_short_motifs():
    targets = random_motifs(30, np.random.default_rng(5))
    assert tomtom.align([], targets).pvalue.shape == (0, 30)
    assert tomtom.align([np.eye(4)[[0, 1]]], targets).overlap.max() == 2


@pytest.mark.parametrize("release", RELEASES)
def test_random_matrices_get_no_names(known, release):
    """Of 200 matrices of noise, at most 3 % have a match at E < .01."""
    draw = np.random.default_rng(6)
    targets = list(known[release].values())
    assert len(targets) == RELEASES[release]
    noise = [draw.dirichlet([(1, 2, 4)[i % 3]] * 4, size=draw.integers(8, 27)) for i in range(200)]
    evalue = tomtom.align(noise, targets).pvalue.min(axis=1) * len(targets)
    print(f"{release}: {(evalue < 0.01).sum()} of 200 random matrices named")
    assert (evalue < 0.01).mean() <= 0.03
    assert (evalue < 10).mean() > 0.5  # E-values are not simply too large
