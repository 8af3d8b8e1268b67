import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from danq.data.targets import Target
from danq.errors import UserError
from danq.evaluation.compare import assay_medians, compare
from danq.evaluation.evaluate import AUC, CURVES, evaluate
from danq.evaluation.measures import KEYS, MEASURES
from danq.runtime.predictions import Predictions

TARGETS = [Target(1, "A", "TF", "K562"), Target(2, "B", "TF"), Target(3, "C", "DNase"), Target(4, "D", "TF")]


@pytest.fixture
def predictions():
    draw = np.random.default_rng(0)
    labels = (draw.random((500, 4)) < [0.5, 0.1, 0, 1]).astype(np.uint8)  # C has no positives, D no negatives
    probabilities = draw.random((500, 4), np.float32).round(2)
    return labels, Predictions("p.h5", TARGETS, probabilities, np.packbits(labels, axis=1), "both")


def test_the_areas_are_those_of_scikit_learn_and_targets_of_one_class_have_a_note(predictions):
    labels, predicted = predictions
    table = evaluate(predicted, "danq", threads=2).auc
    assert tuple(table.columns) == AUC.columns
    assert table["target"].tolist() == ["K562|A", "B", "C", "D"]
    for i in (0, 1):
        assert table["auroc"][i] == pytest.approx(roc_auc_score(labels[:, i], predicted.probabilities[:, i]))
        assert table["auprc"][i] == pytest.approx(average_precision_score(labels[:, i], predicted.probabilities[:, i]))
    for key in KEYS:
        assert table[key].isna().tolist() == [False, False, True, True]
    assert table["note"].tolist() == ["", "", "no positives", "no negatives"]
    for measure in (measure for measure in MEASURES if measure.tested):
        low, high = table[f"{measure.key}_low"], table[f"{measure.key}_high"]
        assert (low[:2] < table[measure.key][:2]).all()
        assert (table[measure.key][:2] < high[:2]).all()
        assert low[2:].isna().all()
        assert high[2:].isna().all()
    assert table["positives"].tolist() == labels.sum(axis=0).tolist()
    assert (table["windows"] == 500).all()
    assert table["prevalence"].tolist() == pytest.approx((labels.sum(axis=0) / 500).tolist())


def test_tables_do_not_depend_on_the_number_of_threads(predictions, monkeypatch):
    table = evaluate(predictions[1], "danq", threads=1).auc
    monkeypatch.setattr("danq.evaluation.metrics.BLOCK", 1)
    pd.testing.assert_frame_equal(evaluate(predictions[1], "danq", threads=3).auc, table)


def test_a_target_in_few_places_and_a_perfect_ranking_have_no_interval(caplog):
    labels = np.zeros((400, 2), np.uint8)
    labels[100:106, 0] = 1  # one peak of six windows
    labels[::20, 1] = 1
    scores = (0.5 * labels + np.random.default_rng(0).random((400, 2)) / 2).astype(np.float32)
    places = np.zeros(400, np.int32), 200 * np.arange(400)
    packed = np.packbits(labels, axis=1)
    predicted = Predictions("p.h5", TARGETS[:2], scores, packed, "both", places=places, step=200)
    table = evaluate(predicted, "danq").auc
    assert table["positives"].tolist() == [6, 20]
    assert table["places"].tolist() == [1, 20]
    assert table[["auroc", "auprc"]].notna().all(axis=None)
    assert table[["auroc_low", "auroc_high", "auprc_low", "auprc_high"]].isna().all(axis=None)
    assert "fewer than 10 separate places" in table["note"][0]
    assert "all positive windows rank first" in table["note"][1]
    warnings = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "1 K562|A (1) are positive in fewer than 10 separate places" in warnings[0]


def test_curves_and_calibration_agree_with_the_labels_and_the_areas(predictions):
    labels, predicted = predictions
    tables = evaluate(predicted, "danq")
    assert tuple(tables.curves.columns) == CURVES.columns
    assert tables.curves["index"].unique().tolist() == [1, 2]
    assert tables.curves["curve"].unique().tolist() == ["roc", "pr"]
    for (index, curve), points in tables.curves.groupby(["index", "curve"]):
        area = np.trapezoid(points["y"], points["x"])
        assert area == pytest.approx(tables.auc[{"roc": "auroc", "pr": "auprc"}[curve]][index - 1], abs=0.01)
    pairs = tables.calibration.groupby("assay")["pairs"].sum().to_dict()
    assert pairs == {"all": 2000, "TF": 1500, "DNase": 500}
    every = tables.calibration[tables.calibration["assay"] == "all"]
    assert (every["pairs"] * every["observed"]).sum() == pytest.approx(labels.sum())
    one_class = Predictions("p.h5", TARGETS, predicted.probabilities, np.zeros((500, 1), np.uint8), "both")
    assert evaluate(one_class, "danq").curves.empty


def test_the_table_is_read_back_from_the_file(predictions, tmp_path):
    table = evaluate(predictions[1], "danq").auc
    AUC.write(table, tmp_path / "auc.tsv")
    pd.testing.assert_frame_equal(AUC.read(tmp_path / "auc.tsv"), table, rtol=1e-5, check_dtype=False)
    (tmp_path / "x.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(UserError, match=r"x\.tsv: not a valid AUC table of this version \(column model is missing\)"):
        AUC.read(tmp_path / "x.tsv")


def test_models_are_compared_target_by_target(predictions):
    first = evaluate(predictions[1], "danq").auc
    second = first.assign(model="deepsea", auroc=first["auroc"] + [0.1, 0, 0, 0], auprc=first["auprc"] - [0.1, 0, 0, 0])
    wide = compare([first, second])
    assert wide["best_auroc"].tolist() == ["deepsea", "tie", "", ""]
    assert wide["best_auprc"].tolist() == ["danq", "tie", "", ""]
    assert wide["auroc_deepsea"][0] == pytest.approx(wide["auroc_danq"][0] + 0.1)
    assert wide["note"].tolist() == ["", "", "no positives", "no negatives"]
    assert compare([first])["best_auroc"].tolist() == [""] * 4
    with pytest.raises(UserError, match="call their model the same"):
        compare([first, first])
    with pytest.raises(UserError, match="danq and deepsea are of other targets"):
        compare([first, second.assign(positives=7)])


def test_medians_ignore_targets_without_a_value(predictions):
    table = evaluate(predictions[1], "danq").auc
    medians = assay_medians(table).set_index("assay")
    assert medians["targets"].to_dict() == {"all": 2, "TF": 2, "DNase": 0}
    assert medians.loc["TF", "median_auroc"] == pytest.approx(table["auroc"][:2].median())
    assert np.isnan(medians.loc["DNase", "median_auroc"])
