"""What a run says at its end about its tables."""

from __future__ import annotations

import pandas as pd
import pytest

from danq.evaluation.added import ADDED
from danq.evaluation.controls import CONTROL
from danq.evaluation.evaluate import AUC
from flow.ending import of_success

CONFIG = {"dataset": "toy"}
FOLDER = "results/toy"
# target, AUROC, ends of its interval, for each model
VALUES = {
    "danq": [
        ("CTCF", 0.9, 0.85, 0.94),
        ("REST", 0.58, 0.49, 0.66),
        ("SRF", 0.55, 0.52, 0.58),
        ("MAX", 0.8, None, None),
    ],
    "deepsea": [("CTCF", 0.9, 0.85, 0.94), ("REST", 0.7, 0.6, 0.8), ("SRF", 0.75, 0.7, 0.8), ("MAX", 0.9, 0.8, 0.95)],
    "kmer": [("CTCF", 0.4, 0.3, 0.5)],
}


@pytest.fixture
def results(tmp_path, monkeypatch):
    """The tables of a run; the names of all its files."""
    monkeypatch.chdir(tmp_path)
    rows = [
        {"model": model, "architecture": "baseline" if model == "kmer" else "DanQ", "index": i, "target": target}
        | {"assay": "TF", "auroc": auroc, "auroc_low": low, "auroc_high": high}
        for model, values in VALUES.items()
        for i, (target, auroc, low, high) in enumerate(values, 1)
    ]
    AUC.write(pd.DataFrame(rows).reindex(columns=AUC.columns), f"{FOLDER}/auc.tsv")
    added = {"measure": "auroc", "assay": "all", "targets": 4, "baseline_wins": 1, "model": "danq", "baseline": "kmer"}
    ADDED.write(pd.DataFrame([added]).reindex(columns=ADDED.columns), f"{FOLDER}/added.tsv")
    (tmp_path / FOLDER / "report.html").write_text("a page")
    return {f"{FOLDER}/{name}" for name in ("auc.tsv", "added.tsv", "report.html")}


def control(low: float, high: float, values: dict[int, float]) -> set[str]:
    """The files of a control with a mean AUROC in an interval, and the AUROC of some targets."""
    folder = f"{FOLDER}/controls/shuffled_labels"
    row = {"control": "shuffled_labels", "model": "danq", "mean_auroc": (low + high) / 2, "low": low, "high": high}
    CONTROL.write(pd.DataFrame([row]).reindex(columns=CONTROL.columns), f"{folder}/control.tsv")
    rows = [{"model": "shuffled_labels", "index": index, "auroc": auroc} for index, auroc in values.items()]
    AUC.write(pd.DataFrame(rows).reindex(columns=AUC.columns), f"{folder}/auc.tsv")
    return {f"{folder}/control.tsv", f"{folder}/auc.tsv"}


def test_the_report_and_what_was_not_learned(results):
    """REST's interval includes .5; MAX has none."""
    assert of_success(CONFIG, results) == [
        "The report is results/toy/report.html.",
        "deepsea learned all 4 targets that can be judged.",
        "1 of 4 targets of danq was not learned, as far as the test windows tell: 2 REST (0.58); "
        "the 95 % interval of their AUROC includes .5 (results/toy/auc.tsv).",
        "Too few test windows to judge 1 of 4 targets of danq (results/toy/auc.tsv, note).",
        "On 1 of 4 targets, a simple baseline has a higher AUROC than every model (results/toy/added.tsv).".replace(
            "added", "baseline_wins"
        ),
    ]


def test_a_target_must_be_above_the_control(results):
    """SRF has .55 with the true labels, .56 with shuffled ones; CTCF's low value with shuffled ones is no bar."""
    found = of_success(CONFIG, results | control(0.4, 0.6, {1: 0.2, 3: 0.56}))
    (line,) = [line for line in found if "not learned" in line]
    assert line.startswith("2 of 4 targets of danq were not learned, as far as the test windows tell: ")
    assert "2 REST (0.58), 3 SRF (0.55); " in line
    assert "or a model trained on shuffled labels has as high a value" in line
    assert not any(line.startswith("Caution") for line in found)


def test_a_control_that_predicts_is_a_caution(results):
    found = of_success(CONFIG, results | control(0.56, 0.6, {1: 0.6}))
    caution = "Caution: trained on shuffled labels, danq reaches a mean AUROC of 0.58"
    assert any(line.startswith(caution) for line in found)


@pytest.mark.parametrize("text", ["", "model\n", "\0", "model\tauroc\na\tb\n"])
def test_missing_and_damaged_tables_are_left_out(results, tmp_path, text):
    (tmp_path / FOLDER / "auc.tsv").write_text(text)
    (tmp_path / FOLDER / "added.tsv").unlink()
    assert of_success(CONFIG, results) == ["The report is results/toy/report.html."]
    assert of_success(CONFIG, set()) == []
