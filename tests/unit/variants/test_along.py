"""The points of a Manhattan plot: what thinning keeps, and where contigs lie."""

import numpy as np

from danq.variants.along import COLUMNS, LEVELS, Points, axis, thinned

CONTIGS = {"chr1": 1000, "chr2": 50, "empty": 70, "chr3": 400}


def points(n):
    draw = np.random.default_rng(1)
    contig = draw.choice([0, 1, 3], n)
    position = draw.integers(1, np.array([*CONTIGS.values()])[contig] + 1)
    return Points(contig, position, draw.exponential(size=n), np.arange(n))


def test_contigs_lie_side_by_side_without_those_that_have_no_variant():
    some = points(300)
    place = axis(some, CONTIGS)
    begins = {0: 0, 1: 1000, 3: 1050}
    assert place.names == ["chr1", "chr2", "chr3"]
    assert (place.begin, place.end) == (0, 1450)
    expected = [begins[contig] + position for contig, position in zip(some.contig, some.position, strict=True)]
    assert place.places(some).tolist() == expected


def test_the_axis_of_one_contig_ends_at_its_variants():
    some = points(300)
    one = some[some.contig == 3]
    place = axis(one, CONTIGS)
    assert (place.begin, place.end) == (one.position.min(), one.position.max())


def test_thinning_keeps_every_high_point_and_covers_the_low_ones():
    many = points(200_000)
    kept = thinned(many, CONTIGS, top=500)
    high = np.argsort(-many.height)[:499]
    assert set(high) <= set(kept.row)
    assert len(kept) < len(many)
    near = np.abs(many.height[:200, None] - kept.height) <= many.height.max() / LEVELS
    place = axis(many, CONTIGS)
    beside = np.abs(place.places(many)[:200, None] - place.places(kept)) <= 1450 / COLUMNS + 1
    assert (near & beside).any(axis=1).all()
