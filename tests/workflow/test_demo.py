"""The demo, run by the same command as `make demo`, and what it promises.

Where its results are there and up to date, Snakemake finds nothing to do and only the checks remain.
"""

import gzip
import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from project import environment, program

from danq.annotate import is_family
from danq.jaspar import core_motifs
from danq.meme import read_meme

PROJECT = Path(__file__).parents[2]
RESULTS = PROJECT / "results" / "demo"
MODELS = ("danq", "deepsea")


@pytest.fixture(scope="module", autouse=True)
def demo():
    command = ["snakemake", "--profile", "profiles/local", "--quiet", "progress", "rules"]
    subprocess.run(command, cwd=PROJECT, env=environment(), check=True)


@pytest.mark.parametrize("model", MODELS)
def test_each_model_learns_the_transcription_factors(model):
    auc = pd.read_csv(RESULTS / "auc.tsv", sep="\t")
    factors = auc[(auc["model"] == model) & (auc["assay"] == "TF")]
    assert len(factors) == 8
    assert factors["auroc"].mean() >= 0.92, factors[["target", "auroc"]]


def test_half_precision_gives_the_same_auroc(tmp_path):
    """DanQ once more, in bfloat16 where that is enough."""
    model = yaml.safe_load((PROJECT / "config/config.yaml").read_text())["models"]["danq"]
    model |= {"model": model.pop("architecture"), "size": [f"{k}={v}" for k, v in model.pop("sizes").items()]}
    options = []
    for name, value in (model | {"precision": "mixed_bfloat16"}).items():
        options += [f"--{name.replace('_', '-')}", *map(str, value if isinstance(value, list) else [value])]
    checkpoint, predictions, table = (tmp_path / name for name in ("a.weights.h5", "a.h5", "auc.tsv"))
    for words in (
        ["train", "-d", RESULTS / "windows", "-o", checkpoint, *options],
        ["predict", "-d", RESULTS / "windows", "-c", checkpoint, "-o", predictions],
        ["evaluate", predictions, "-o", table],
    ):
        done = program(*words)
        assert done.returncode == 0, done.stderr
    half, single = (pd.read_csv(path, sep="\t")["auroc"] for path in (table, RESULTS / "danq/auc.tsv"))
    print(f"mean AUROC {half.mean():.4f} in bfloat16, {single.mean():.4f} in float32")
    assert abs(half.mean() - single.mean()) <= 0.005


def correlation(planted, learned):
    """The highest correlation of two matrices over all offsets that overlap by 8 places or more."""
    a, b = planted.probabilities - 0.25, learned.probabilities - 0.25
    best = -1.0
    for offset in range(8 - len(b), len(a) - 7):
        first, second = a[max(0, offset) : offset + len(b)], b[max(0, -offset) :][: len(a) - max(0, offset)]
        shared = min(len(first), len(second))
        if shared >= 8:
            x, y = first[:shared].ravel(), second[:shared].ravel()
            norm = np.sqrt((x @ x) * (y @ y))
            best = max(best, (x @ y) / norm if norm else -1.0)
    return best


def test_most_planted_motifs_come_back_in_the_logos():
    planted = read_meme(PROJECT / "resources/demo/planted.meme")
    learned = [motif for model in MODELS for motif in read_meme(RESULTS / model / "motifs.meme")]
    both = learned + [motif.reverse_complement() for motif in learned]
    best = {motif.name: max(correlation(motif, other) for other in both) for motif in planted}
    assert len(best) == 8
    assert sum(value >= 0.8 for value in best.values()) >= 4, best


def test_most_planted_motifs_are_named():
    """At least 80 %: a filter's best match, E < .01, is the planted matrix or one of its family."""
    planted = [motif.name for motif in read_meme(PROJECT / "resources/demo/planted.meme")]
    matches = pd.concat(pd.read_csv(RESULTS / model / "matches.tsv", sep="\t") for model in MODELS)
    best = matches[(matches["rank"] == 1) & (matches["evalue"] < 0.01)]
    families = {one.name.upper(): tuple(one.tf_family) for one in core_motifs("JASPAR2024", ["vertebrates"])}
    named = {
        factor
        for factor in planted
        for name in best["name"].str.upper()
        if name == factor or (is_family(", ".join(families[name])) and families[name] == families[factor])
    }
    print(f"named: {sorted(named)} of {sorted(planted)}")
    assert len(named) >= 0.8 * len(planted)
    recovered = pd.read_csv(RESULTS / "recovered.tsv", sep="\t")
    assert set(recovered["factor"]) == set(planted)
    assert len(recovered) == 16
    assert set(recovered.dropna()["factor"]) >= named


def test_annotated_filters_stand_beside_the_published_shares():
    table = pd.read_csv(RESULTS / "annotated.tsv", sep="\t").set_index("model")
    for model in MODELS:
        motifs = pd.read_csv(RESULTS / model / "motifs.tsv", sep="\t")
        assert table.loc[model, "filters"] == len(motifs)
        assert table.loc[model, "annotated"] == (motifs["evalue"] < 0.01).sum() > 10
    assert table["published_annotated"].tolist() == [163, 22]


def test_a_factors_own_filter_is_the_one_it_needs():
    """The filters without which CEBPB's prediction loses most are those that read CEBPB's motif."""
    influence = pd.read_csv(RESULTS / "danq/influence.tsv", sep="\t").set_index("filter")
    motifs = pd.read_csv(RESULTS / "danq/motifs.tsv", sep="\t").set_index("filter")
    assert influence.shape == (64, 10)
    most = influence["3 CEBPB"].idxmax()
    assert influence.loc[most, "3 CEBPB"] > 0.05
    assert motifs.loc[most, "family"] == "CEBP-related"


