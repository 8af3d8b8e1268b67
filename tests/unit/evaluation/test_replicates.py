"""Replicates compared with NumPy and scikit-learn, and tests between models simulated under true null hypotheses."""

import sys

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from sklearn.metrics import roc_auc_score

import compare_replicates
import draw_replicates
from danq.data.targets import Target
from danq.errors import UserError
from danq.evaluation.compare_models import paired_table, rank
from danq.evaluation.evaluate import AUC, evaluate
from danq.evaluation.replicate_tests import TESTS, differences_table
from danq.evaluation.replicates import REPLICATES, replicates_table
from danq.plots.replicates import replicates
from danq.runtime.predictions import Predictions

TARGETS = [Target(i, f"T{i}", "TF" if i % 2 else "DNase") for i in range(1, 9)]
WINDOWS = 400


def labels_of(seed):
    labels = (np.random.default_rng(seed).random((WINDOWS, len(TARGETS))) < 0.3).astype(np.uint8)
    labels[:, 7] = 0
    return labels


def trained(labels, strength, noise, seed, own=0.6):
    """One training: it separates the classes by `strength`, and shares errors with trainings of the same `noise`."""
    common = np.random.default_rng(noise).standard_normal(labels.shape)
    scores = strength * labels + common + own * np.random.default_rng(seed).standard_normal(labels.shape)
    scores = norm.cdf(scores).astype(np.float32)
    return Predictions(f"{seed}.h5", TARGETS, scores, np.packbits(labels, axis=1), "both")


def compared(labels, models):
    """The table of tests of models, each a list of trainings."""
    groups, single = {}, {}
    for name, members in models.items():
        groups[name] = list(range(len(single), len(single) + len(members)))
        single |= {f"{name}{i}": member for i, member in enumerate(members)}
    return differences_table(rank(single, 2), groups)


def trainings(labels, strengths, seed, noise=1):
    """Trainings with their own errors, which follow from `seed`, and those that all share."""
    return [trained(labels, strength, noise, 10 * seed + i) for i, strength in enumerate(strengths)]


def test_means_and_standard_deviations_are_those_of_numpy():
    labels = labels_of(0)
    members = trainings(labels, (1, 1.2, 1.5), 1)
    tables = [evaluate(one, f"a{i}").auc for i, one in enumerate(members)]
    ensemble = evaluate(trained(labels, 2, 1, 50), "a:ensemble").auc
    found = replicates_table({"a": tables, "b": tables[:1]}, {"a": ensemble})
    assert tuple(found.columns) == REPLICATES.columns
    rows = found[found["measure"] == "auroc"].set_index(["model", "assay", "target"])
    values = np.array([[roc_auc_score(labels[:, i], one.probabilities[:, i]) for i in range(7)] for one in members])
    for (assay, target), chosen in {("all", ""): slice(7), ("TF", ""): slice(0, 7, 2), ("TF", "1 T1"): [0]}.items():
        target = tables[0]["target"][0] if target else ""
        row = rows.loc[("a", assay, target)]
        expected = values[:, chosen].mean(axis=1)
        assert row["mean"] == pytest.approx(expected.mean())
        assert row["sd"] == pytest.approx(np.std(expected, ddof=1))
        assert (row["lowest"], row["highest"]) == pytest.approx((expected.min(), expected.max()))
    assert rows.loc[("a", "all", ""), "ensemble"] == pytest.approx(ensemble["auroc"].mean())
    alone = rows.loc[("b", "all", "")]
    assert (alone["replicates"], np.isnan(alone["sd"]), np.isnan(alone["ensemble"])) == (1, True, True)
    empty = found[found["target"] == tables[0]["target"][7]]
    assert empty[["mean", "sd"]].isna().all(axis=None)  # no positives


def test_the_variance_has_a_part_of_windows_and_a_part_of_trainings():
    labels = labels_of(1)
    models = {"a": trainings(labels, (1, 1.3, 1.1), 1), "b": trainings(labels, (1.5, 1.2), 2)}
    table = compared(labels, models)
    assert tuple(table.columns) == TESTS.columns
    block = np.arange(WINDOWS) // 20
    held = np.bincount(block, labels[:, 0])
    windows_free = min(held.sum() ** 2 / (held**2).sum(), (WINDOWS - held.sum()) ** 2 / ((20 - held) ** 2).sum()) - 1

    def areas(name, rest):
        return np.array([roc_auc_score(labels[rest, 0], one.probabilities[rest, 0]) for one in models[name]])

    a, b = areas("a", block >= 0), areas("b", block >= 0)
    without = [areas("a", block != k).mean() - areas("b", block != k).mean() for k in range(20)]
    windows = 19 / 20 * ((np.array(without) - (a.mean() - b.mean())) ** 2).sum()
    one, other = a.var(ddof=1) / 3, b.var(ddof=1) / 2
    error = np.sqrt(windows + one + other)
    free = error**4 / (windows**2 / windows_free + one**2 / 2 + other**2 / 1)
    row = table[(table["measure"] == "auroc") & (table["index"] == 1)].iloc[0]
    assert row["difference"] == pytest.approx(a.mean() - b.mean())
    assert (row["error_windows"], row["error_trainings"]) == pytest.approx((np.sqrt(windows), np.sqrt(one + other)))
    assert row["freedom"] == pytest.approx(free)
    assert row["pvalue"] == pytest.approx(2 * student.sf(abs(a.mean() - b.mean()) / error, free))
    half = student.ppf(0.975, free) * error
    assert (row["low"], row["high"]) == pytest.approx((row["difference"] - half, row["difference"] + half))


