"""Pictures of calibration."""

import pandas as pd
import pytest

from danq.plots.calibration import MOST_PANELS, calibration


@pytest.fixture
def table(evaluated):
    return pd.concat([tables.calibration for tables in evaluated.values()])


def test_each_of_a_few_assays_has_a_panel(table, check):
    figure = calibration(table)
    assert [axes.get_title() for axes in figure.axes] == ["all targets", "TF", "DNase"]
    for axes in figure.axes:
        assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
        assert axes.get_xlim() == axes.get_ylim()
    check(figure)


@pytest.mark.parametrize(("assays", "panels"), [(MOST_PANELS, MOST_PANELS + 1), (MOST_PANELS + 1, 1)])
def test_many_assays_give_one_panel_for_all_targets(table, assays, panels):
    every = table[table["assay"] == "all"]
    table = pd.concat([every, *(every.assign(assay=f"A{i}") for i in range(assays))])
    figure = calibration(table)
    assert len(figure.axes) == panels
    assert figure.axes[0].get_title() == "all targets"


def test_no_positives_give_an_empty_plot(table, check):
    check(calibration(table.assign(observed=0.0)))
