"""Pictures of two models, target by target."""

import numpy as np
import pytest

from danq.evaluation.measures import KEYS, MEASURES
from danq.plots import pictures
from danq.plots.model_pairs import pairs
from danq.plots.models import two_models


def test_each_target_is_a_dot_with_the_first_model_on_the_y_axis(auc, tests, check):
    figure = two_models(auc, tests, "danq", "deepsea")
    values = auc.set_index(["model", "index"])
    for axes, measure in zip(figure.axes, MEASURES, strict=True):
        x, y = values.loc["deepsea", measure.key].dropna(), values.loc["danq", measure.key].dropna()
        dots = [line.get_xydata() for line in axes.lines if line.get_marker() == "o"]
        np.testing.assert_allclose(np.concatenate(dots), np.stack([x, y], axis=1))
        assert f"danq wins {(y > x).sum()}, deepsea {(y < x).sum()} of 4" in axes.get_title()
        assert (axes.get_xlabel(), axes.get_ylabel()) == (f"deepsea: {measure.title}", f"danq: {measure.title}")
        assert axes.get_xlim() == axes.get_ylim()
    assert "in these two trainings, 2 differ significantly" in figure.axes[0].get_title()
    assert "1 differ significantly" in figure.axes[1].get_title()
    check(figure)


def test_models_without_values_give_an_empty_plot(auc, tests, check):
    check(two_models(auc.assign(**dict.fromkeys(KEYS, np.nan)), tests, "danq", "deepsea"))


@pytest.mark.parametrize(("models", "names"), [(["danq", "deepsea"], ["danq.vs.deepsea.png"]), (["danq"], [])])
def test_a_folder_has_one_picture_per_pair_of_models(auc, tests, tmp_path, models, names):
    pictures.save_folder(pairs(auc[auc["model"].isin(models)], tests), tmp_path / "models")
    assert [path.name for path in (tmp_path / "models").iterdir()] == names