def test_two_groups_of_the_same_model_differ_at_most_at_the_nominal_rate():
    """The seeds of one model differ in how well they separate the classes, more than test windows explain."""
    pvalues, naive = [], []
    for trial in range(40):
        labels = labels_of(100 + trial)
        draw = np.random.default_rng(trial)
        first, second = draw.normal(1.0, 0.25, (2, 3))  # of one distribution
        models = {"a": trainings(labels, first, 2 * trial), "b": trainings(labels, second, 2 * trial + 1)}
        table = compared(labels, models)
        pvalues += table[table["index"].between(1, 7) & (table["measure"] == "auroc")]["pvalue"].tolist()
        single = paired_table(rank({name: members[0] for name, members in models.items()}, 2))
        naive += single[single["measure"] == "auroc"]["pvalue"].dropna().tolist()
    assert len(pvalues) == 280
    assert np.mean(np.array(pvalues) < 0.05) <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 40)  # targets share the seeds
    assert np.mean(np.array(pvalues) < 0.05) < 0.5 * np.mean(np.array(naive) < 0.05)  # of single trainings
    assert np.mean(np.array(naive) < 0.05) > 0.15


def test_a_planted_difference_is_found():
    labels = labels_of(3)
    models = {"a": trainings(labels, (1, 1.1, 0.9), 1), "b": trainings(labels, (2.5, 2.4, 2.6), 2)}
    table = compared(labels, models)
    assert (table.loc[table["assay"] == "all", "pvalue"] < 0.01).all()
    assert (table.loc[table["index"].between(1, 7), "qvalue"] < 0.05).all()
    assert (table.loc[table["index"].between(1, 7), "difference"] < 0).all()
    assert table.loc[table["index"] == 8, ["pvalue", "qvalue", "low", "freedom"]].isna().all(axis=None)


def test_a_baseline_has_no_variance_and_other_single_trainings_are_an_error():
    labels = labels_of(4)
    several, alone = trainings(labels, (1, 1.1), 1), trained(labels, 1, 1, 99)
    comparison = rank({"a0": several[0], "a1": several[1], "kmer": alone}, 2)
    groups = {"a": [0, 1], "kmer": [2]}
    row = differences_table(comparison, groups, ["kmer"]).iloc[0]
    values = [[roc_auc_score(labels[:, i], one.probabilities[:, i]) for i in range(7)] for one in several]
    assert row["error_trainings"] == pytest.approx(np.std(np.mean(values, axis=1), ddof=1) / np.sqrt(2), rel=1e-3)
    with pytest.raises(UserError, match="kmer has one training"):
        differences_table(comparison, groups)


def test_tables_of_other_targets_are_an_error():
    table = evaluate(trained(labels_of(0), 1, 1, 1), "a").auc
    with pytest.raises(UserError, match="are of other targets"):
        replicates_table({"a": [table, table.iloc[1:].reset_index(drop=True)]})


@pytest.fixture
def folder(tmp_path):
    """AUC tables of two trainings, an ensemble and a baseline."""
    labels = labels_of(0)
    for name, strength in {"seed1": 1, "seed2": 1.2, "ensemble": 1.4, "kmer": 0.8}.items():
        AUC.write(evaluate(trained(labels, strength, 1, 5), name).auc, tmp_path / f"{name}.tsv")
    return tmp_path


def words(folder):
    groups = {"--replicates": ["a=seed1", "a=seed2"], "--ensembles": ["a=ensemble"], "--baselines": ["kmer=kmer"]}
    return [
        word
        for option, named in groups.items()
        for word in (option, *(f"{one.split('=')[0]}={folder}/{one.split('=')[1]}.tsv" for one in named))
    ]


def test_the_programs_read_repeated_names_as_replicates(folder, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["compare_replicates", *words(folder), "-o", str(folder / "replicates.tsv")])
    compare_replicates.main()
    found = REPLICATES.read(folder / "replicates.tsv")
    rows = found[(found["assay"] == "all") & (found["measure"] == "auroc")].set_index("model")
    assert rows["replicates"].to_dict() == {"a": 2, "kmer": 1}
    assert rows.loc["a", "ensemble"] == pytest.approx(AUC.read(folder / "ensemble.tsv")["auroc"].mean(), rel=1e-5)
    monkeypatch.setattr(sys, "argv", ["draw_replicates", *words(folder), "-o", str(folder / "replicates.png")])
    draw_replicates.main()
    assert (folder / "replicates.png").read_bytes().startswith(b"\x89PNG")


def test_the_picture_has_a_dot_for_each_training(folder):
    tables = {name: AUC.read(folder / f"{name}.tsv") for name in ("seed1", "seed2", "ensemble", "kmer")}
    drawn = replicates(
        {"a": [tables["seed1"], tables["seed2"]]}, {"a": [tables["ensemble"]]}, {"kmer": [tables["kmer"]]}
    )
    heights = sorted(y for line in drawn.axes[0].lines if line.get_marker() in ("o", "D") for y in line.get_ydata())
    assert heights == pytest.approx(sorted(pd.DataFrame({n: t["auroc"] for n, t in tables.items()}).mean()))
