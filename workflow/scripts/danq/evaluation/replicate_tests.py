"""Tests between models with several trainings each: a difference must exceed what seeds and test windows alone do.

The difference of two models is that of their means over replicates. Its variance is the sum of two parts:

- test windows: the jackknife over blocks of the genome, of the difference of the means (see `jackknife`);
- trainings: s²/n of each model, with s² the sample variance of a measure over its n replicates.

This is the variance of multi-reader multi-case studies of ROC areas, with random cases (windows) and random readers
(trainings) that are nested in the models (Obuchowski & Rockette 1995, Commun. Stat. Simul. Comput. 24:285-308; Hillis
2014, Stat. Med. 33:330-360). Seeds as a source of variance of benchmarks: Bouthillier et al. 2021, MLSys 3:747-769.
Degrees of freedom combine those of the parts (Satterthwaite 1946, Biometrics Bull. 2:110-114; for two samples, Welch
1947, Biometrika 34:28-35). The interaction of trainings and windows is in both parts, so the test is a little
conservative. It does not cover other training windows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import t as student

from ..errors import UserError
from ..tables import Table
from .compare_models import Comparison, adjusted
from .jackknife import FEWEST_HELD, FEWEST_PLACES, ROUNDING, freedom, quantile, spread
from .measures import TESTED
from .replicates import ALL

TESTS = Table(
    "table of tests between replicated models",
    (
        *("model", "other", "measure", "assay", "index", "target", "replicates", "replicates_other"),
        *("mean", "mean_other", "difference", "error_windows", "error_trainings"),
        *("freedom", "low", "high", "pvalue", "qvalue"),
    ),
    words=("model", "other", "measure", "assay", "target"),
)
NONE = {"error_windows": np.nan, "freedom": np.nan, "low": np.nan, "high": np.nan, "pvalue": np.nan}


def check_groups(groups: Mapping[str, Sequence[int]], baselines: Collection[str]) -> None:
    """Raise a UserError for a model with a single training, whose variance is not known; baselines have none."""
    for name, members in groups.items():
        if len(members) < 2 and name not in baselines:
            raise UserError(f"{name} has one training, so that its variance is not known; give two, or leave it out")


def differences_table(
    comparison: Comparison, groups: Mapping[str, Sequence[int]], baselines: Collection[str] = ()
) -> pd.DataFrame:
    """One row per pair of models, measure and target, after a row for the mean over all targets; columns of `TESTS`.

    comparison : of all trainings, as `compare_models.rank` makes it
    groups : the numbers, from 0, of each model's trainings among those of `comparison`
    baselines : models whose fit is not random; pairs of them are left out

    `error_windows` and `error_trainings` are the standard errors of the two parts. `qvalue` is p adjusted over the
    targets of a pair and measure (Benjamini & Hochberg 1995). Interval, p and q are NaN for a target in few places.
    """
    check_groups(groups, baselines)
    rows = []
    for model, other in combinations(groups, 2):
        if model in baselines and other in baselines:
            continue
        sides = list(groups[model]), list(groups[other])
        names = {"model": model, "other": other}
        counts = {"replicates": len(sides[0]), "replicates_other": len(sides[1])}
        for k, measure in enumerate(TESTED):
            found = [_of_target(comparison, i, k, sides) for i in range(len(comparison.targets))]
            qvalues = adjusted([row["pvalue"] for row in found])
            key = names | {"measure": measure.key}
            total = {"assay": ALL, "index": np.nan, "target": "", "qvalue": np.nan}
            rows.append(key | total | counts | _of_means(comparison, k, sides))
            for target, row, qvalue in zip(comparison.targets, found, qvalues, strict=True):
                facts = {"assay": target.assay, "index": target.index, "target": target.title, "qvalue": qvalue}
                rows.append(key | facts | counts | row)
    return pd.DataFrame(rows, columns=list(TESTS.columns))


def _of_target(comparison: Comparison, i: int, k: int, sides: tuple[list[int], list[int]]) -> dict[str, float]:
    one = comparison.ranked[i]
    without = None if one.note else one.without[:, k]
    return tested([one.measured[side, k] for side in sides], without, sides, one.freedom)


def _of_means(comparison: Comparison, k: int, sides: tuple[list[int], list[int]]) -> dict[str, float]:
    """The test of the mean over all targets that have a value."""
    valued = [one for one in comparison.ranked if not np.isnan(one.measured[:, k]).any()]
    if not valued:
        return tested([np.full(len(side), np.nan) for side in sides], None, sides, np.nan)
    values = np.mean([one.measured[:, k] for one in valued], axis=0)
    held = np.sum([one.held for one in valued], axis=0)
    few = sum(one.places for one in valued) < FEWEST_PLACES or (held > 0).sum(axis=1).min() < FEWEST_HELD
    total = count = 0
    for one in valued:  # without a block that holds all positives of a target, the mean is that of the others
        total, count = total + np.nan_to_num(one.without[:, k]), count + ~np.isnan(one.without[:, k])
    without = None if few else total / np.maximum(count, 1)
    return tested([values[side] for side in sides], without, sides, freedom(*held))


def tested(
    values: Sequence[np.ndarray],
    without: np.ndarray | None,
    sides: tuple[Sequence[int], Sequence[int]],
    degrees: float,
) -> dict[str, float]:
    """The test of one difference, as part of its row.

    values : of the replicates of both models, float64 (n,) each
    without : (m, blocks + 1), the values of all trainings with all blocks and without each; None for no test
    sides : the numbers of the rows of `without` that are replicates of each model
    degrees : degrees of freedom of the jackknife
    """
    first, second = (float(np.mean(one)) for one in values)
    row = {"mean": first, "mean_other": second, "difference": first - second}
    parts = [(float(np.var(one, ddof=1)) / len(one), len(one) - 1) for one in values if len(one) > 1]
    trainings = sum(variance for variance, _ in parts)
    row["error_trainings"] = float(np.sqrt(trainings))
    if without is None or np.isnan(row["difference"]):
        return row | NONE
    windows = float(spread(without[list(sides[0])].mean(axis=0) - without[list(sides[1])].mean(axis=0)))
    error = float(np.sqrt(windows**2 + trainings))
    row["error_windows"] = windows
    if error < ROUNDING:
        same = abs(row["difference"]) < ROUNDING
        return row | NONE | {"error_windows": windows} | ({"low": 0.0, "high": 0.0, "pvalue": 1.0} if same else {})
    both = [(windows**2, degrees), *parts]
    row["freedom"] = error**4 / sum(variance**2 / free for variance, free in both)
    half = quantile(row["freedom"]) * error
    row |= {"low": row["difference"] - half, "high": row["difference"] + half}
    return row | {"pvalue": float(2 * student.sf(abs(row["difference"]) / error, row["freedom"]))}
