"""Two seeds and three folds of a tiny model: out-of-fold predictions, ensemble, and what another seed or fold runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import toys
from project import copy_project, jobs, snakemake
from sklearn.metrics import roc_auc_score

from danq.data.folds import FOLDS
from danq.data.windows import Windows
from danq.evaluation.evaluate import AUC
from danq.evaluation.replicate_tests import TESTS
from danq.evaluation.replicates import REPLICATES
from danq.runtime.predictions import Predictions

CONFIG = "config/toy.yaml"
RESULTS = "results/toy"
SEEDS, LISTED = [1, 2], [["chr1"], ["chr2"], ["chr3"]]  # chr4 is in no fold, and so for training
NAMES = ["danq-seed1", "danq-seed2", "danq-ensemble"]


def write(project: Path, **change) -> None:
    config = toys.config("data") | {"seeds": SEEDS, "folds": LISTED, "baselines": ["composition"]} | change
    del config["windows"]["split"], config["models"]["deepsea"]
    toys.write_config(project / CONFIG, config)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """A project in which the trainings and their evaluation have run."""
    folder = copy_project(tmp_path_factory.mktemp("replicates"))
    toys.write_dataset(folder / "data")
    write(folder)
    tables = ["folds.tsv", "auc.tsv", "replicates.tsv", "replicates.png", "replicate_tests.tsv"]
    words = [f"{RESULTS}/{table}" for table in tables]
    threads = [f"{rule}=1" for rule in ("prepare", "train", "predict", "evaluate", "evaluate_ensemble", "baseline")]
    done = snakemake(folder, "--cores", "2", "--configfile", CONFIG, "--set-threads", *threads, "--", *words)
    assert done.returncode == 0, done.stderr[-5000:]
    return folder


def trained(project: Path) -> set[str]:
    """The models that a dry run would train."""
    dry = snakemake(project, "--dry-run", "--configfile", CONFIG)
    assert dry.returncode == 0, dry.stdout + dry.stderr
    return {model for rule, model in jobs(dry.stdout) if rule == "train"}


def predictions(project: Path, name: str) -> Predictions:
    return Predictions.open(project / RESULTS / f"models/{name}/predictions/test.h5")


def test_each_window_is_predicted_by_the_model_that_did_not_see_it(finished):
    folds = [Windows(finished / RESULTS / f"windows/fold{fold}/test.h5") for fold in (1, 2, 3)]
    assert [set(windows.places()[0]) for windows in folds] == [{"chr1"}, {"chr2"}, {"chr3"}]
    for seed in SEEDS:
        joined = predictions(finished, f"danq-seed{seed}")
        parts = [predictions(finished, f"danq-fold{fold}-seed{seed}") for fold in (1, 2, 3)]
        np.testing.assert_array_equal(joined.probabilities, np.concatenate([part.probabilities for part in parts]))
        np.testing.assert_array_equal(
            joined.columns(slice(0, 4))[0], np.concatenate([windows.labels() for windows in folds])
        )
    table = FOLDS.read(finished / RESULTS / "folds.tsv")
    assert table["test"].tolist() == ["chr1", "chr2", "chr3"]
    assert table["test_windows"].tolist() == [len(windows) for windows in folds]


def test_the_ensemble_is_the_mean_of_the_seeds_and_a_model_in_the_tables(finished):
    first, second, ensemble = (predictions(finished, name) for name in NAMES)
    mean = (first.probabilities + second.probabilities) / 2
    np.testing.assert_allclose(ensemble.probabilities, mean, atol=1e-6)
    table = AUC.read(finished / RESULTS / "auc.tsv")
    assert table["model"].unique().tolist() == ["danq:ensemble", "composition"]
    labels, probabilities = ensemble.columns(slice(0, 4))
    areas = [roc_auc_score(labels[:, i], probabilities[:, i]) for i in range(4)]
    assert table["auroc"][:4].to_numpy() == pytest.approx(areas, abs=1e-4)


def test_the_tables_have_mean_and_spread_over_the_seeds(finished):
    values = []
    for name in NAMES[:2]:
        values.append(AUC.read(finished / RESULTS / f"models/{name}/evaluation/auc.tsv")["auroc"].mean())
    table = REPLICATES.read(finished / RESULTS / "replicates.tsv").set_index(["model", "measure", "assay"])
    row = table.loc[("danq", "auroc", "all")]
    assert (row["replicates"], row["mean"]) == (2, pytest.approx(np.mean(values), abs=1e-4))
    assert row["sd"] == pytest.approx(np.std(values, ddof=1), abs=1e-4)
    tests = TESTS.read(finished / RESULTS / "replicate_tests.tsv")
    assert tests[["model", "other", "replicates"]].drop_duplicates().to_numpy().tolist() == [["danq", "composition", 2]]
    assert (finished / RESULTS / "replicates.png").read_bytes().startswith(b"\x89PNG")


def test_another_seed_trains_its_runs_only(finished):
    assert trained(finished) == set()
    write(finished, seeds=[1, 2, 3])
    assert trained(finished) == {f"danq-fold{fold}-seed3" for fold in (1, 2, 3)}
    write(finished, seeds=[2])
    assert trained(finished) == set()
    write(finished)


def test_another_fold_trains_its_runs_and_those_that_it_validates(finished):
    write(finished, folds=[*LISTED, ["chr4"]])
    assert trained(finished) == {f"danq-fold{fold}-seed{seed}" for fold in (3, 4) for seed in SEEDS}
    write(finished)


def test_attributions_explain_windows_that_the_models_have_not_seen(finished):
    """Those of the first fold, by the first fold's models; those of a named fold by its models."""
    for models, fold in (([], 1), (["danq-fold2-seed1"], 2)):
        write(
            finished, explain={"methods": ["gradient"], "models": models}, embed={"inserts": ["ACGT"], "models": models}
        )
        dry = snakemake(finished, "--dry-run", "-p", "--configfile", CONFIG, "--", "explanations")
        assert dry.returncode == 0, dry.stdout + dry.stderr
        words = next(line for line in dry.stdout.splitlines() if "attribute.py" in line).split()
        seeds = [1] if models else SEEDS
        trained_by = [word.split("/")[3] for word in words if word.endswith("model.weights.h5")]
        assert trained_by == [f"danq-fold{fold}-seed{seed}" for seed in seeds]
        assert f"--data={RESULTS}/windows/fold{fold}" in words
        inserting = next(line for line in dry.stdout.splitlines() if "embed.py" in line).split()
        assert f"{RESULTS}/windows/fold{fold}" in inserting
        folds = [2] if models else [1, 2, 3]
        assert [word.split("/")[3] for word in inserting if word.endswith("model.weights.h5")] == [
            f"danq-fold{fold}-seed{seed}" for fold in folds for seed in seeds
        ]
        of = "seed1" if models else "ensemble"
        assert f"--predictions={RESULTS}/models/danq-fold{fold}-{of}/predictions/test.h5" in words
    write(finished)
