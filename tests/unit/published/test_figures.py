"""Published results: constants agree with the published table, and comparisons with hand-computed ones."""

import numpy as np
import pandas as pd
import pytest
from real_data import SHARED

from danq.errors import UserError
from danq.evaluation.compare import assay_medians
from danq.evaluation.compare_published import against, wins
from danq.evaluation.evaluate import AUC, evaluate
from danq.published import figures
from danq.published.target_list import numbered_targets, published_assays
from danq.runtime.predictions import Predictions

TABLE = SHARED / "deepsea/danq_aucs.tsv"
needs_table = pytest.mark.skipif(not TABLE.exists(), reason="the published table is not available")


def as_ours(table, model):
    """The published results of one model as a table of this workflow."""
    part = table[table["model"] == model]
    table = part.assign(architecture=model, assay=published_assays(), windows=1, positives=1, prevalence=1, note="")
    table = table.reindex(columns=AUC.columns).reset_index(drop=True)
    return table.join(pd.DataFrame([figures.medians(model, assay) for assay in table["assay"]]))


@needs_table
@pytest.mark.parametrize("model", ["DeepSEA", "DanQ", "DanQ-JASPAR"])
def test_medians_of_the_published_table_are_the_published_medians(model):
    """Computed by the code that computes the medians of a run."""
    medians = assay_medians(as_ours(figures.read_table(TABLE), model)).set_index("assay")
    assert medians["targets"].to_dict() == {"all": 918, "DNase": 125, "TF": 689, "histone": 104}
    for assay in figures.MEDIANS:
        for measure in ("auroc", "auprc"):
            assert medians.loc[assay, f"published_median_{measure}"] == pytest.approx(
                medians.loc[assay, f"median_{measure}"], abs=5e-5
            )


@needs_table
def test_wins_of_danq_over_deepsea_agree_with_the_paper():
    published = figures.read_table(TABLE)
    compared = against(as_ours(published, "DanQ"), published)
    won = wins(compared).set_index(["published_model", "assay"]).loc[("DeepSEA", "all")]
    assert (won["won_auroc"], won["targets_auroc"]) == (864, 918)
    assert (won["won_auprc"], won["targets_auprc"]) == (897, 918)


def write_table(path, rows):
    heading = "Cell Type\tTF/DNase/HistoneMark\tTreatment\tDanQ ROC AUC\tDanQ PR AUC"
    path.write_text("\n".join([heading, *("\t".join(map(str, row)) for row in rows)]) + "\n")
    return path


def test_wins_agree_with_hand_counted_ones(tmp_path):
    rows = [("K562", "A", "None", 0.9, 0.5), ("K562", "B", "None", 0.8, "NA"), ("K562", "C", "None", 0.7, 0.3)]
    published = figures.read_table(write_table(tmp_path / "a.tsv", rows))
    ours = pd.DataFrame({
        "model": "m", "architecture": "DanQ", "index": [1, 2, 3], "target": ["K562|A", "other", "K562|C"],
        "assay": ["TF", "TF", "DNase"], "auroc": [0.91, np.nan, 0.7], "auprc": [0.6, 0.2, 0.2],
    })  # fmt: skip
    won = wins(against(ours, published)).set_index("assay")
    assert won.loc["all", ["targets_auroc", "won_auroc", "targets_auprc", "won_auprc"]].tolist() == [2, 1, 2, 1]
    assert won.loc["DNase", "won_auroc"] == 0  # a tie is not a win
    with pytest.raises(UserError, match="has 3 targets, this dataset 2"):
        against(ours[:2], published)


def test_a_table_without_pairs_of_result_columns_is_an_error(tmp_path):
    (tmp_path / "a.tsv").write_text("Target\tDanQ ROC AUC\nx\t.5\n")
    with pytest.raises(UserError, match="has no figures"):
        figures.read_table(tmp_path / "a.tsv")


def test_only_tables_of_the_published_set_have_published_medians(tmp_path):
    draw = np.random.default_rng(0)
    for n, there in ((919, True), (5, False)):
        labels = np.packbits(draw.random((40, n)) < 0.5, axis=1)
        predicted = Predictions(tmp_path, numbered_targets(n), draw.random((40, n)), labels, "both", "DanQ")
        AUC.write(evaluate(predicted, "mine").auc, tmp_path / "auc.tsv")
        table = AUC.read(tmp_path / "auc.tsv")
        assert ("published_median_auroc" in table) is there
        if there:
            assert table["published_median_auroc"].iloc[[0, 125, 815]].tolist() == [0.9281, 0.9625, 0.8638]
            assert assay_medians(table).set_index("assay").loc["all", "published_median_auprc"] == 0.3726


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a tab-separated table"),
        ("DanQ ROC AUC".encode("utf-16"), "not a tab-separated table"),
        (
            b"Target\tDanQ ROC AUC\tDanQ PR AUC\nA\t9.5\t0.5\n",
            "data row 1: DanQ ROC AUC is '9.5'; write a number",
        ),
        (b"Target\tDanQ ROC AUC\tDanQ PR AUC\nA\t0.5\t0.5\n\t\t\n", "has 1 targets but 2 rows"),
    ],
)
def test_a_damaged_table_is_one_sentence(tmp_path, content, words):
    (tmp_path / "aucs.txt").write_bytes(content)
    with pytest.raises(UserError) as caught:
        figures.read_table(tmp_path / "aucs.txt")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_and_quotes_change_nothing(tmp_path):
    plain = 'DanQ ROC AUC\tDanQ PR AUC\tTarget\n0.75\t0.5\t5" RNA\n'
    for name, text in (("plain", plain), ("marked", "\ufeff" + plain)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert figures.read_table(tmp_path / "plain").equals(figures.read_table(tmp_path / "marked"))
