"""Targets chosen by number, name, title or assay."""

import pytest

from danq.data.chosen_targets import choose
from danq.data.targets import Target
from danq.errors import UserError

TARGETS = [
    Target(1, "CTCF", "TF", "K562"),
    Target(2, "CTCF", "TF", "GM12878"),
    Target(3, "DNase", "DNase", "K562"),
    Target(4, "DNase", "DNase", "GM12878"),
    Target(5, "REST", "TF"),
    Target(6, "ATAC", "ATAC"),
]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (["REST"], [5]),
        (["5", "1", "REST"], [1, 5]),
        (["TF"], [1, 2, 5]),
        (["K562|CTCF", "4"], [1, 4]),
        (["DNase"], [3, 4]),
        (["ATAC"], [6]),  # a target and its assay
        ([2], [2]),  # YAML gives numbers
    ],
)
def test_targets_are_chosen_in_their_own_order(wanted, numbers):
    assert [target.index for target in choose(TARGETS, wanted)] == numbers


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (["CTCF"], "ambiguous: 1 "),
        (["7"], "no target '7'; give"),
        (["ctfc"], "did you mean CTCF"),
        ([], "no target is chosen"),
    ],
)
def test_unknown_and_ambiguous_names_are_errors(wanted, message):
    with pytest.raises(UserError, match=message):
        choose(TARGETS, wanted)
