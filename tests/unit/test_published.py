"""The published figures: the constants against the published table itself, and the comparison against by hand."""

import numpy as np
import pandas as pd
import pytest
from real_data import SHARED

from danq import published
from danq.errors import UserError
from danq.evaluate import COLUMNS, assay_medians, evaluate, read_auc
from danq.predictions import Predictions
from danq.target_list import numbered_targets, published_assays

TABLE = SHARED / "deepsea/danq_aucs.tsv"
needs_table = pytest.mark.skipif(not TABLE.exists(), reason="the published table is not beside the project")


def as_ours(figures, model):
    """One published model's figures as if they were ours."""
    part = figures[figures["model"] == model]
    table = part.assign(architecture=model, assay=published_assays(), windows=1, positives=1, prevalence=1, note="")
    table = table.reindex(columns=COLUMNS).reset_index(drop=True)
    return table.join(pd.DataFrame([published.medians(model, assay) for assay in table["assay"]]))


@needs_table
@pytest.mark.parametrize("model", ["DeepSEA", "DanQ", "DanQ-JASPAR"])
def test_our_medians_of_the_published_table_are_the_published_medians(model):
    """By the same code that makes the medians of a run."""
    medians = assay_medians(as_ours(published.read_table(TABLE), model)).set_index("assay")
    assert medians["targets"].to_dict() == {"all": 918, "DNase": 125, "TF": 689, "histone": 104}
    for assay in published.MEDIANS:
        for measure in ("auroc", "auprc"):
            assert medians.loc[assay, f"published_median_{measure}"] == pytest.approx(
                medians.loc[assay, f"median_{measure}"], abs=5e-5
            )


@needs_table
def test_danq_wins_as_often_as_the_paper_says():
    figures = published.read_table(TABLE)
    compared = published.against(as_ours(figures, "DanQ"), figures)
    won = published.wins(compared).set_index(["published_model", "assay"]).loc[("DeepSEA", "all")]
    assert (won["won_auroc"], won["targets_auroc"]) == (864, 918)
    assert (won["won_auprc"], won["targets_auprc"]) == (897, 918)


def write_table(path, rows):
    heading = "Cell Type\tTF/DNase/HistoneMark\tTreatment\tDanQ ROC AUC\tDanQ PR AUC"
    path.write_text("\n".join([heading, *("\t".join(map(str, row)) for row in rows)]) + "\n")
    return path


def test_wins_are_counted_by_hand(tmp_path):
    rows = [("K562", "A", "None", 0.9, 0.5), ("K562", "B", "None", 0.8, "NA"), ("K562", "C", "None", 0.7, 0.3)]
    figures = published.read_table(write_table(tmp_path / "a.tsv", rows))
    ours = pd.DataFrame({
        "model": "m", "architecture": "DanQ", "index": [1, 2, 3], "target": ["K562|A", "other", "K562|C"],
        "assay": ["TF", "TF", "DNase"], "auroc": [0.91, np.nan, 0.7], "auprc": [0.6, 0.2, 0.2],
    })  # fmt: skip
    won = published.wins(published.against(ours, figures)).set_index("assay")
    assert won.loc["all", ["targets_auroc", "won_auroc", "targets_auprc", "won_auprc"]].tolist() == [2, 1, 2, 1]
    assert won.loc["DNase", "won_auroc"] == 0  # a tie is not won
    with pytest.raises(UserError, match="has 3 targets, this dataset 2"):
        published.against(ours[:2], figures)


def test_a_table_without_figures_is_one_sentence(tmp_path):
    (tmp_path / "a.tsv").write_text("Target\tDanQ ROC AUC\nx\t.5\n")
    with pytest.raises(UserError, match="has no figures"):
        published.read_table(tmp_path / "a.tsv")


def test_published_medians_stand_in_the_table_of_the_published_set_only(tmp_path):
    draw = np.random.default_rng(0)
    for n, there in ((919, True), (5, False)):
        labels = np.packbits(draw.random((40, n)) < 0.5, axis=1)
        predicted = Predictions(tmp_path, numbered_targets(n), draw.random((40, n)), labels, "both", "DanQ")
        evaluate(predicted, "mine", resamples=0).auc.to_csv(tmp_path / "auc.tsv", sep="\t", index=False, na_rep="NA")
        table = read_auc(tmp_path / "auc.tsv")
        assert ("published_median_auroc" in table) is there
        if there:
            assert table["published_median_auroc"].iloc[[0, 125, 815]].tolist() == [0.9281, 0.9625, 0.8638]
            assert assay_medians(table).set_index("assay").loc["all", "published_median_auprc"] == 0.3726
