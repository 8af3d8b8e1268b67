"""Sequence logos: letter heights, aligned known motifs, pages and folders."""

import numpy as np
import pandas as pd
import pytest

from danq.errors import UserError
from danq.plots import logo


@pytest.fixture
def drawings(some_motifs, matches, known):
    return logo.drawings(some_motifs, matches, known)


def tops(axes):
    """Height of the stack of letters at each position."""
    boxes = [letter.get_path().get_extents() for letter in axes.patches]
    letters = pd.DataFrame({
        "position": [round((box.x0 + box.x1) / 2) for box in boxes],
        "top": [box.y1 for box in boxes],
    })  # fmt: skip
    return letters.groupby("position")["top"].max()


def test_letter_heights_are_in_bits(some_motifs, check):
    figure = logo.logo(logo.Drawing(some_motifs[0]))
    assert figure.axes[0].get_ylim() == (0, 2)
    assert figure.axes[0].get_ylabel() == "bits"
    check(figure)
    np.testing.assert_allclose(tops(figure.axes[0]), some_motifs[0].bits().sum(axis=1), atol=0.02)


def test_the_known_motif_is_drawn_beneath_aligned_and_reversed(drawings, check):
    assert [bool(drawing.match) for drawing in drawings] == [False, True, False]
    figure = logo.logo(drawings[1])
    above, beneath = figure.axes
    assert above.get_xlim() == beneath.get_xlim()
    assert beneath.get_title(loc="left") == "CTCF (MA1.1)   E = 3e-05   agreement 0.80"
    assert tops(beneath).index.tolist() == list(range(3, 13))
    np.testing.assert_allclose(tops(beneath), tops(above)[3:13], atol=0.02)  # it is a part of the filter's motif
    check(figure)


def test_a_match_that_is_not_among_the_known_motifs_is_an_error(some_motifs, matches):
    with pytest.raises(UserError, match=r"names MA1\.1, which is not among the known motifs"):
        logo.drawings(some_motifs, matches, [])


def test_without_a_table_no_known_motif_is_drawn(some_motifs):
    assert [drawing.match for drawing in logo.drawings(some_motifs)] == [None] * 3


def test_all_logos_of_a_page_have_the_same_scales(drawings, check):
    figure = logo.page(drawings, "danq", columns=2)
    drawn = [axes for axes in figure.axes if axes.axison]
    assert len(drawn) == 4
    assert {axes.get_ylim() for axes in drawn} == {(0, 2)}
    assert len({round(np.ptp(axes.get_xlim()), 6) for axes in drawn}) == 1
    check(figure)


def test_a_folder_of_logos_replaces_an_old_one(drawings, tmp_path):
    logo.save_all(drawings, tmp_path / "logos", processes=2)
    assert sorted(path.name for path in (tmp_path / "logos").iterdir()) == [f"filter_00{i}.png" for i in (1, 2, 3)]
    logo.save_all(drawings[:1], tmp_path / "logos")
    assert [path.name for path in (tmp_path / "logos").iterdir()] == ["filter_001.png"]


def test_agreement_comes_first_and_then_information(drawings):
    first, *others = logo.best_first(drawings)
    assert first.agreement == 0.8
    information = [drawing.motif.information for drawing in others]
    assert information == sorted(information, reverse=True)
    assert logo.best_first(drawings, 1) == [first]


def test_pages_contain_all_motifs(drawings, tmp_path, monkeypatch):
    monkeypatch.setattr(logo, "ROWS", 1)
    monkeypatch.setattr(logo, "COLUMNS", 2)
    logo.save_pages(drawings, "danq", tmp_path / "pages")
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["page_01.png", "page_02.png"]


def test_no_motifs_give_no_pages(tmp_path):
    logo.save_pages([], "danq", tmp_path / "none")
    assert not list((tmp_path / "none").iterdir())
