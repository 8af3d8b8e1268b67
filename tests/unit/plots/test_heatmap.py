"""Heat maps of the influence of filters on targets."""

import numpy as np
import pandas as pd
import pytest

from danq.plots.heatmap import clustered, influence


@pytest.fixture
def table():
    """12 filters and 5 targets; the fourth target has no values."""
    draw = np.random.default_rng(0)
    table = pd.DataFrame(draw.normal(0, 0.1, (12, 5)), columns=[f"{i} T{i}" for i in range(1, 6)])
    table["4 T4"] = np.nan
    table.insert(0, "filter", range(1, 13))
    return table


def test_rows_of_a_cluster_are_neighbours():
    draw = np.random.default_rng(0)
    centres = np.repeat(np.eye(4), 5, axis=0)
    values = (centres + draw.normal(0, 0.05, (20, 4)))[draw.permutation(20)]
    order = clustered(values)
    assert sorted(order) == list(range(20))
    groups = values[order].argmax(axis=1)
    assert (np.diff(groups) != 0).sum() == 3
    zeros = np.concatenate([values, np.zeros((2, 4))])
    assert set(clustered(zeros)[-2:]) == {20, 21}


def test_rows_and_columns_are_labelled_and_colours_are_symmetric(table, check):
    figure = influence(table, pd.Series({3: "CTCF", 4: ""}), "danq")
    axes = figure.axes[0]
    assert len(axes.get_yticklabels()) == 12
    assert "CTCF  3" in [label.get_text() for label in axes.get_yticklabels()]
    assert sorted(label.get_text() for label in axes.get_xticklabels()) == ["1 T1", "2 T2", "3 T3", "5 T5"]
    low, high = axes.images[0].get_clim()
    assert low == -high
    check(figure)


def test_too_many_rows_and_columns_have_no_labels(check):
    draw = np.random.default_rng(0)
    big = pd.DataFrame(draw.normal(0, 0.1, (320, 919)), columns=[f"{i} T" for i in range(919)])
    big.insert(0, "filter", range(1, 321))
    figure = influence(big)
    assert not figure.axes[0].get_xticklabels()
    assert not figure.axes[0].get_yticklabels()
    check(figure)


def test_a_model_without_influence_gives_a_note(table):
    nothing = table.assign(**dict.fromkeys(table.columns[1:], 0.0))
    assert "no filter" in influence(nothing).texts[0].get_text()
