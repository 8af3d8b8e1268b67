"""The programs of the evaluation, on predictions of a few windows: their files and their error messages."""

import json
from itertools import pairwise

import h5py
import numpy as np
import pandas as pd
import pytest
from project import error_of, program

from danq.data.targets import Target, to_json
from danq.runtime.predictions import FORMAT

TARGETS = [Target(1, "CTCF", "TF"), Target(2, "DNase", "DNase"), Target(3, "never", "TF")]
WINDOWS = 600


def write_predictions(path, seed, strength, windows="x", labels_seed=0):
    labels = (np.random.default_rng(labels_seed).random((WINDOWS, 3)) < [0.2, 0.4, 0]).astype(np.uint8)
    scores = strength * labels + np.random.default_rng(seed).standard_normal(labels.shape) - 2
    with h5py.File(path, "w") as file:
        file["predictions"] = (1 / (1 + np.exp(-scores))).astype(np.float32)
        file["labels"], file["targets"] = np.packbits(labels, axis=1), to_json(TARGETS)
        file.attrs.update(format=FORMAT, strands="both", architecture="DanQ", windows=windows, keep=json.dumps("any"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Predictions of the models a, b and c, and all files that the programs write for them."""
    folder = tmp_path_factory.mktemp("evaluation")
    for seed, (name, strength) in enumerate({"a": 3.0, "b": 1.0, "c": 1.0}.items()):
        write_predictions(folder / f"{name}.h5", seed, strength)
        words = ["--name", name, "-o", f"{name}/auc.tsv", "--curves", f"{name}/curves.tsv.gz"]
        run("evaluate", f"{name}.h5", *words, "--calibration", f"{name}/calibration.tsv", folder=folder)
    run("compare", *(f"{name}/auc.tsv" for name in "abc"), folder=folder)
    run("compare_models", "-p", "a=a.h5", "b.h5", "c=c.h5", "--threads", "2", folder=folder)
    run("visualize", "--assays", "auc.tsv", "--pairs", "paired.tsv", folder=folder)
    run("visualize", "--calibration", *(f"{name}/calibration.tsv" for name in "abc"), folder=folder)
    return folder


def run(*words, folder):
    done = program(*words, folder=folder)
    assert done.returncode == 0, done.stderr


def table(path):
    return pd.read_csv(path, sep="\t")


def test_all_tables_and_pictures_are_written(folder):
    assert table(folder / "paired.tsv")[["model", "other"]].drop_duplicates().to_numpy().tolist() == [
        ["a", "b"],
        ["a", "c"],
        ["b", "c"],
    ]
    assert sorted(path.name for path in (folder / "models").iterdir()) == ["a.vs.b.png", "a.vs.c.png", "b.vs.c.png"]
    assert (folder / "calibration.png").stat().st_size > 10_000
    curves = table(folder / "a/curves.tsv.gz")
    assert curves.columns.tolist() == ["index", "curve", "x", "y"]
    assert curves["index"].unique().tolist() == [1, 2]
    assert table(folder / "a/calibration.tsv")["model"].unique().tolist() == ["a"]


def test_a_much_better_model_differs_significantly_and_an_equal_one_does_not(folder):
    paired = table(folder / "paired.tsv")
    paired = paired[paired["measure"] == "auroc"].set_index(["model", "other", "index"])
    assert (paired.loc[("a", "b"), "qvalue"].dropna() < 1e-6).all()
    assert (paired.loc[("a", "b"), "low"].dropna() > 0).all()
    assert (paired.loc[("b", "c"), "pvalue"].dropna() > 0.01).all()
    assert paired.xs(3, level="index")["pvalue"].isna().all()
    auc = table(folder / "auc.tsv").set_index(["model", "index"])
    for first, second in pairwise("abc"):
        assert paired.loc[(first, second, 1), "difference"] == pytest.approx(
            auc.loc[(first, 1), "auroc"] - auc.loc[(second, 1), "auroc"], abs=1e-5
        )


def test_a_repeated_evaluation_writes_the_same_bytes(folder, tmp_path):
    words = ["--name", "a", "--threads", "1", "-o", tmp_path / "auc.tsv", "--curves", tmp_path / "curves.tsv.gz"]
    run("evaluate", folder / "a.h5", *words, folder=tmp_path)
    for name in ("auc.tsv", "curves.tsv.gz"):
        assert (tmp_path / name).read_bytes() == (folder / "a" / name).read_bytes()


def test_a_single_model_gives_an_empty_table_and_an_empty_folder(folder, tmp_path):
    run("compare_models", "-p", folder / "a.h5", folder=tmp_path)
    assert table(tmp_path / "paired.tsv").empty
    run("visualize", "--assays", folder / "a/auc.tsv", "--pairs", "paired.tsv", folder=tmp_path)
    assert not list((tmp_path / "models").iterdir())


def test_baselines_add_two_tables(folder, tmp_path):
    words = [f"{name}={folder / name}.h5" for name in "abc"]
    run("compare_models", "-p", *words, "--baselines", "b", "c", folder=tmp_path)
    added = table(tmp_path / "added.tsv").set_index(["measure", "assay"])
    assert added.loc[("auroc", "all"), "model"] == "a"
    assert (added["low"] > 0).all()
    assert (added["baseline_wins"] == 0).all()
    assert table(tmp_path / "baseline_wins.tsv").empty
    assert (tmp_path / "paired.tsv").read_bytes() == (folder / "paired.tsv").read_bytes()


def test_a_table_of_another_version_is_an_error(folder, tmp_path):
    old = table(folder / "a/auc.tsv").drop(columns="recall_at_50_fdr")
    old.to_csv(tmp_path / "old.tsv", sep="\t", index=False, na_rep="NA")
    done = program("compare", "old.tsv", folder=tmp_path)
    assert done.returncode == 1
    assert "old.tsv: not a valid AUC table of this version (column recall_at_50_fdr is missing)" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["compare_models", "-p", "a.h5", "elsewhere.h5"], "elsewhere predicts other windows than a"),
        (["compare_models", "-p", "a.h5", "relabelled.h5"], "relabelled predicts other labels than a"),
        (["compare_models", "-p", "a.h5", "a.h5"], "would be called the same"),
        (["compare_models", "-p", "a.h5", "no.h5"], "no such predictions file"),
        (["compare_models", "-p", "a.h5", "--baselines", "kmer"], "no predictions of the baseline 'kmer'"),
        (["compare_models", "-p", "a.h5", "--baselines", "a"], "all predictions are of baselines"),
        (["visualize", "--pairs", "paired.tsv"], "give it with --assays"),
        (["visualize", "--calibration", "no.tsv"], "no such calibration"),
    ],
)
def test_a_mistake_ends_with_one_sentence(folder, words, says):
    write_predictions(folder / "elsewhere.h5", 4, 1.0, windows="y")
    write_predictions(folder / "relabelled.h5", 4, 1.0, labels_seed=1)
    error = error_of(*words, folder=folder)
    assert error.startswith("error: ")
    assert says in error
    assert "\n" not in error