def test_a_shuffled_motif_does_not_come_back():
    """The measure of the test above tells a motif from one that nobody planted."""
    learned = [motif for model in MODELS for motif in read_meme(RESULTS / model / "motifs.meme")]
    both = learned + [motif.reverse_complement() for motif in learned]
    draw = np.random.default_rng(0)
    found = 0
    for motif in read_meme(PROJECT / "resources/demo/planted.meme"):
        columns = draw.permuted(motif.probabilities, axis=1)  # other letters at the same information
        shuffled = type(motif)(motif.name, columns, motif.sites)
        found += max(correlation(shuffled, other) for other in both) >= 0.8
    assert found <= 1


def test_the_tables_have_their_columns_and_agree():
    auc = pd.read_csv(RESULTS / "auc.tsv", sep="\t")
    identity = ["model", "architecture", "index", "target", "assay"]
    figures = ["windows", "positives", "prevalence", "auroc", "auprc"]
    ends = ["auroc_low", "auroc_high", "auprc_low", "auprc_high"]
    assert auc.columns.tolist() == [*identity, *figures, "note", *ends]
    for measure in ("auroc", "auprc"):
        assert auc[measure].between(auc[f"{measure}_low"], auc[f"{measure}_high"]).all()
    assert len(auc) == 20
    wide = pd.read_csv(RESULTS / "comparison.tsv", sep="\t")
    for model in MODELS:
        of_model = auc[auc["model"] == model].reset_index()
        assert (wide[f"auroc_{model}"] == of_model["auroc"]).all()
        assert (wide[f"auprc_{model}"] == of_model["auprc"]).all()
    for row in wide.itertuples():
        assert row.best_auroc == max(MODELS, key=lambda model: getattr(row, f"auroc_{model}"))
    targets = pd.read_csv(RESULTS / "windows/targets.tsv", sep="\t")
    test = targets[targets["split"] == "test"].reset_index()
    assert (test["positives"] == wide["positives"]).all()


def test_models_are_tested_against_each_other_and_drawn():
    auc = pd.read_csv(RESULTS / "auc.tsv", sep="\t").set_index(["model", "index"])["auroc"]
    paired = pd.read_csv(RESULTS / "paired.tsv", sep="\t").set_index("index")
    assert len(paired) == 10
    assert (paired["auroc"] == auc["danq"]).all()
    assert (paired["auroc_other"] == auc["deepsea"]).all()
    assert (paired["pvalue"] <= paired["qvalue"]).all()
    assert [path.name for path in (RESULTS / "models").glob("*.png")] == ["danq.vs.deepsea.png"]
    assert (RESULTS / "calibration.png").stat().st_size > 10_000


@pytest.mark.parametrize("model", MODELS)
def test_curves_and_calibration_are_of_all_targets(model):
    curves = pd.read_csv(RESULTS / model / "curves.tsv.gz", sep="\t")
    assert curves.groupby("curve")["index"].nunique().to_dict() == {"roc": 10, "pr": 10}
    calibration = pd.read_csv(RESULTS / model / "calibration.tsv", sep="\t")
    windows = pd.read_csv(RESULTS / model / "auc.tsv", sep="\t")["windows"].sum()
    assert calibration.loc[calibration["assay"] == "all", "pairs"].sum() == windows


@pytest.mark.parametrize("model", MODELS)
def test_every_motif_has_its_logo_and_sites(model):
    folder = RESULTS / model
    motifs = read_meme(folder / "motifs.meme")
    assert {motif.name for motif in motifs} == {path.stem for path in (folder / "logos").glob("*.png")}
    with gzip.open(folder / "instances.tsv.gz", "rt") as file:
        instances = pd.read_csv(file, sep="\t")
    sites = instances.groupby("filter").size()
    table = pd.read_csv(folder / "motifs.tsv", sep="\t").set_index("filter")
    assert (table.loc[sites.index, "sites"] == sites).all()
    for motif in motifs:
        assert motif.sites == sites[int(motif.name.removeprefix("filter_"))]


@pytest.mark.parametrize("model", MODELS)
def test_the_record_of_the_run_is_whole(model):
    run = json.loads((RESULTS / model / "run.json").read_text())
    history = pd.read_csv(RESULTS / model / "history.tsv", sep="\t")
    assert run["epochs"] == len(history)
    assert run["best_epoch"] == history["val_loss"].idxmin() + 1
    assert run["devices"]
    assert {"python", "keras", "numpy"} <= set(run["versions"])


def test_the_report_is_one_page_that_needs_no_network():
    page = (RESULTS / "report.html").read_text()
    without_scripts = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL)
    addresses = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)""", without_scripts)
    addresses += re.findall(r"url\(([^)]*)\)", without_scripts)
    assert len(addresses) > 10
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert "default-src 'none'" in page
    assert "@import" not in page
    for name in ("CTCF", "DNase", "H3K4me3", "danq", "deepsea"):
        assert name in page
    assert len(page) < 15_000_000


def test_snakemakes_own_report_is_written(tmp_path):
    report = tmp_path / "report.html"
    command = ["snakemake", "--profile", "profiles/local", "--report", report]
    subprocess.run(command, cwd=PROJECT, env=environment(), check=True, capture_output=True)
    text = report.read_text()
    for words in ("3 Evaluation", "4 Motifs", "comparison.tsv", "ROC and precision-recall curves of one target"):
        assert words in text
