import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from danq.errors import UserError
from danq.evaluate import COLUMNS, CURVE_COLUMNS, MEASURES, assay_medians, compare, evaluate, read_auc
from danq.predictions import Predictions
from danq.targets import Target

TARGETS = [Target(1, "A", "TF", "K562"), Target(2, "B", "TF"), Target(3, "C", "DNase"), Target(4, "D", "TF")]


@pytest.fixture
def predictions():
    draw = np.random.default_rng(0)
    labels = (draw.random((500, 4)) < [0.5, 0.1, 0, 1]).astype(np.uint8)  # C has no positives, D no negatives
    probabilities = draw.random((500, 4), np.float32).round(2)
    return labels, Predictions("p.h5", TARGETS, probabilities, np.packbits(labels, axis=1), "both")


def test_the_table_has_scikit_learns_areas_and_the_reason_for_each_gap(predictions):
    labels, predicted = predictions
    table = evaluate(predicted, "danq", threads=2).auc
    assert tuple(table.columns) == COLUMNS
    assert table["target"].tolist() == ["K562|A", "B", "C", "D"]
    for i in (0, 1):
        assert table["auroc"][i] == pytest.approx(roc_auc_score(labels[:, i], predicted.probabilities[:, i]))
        assert table["auprc"][i] == pytest.approx(average_precision_score(labels[:, i], predicted.probabilities[:, i]))
    assert table["auroc"].isna().tolist() == table["auprc"].isna().tolist() == [False, False, True, True]
    assert table["note"].tolist() == ["", "", "no positives", "no negatives"]
    for measure in MEASURES:
        low, high = table[f"{measure}_low"], table[f"{measure}_high"]
        assert (low[:2] < table[measure][:2]).all()
        assert (table[measure][:2] < high[:2]).all()
        assert low[2:].isna().all()
        assert high[2:].isna().all()
    assert table["positives"].tolist() == labels.sum(axis=0).tolist()
    assert (table["windows"] == 500).all()
    assert table["prevalence"].tolist() == pytest.approx((labels.sum(axis=0) / 500).tolist())


def test_intervals_depend_on_the_seed_and_not_on_threads(predictions, monkeypatch):
    table = evaluate(predictions[1], "danq", resamples=50, threads=1).auc
    monkeypatch.setattr("danq.metrics.BLOCK", 1)
    pd.testing.assert_frame_equal(evaluate(predictions[1], "danq", resamples=50, threads=3).auc, table)
    ends = ["auprc_low", "auprc_high"]
    other = evaluate(predictions[1], "danq", resamples=50, seed=2).auc
    assert (other[ends] != table[ends])[:2].any(axis=None)
    pd.testing.assert_frame_equal(other.drop(columns=ends), table.drop(columns=ends))
    none = evaluate(predictions[1], "danq", resamples=0).auc
    assert none[ends].isna().all(axis=None)
    assert none["auroc_low"].notna().sum() == 2
    with pytest.raises(UserError, match="whole numbers from 0"):
        evaluate(predictions[1], "danq", resamples=-1)


def test_curves_and_calibration_come_from_the_same_pass(predictions):
    labels, predicted = predictions
    tables = evaluate(predicted, "danq")
    assert tuple(tables.curves.columns) == CURVE_COLUMNS
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


def test_the_table_survives_the_file(predictions, tmp_path):
    table = evaluate(predictions[1], "danq").auc
    table.to_csv(tmp_path / "auc.tsv", sep="\t", index=False, na_rep="NA", float_format="%.6g")
    pd.testing.assert_frame_equal(read_auc(tmp_path / "auc.tsv"), table, rtol=1e-5, check_dtype=False)
    (tmp_path / "x.tsv").write_text("a\tb\n1\t2\n")
    with pytest.raises(UserError, match="not an AUC table"):
        read_auc(tmp_path / "x.tsv")


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


def test_medians_leave_out_what_has_no_value(predictions):
    table = evaluate(predictions[1], "danq").auc
    medians = assay_medians(table).set_index("assay")
    assert medians["targets"].to_dict() == {"all": 2, "TF": 2, "DNase": 0}
    assert medians.loc["TF", "median_auroc"] == pytest.approx(table["auroc"][:2].median())
    assert np.isnan(medians.loc["DNase", "median_auroc"])
