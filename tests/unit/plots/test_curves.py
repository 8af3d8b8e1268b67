"""Pictures of ROC and precision-recall curves, and the choice of targets to draw."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from danq.data.targets import Target
from danq.errors import UserError
from danq.plots import pictures
from danq.plots.curves import curve_name, curves, worth_drawing
from danq.plots.target_curves import open_all, target_curves
from danq.runtime.predictions import Predictions


def test_the_legends_give_the_areas_of_both_models(both, evaluated, check):
    target = both["danq"].targets[0]
    table = evaluated["danq"].auc
    figure = curves(target, both)
    labels = [text.get_text() for axes in figure.axes for text in axes.get_legend().get_texts()]
    assert f"danq  {table['auroc'][0]:.3f}" in labels
    assert f"danq  {table['auprc'][0]:.3f}" in labels
    check(figure)


def test_a_target_without_positives_has_a_note_instead_of_curves(both, check):
    figure = curves(both["danq"].targets[4], both)
    assert "no curve" in figure.axes[0].texts[0].get_text()
    check(figure)


def test_file_names_have_no_special_characters(both):
    assert curve_name(both["danq"].targets[0]) == "001_K562_T_1_x_y"


def test_a_long_title_is_cut_in_the_file_name_and_in_the_picture(both, check, tmp_path):
    targets = [replace(target, name=f"{target.name}{'x' * 300}") for target in both["danq"].targets]
    names = {curve_name(target) for target in targets}
    assert len(names) == len(targets)
    assert all(len(name) == 200 for name in names)
    figure = curves(targets[0], both)
    assert len(figure.get_suptitle()) == 80
    check(figure)
    pictures.save_folder({curve_name(targets[0]): lambda: figure}, tmp_path / "curves")


def test_a_few_targets_are_all_drawn(both):
    targets = both["danq"].targets
    assert worth_drawing(pd.DataFrame(), targets) == targets


def test_of_many_targets_the_best_median_and_worst_of_each_assay_are_drawn():
    many = [Target(i, f"T{i}", "TF" if i <= 60 else "DNase") for i in range(1, 101)]
    auc = pd.DataFrame(
        {"model": "m", "index": range(1, 101), "assay": [t.assay for t in many], "auroc": np.linspace(0.5, 1, 100)}
    )
    auc.loc[[0, 99], "auroc"] = np.nan
    chosen = {target.index for target in worth_drawing(auc, many)}
    assert {2, 3, 4, 58, 59, 60, 61, 62, 63, 97, 98, 99} <= chosen
    assert len(chosen) == 14


def test_curves_are_added_to_a_folder(both, tmp_path):
    targets = both["danq"].targets
    pictures.save_each(target_curves(targets[:1], both), tmp_path)
    pictures.save_each(target_curves(targets[1:2], both), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["001_K562_T_1_x_y.png", "002_K562_T_2_x_y.png"]


def test_predictions_of_different_targets_are_an_error(both, monkeypatch):
    files = {"a.h5": both["danq"], "b.h5": replace(both["deepsea"], targets=both["deepsea"].targets[:4])}
    monkeypatch.setattr(Predictions, "open", files.get)
    assert open_all({"danq": "a.h5"}) == {"danq": both["danq"]}
    with pytest.raises(UserError, match=r"b\.h5: its targets differ from those of"):
        open_all({"danq": "a.h5", "deepsea": "b.h5"})
