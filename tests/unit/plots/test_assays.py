"""Pictures of all targets by assay."""

import numpy as np

from danq.evaluation.measures import MEASURES
from danq.plots.assays import assays


def test_each_target_is_a_dot_in_the_panel_of_each_measure(auc, check):
    figure = assays(auc)
    assert [axes.get_ylabel() for axes in figure.axes] == [measure.title for measure in MEASURES]
    assert [label.get_text() for label in figure.axes[-1].get_xticklabels()] == ["TF\n3 targets", "DNase\n2 targets"]
    for axes, measure in zip(figure.axes, MEASURES, strict=True):
        drawn = np.concatenate([line.get_ydata() for line in axes.lines if line.get_marker() == "o"])
        assert sorted(drawn) == sorted(auc[measure.key].dropna())
    check(figure)
