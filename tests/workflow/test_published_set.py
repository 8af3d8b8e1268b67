"""The whole workflow on a bundle like the published set: 919 targets, but few and short windows and tiny models."""

import re

import pandas as pd
import pytest
import toys
from project import copy_project, jobs, snakemake
from toy_bundle import write_bundle

from danq.published.figures import MEDIANS
from danq.published.target_list import published_assays


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A project in which the workflow has run, its config, and the options of the command."""
    project = copy_project(tmp_path_factory.mktemp("published"))
    write_bundle(project / "given/bundle", {"train": 80, "valid": 20, "test": 60}, targets=919)
    names = [f"K562|factor{i}|None" for i in range(1, 920)]
    (project / "given/predictor.names").write_text("\n".join(names) + "\n")
    heading = "Cell Type\tTF/DNase/HistoneMark\tTreatment\tDanQ ROC AUC\tDanQ PR AUC"
    (project / "given/short.tsv").write_text(f"{heading}\n" + "a\tb\tNone\t.5\t.5\n" * 2)
    rows = ["\t".join([*name.split("|"), "0.0001", "0.0001"]) for name in names[:-1]]
    (project / "given/aucs.tsv").write_text("\n".join([heading, *rows, "K562\tother\tNone\tNA\tNA"]) + "\n")
    models = toys.config("given")["models"]
    config = {
        "dataset": "small",
        "source": "bundle",
        "folder": "given",
        "bundle": {"folder": "bundle", "names": "predictor.names", "assembly": "hg19"},
        "models": {"danq": models["danq"], "deepsea": models["deepsea"]},
        "evaluate": {"published": "aucs.tsv", "curves": [1, 919]},
        "motifs": {"min_sites": 1},
    }
    toys.write_config(project / "small.yaml", config)
    words = ["--cores", 2, "--configfile", "small.yaml"]
    result = snakemake(project, *words)
    assert result.returncode == 0, result.stdout + result.stderr
    return project, config, words


def table(done, name):
    return pd.read_csv(done[0] / f"results/small/{name}", sep="\t")


def test_targets_have_names_and_the_published_assays(done):
    targets = table(done, "windows/targets.tsv")
    test = targets[targets["split"] == "test"]
    assert test["name"].tolist()[:2] == ["factor1", "factor2"]
    assert test["assay"].tolist() == published_assays()
    assert set(test["windows"]) == {60}  # the forward half


def test_tables_contain_the_published_medians(done):
    auc, assays = table(done, "auc.tsv"), table(done, "assays.tsv").set_index(["model", "assay"])
    for model, architecture in (("danq", "DanQ"), ("deepsea", "DeepSEA")):
        own = auc[auc["model"] == model].iloc[0]
        assert (own["published_median_auroc"], own["published_median_auprc"]) == MEDIANS["DNase"][architecture]
        for assay, figures in MEDIANS.items():
            columns = ["published_median_auroc", "published_median_auprc"]
            assert tuple(assays.loc[(model, assay), columns]) == figures[architecture]
    page = (done[0] / "results/small/report.html").read_text()
    assert "Published medians" in page
    assert "0.9534 / 0.3834" in page


def test_the_given_table_is_compared_target_by_target(done):
    wins = table(done, "published_wins.tsv").set_index(["model", "assay"]).loc[("danq", "all")]
    valued = table(done, "models/danq/evaluation/auc.tsv")["auroc"].notna()
    assert wins["targets_auroc"] == valued[:-1].sum()  # the last row of the published table is NA
    assert wins["won_auroc"] == (table(done, "models/danq/evaluation/auc.tsv")["auroc"][:-1] > 0.0001).sum()
    assert (done[0] / "results/small/published.png").stat().st_size > 10_000
    page = (done[0] / "results/small/report.html").read_text()
    assert "Comparison with the published values of each target" in page


def test_nothing_reruns_and_a_changed_list_repacks_the_bundle(done):
    project, _, words = done
    assert not jobs(snakemake(project, "-n", *words).stdout)
    names = project / "given/predictor.names"
    text = names.read_text()
    names.write_text(text.replace("factor1|", "CTCF|"))
    planned = jobs(snakemake(project, "-n", *words).stdout)
    names.write_text(text)
    assert ("import_bundle", "") in planned
    assert ("train", "danq") in planned


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"bundle": {"folder": "nowhere"}}, "bundle.folder: no such file"),
        ({"bundle": {"names": "predictor.names"}}, "'folder' is a required property of bundle"),
        ({"bundle": {"folder": "bundle", "alphabet": "ACG"}}, "bundle.alphabet"),
        ({"source": "mat"}, "source is 'mat'; choose from peaks, sequences, bundle"),
        ({"source": "peaks"}, "is a required property of the top level"),
        ({"evaluate": {"published": "no.tsv"}}, "evaluate.published: no such file"),
        (
            {"evaluate": {"published": "short.tsv"}},
            "evaluate.published: given/short.tsv has 2 targets, this dataset 919",
        ),
        ({"evaluate": {"published": "predictor.names"}}, "evaluate.published: given/predictor.names: has no figures"),
        ({"evaluate": {"curves": ["CTCF"]}}, "evaluate.curves: no target 'CTCF'"),
    ],
)
def test_mistakes_are_reported_in_one_sentence(done, change, says):
    project, config, _ = done
    toys.write_config(project / "wrong.yaml", config | change)
    result = snakemake(project, "-n", "--configfile", "wrong.yaml")
    assert result.returncode != 0
    said = re.sub(r"\s+", " ", result.stdout + result.stderr)
    assert says in said
    assert "Traceback" not in said
