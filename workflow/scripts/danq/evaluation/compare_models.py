"""Paired tests of differences in AUROC and AUPRC between models on the same windows.

The differences without each block of the genome in turn give the variance (see `jackknife`). A test compares these two
trainings: it says nothing about another training of the same recipe.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from ..data.targets import Target
from ..data.windows import blocks as slices
from ..errors import UserError
from ..runtime.predictions import Predictions
from ..tables import Table
from .evaluate import blocks_of
from .genome_blocks import Blocks
from .jackknife import compared, leave_out, why_none
from .measures import TESTED
from .metrics import BLOCK, count

log = logging.getLogger(__name__)
PAIRED = Table(
    "table of paired tests",
    (
        *("model", "other", "measure", "index", "target", "assay"),
        *("value", "value_other", "difference", "low", "high", "pvalue", "qvalue"),
    ),
    words=("model", "other", "measure", "target", "assay"),
)
SIGNIFICANT = 0.05  # a difference with a smaller q-value is called significant


@dataclass(frozen=True)
class Ranked:
    """One target ranked by m models.

    measured : float64 (m, measures), in the order of `TESTED`; NaN for a target of one class
    without : float64 (m, measures, blocks + 1), counted in cells: with all blocks, and without each; NaN where a class
        is missing
    held : int64 (2, blocks), positive and negative windows of each block
    places : number of separate places
    note : why the target has no tests; "" if it has them
    freedom : degrees of freedom of its tests
    """

    measured: np.ndarray
    without: np.ndarray
    held: np.ndarray
    places: int
    note: str
    freedom: float


@dataclass(frozen=True)
class Comparison:
    """All targets ranked by all models, by name."""

    models: list[str]
    targets: list[Target]
    blocks: Blocks
    ranked: list[Ranked]


def check_same_windows(predictions: Mapping[str, Predictions]) -> None:
    """Raise a UserError unless all predictions are of the same targets, windows and labels."""
    (first, known), *others = predictions.items()
    for name, other in others:
        differ = {
            "targets": other.targets != known.targets,
            "windows": other.windows != known.windows or len(other.packed_labels) != len(known.packed_labels),
            "labels": not np.array_equal(other.packed_labels, known.packed_labels),
        }
        for what, wrong in differ.items():
            if wrong:
                raise UserError(
                    f"{other.path}: {name} predicts other {what} than {first}; compare predictions of the same windows"
                )


def rank(predictions: Mapping[str, Predictions], threads: int | None = None) -> Comparison:
    """Rank the windows by each target and model, with and without each block; one pass over the targets."""
    check_same_windows(predictions)
    opened = list(predictions.values())
    placed = next((model for model in opened if model.places is not None), opened[0])
    genome, targets = blocks_of(placed), opened[0].targets
    log.info("tests and intervals: from leaving out each of %s", genome)

    def measured(part: slice) -> list[Ranked]:
        labels = np.ascontiguousarray(opened[0].columns(part)[0].T)
        probabilities = np.stack([model.probabilities[:, part].T for model in opened], axis=1)
        return [_ranked(*target, genome) for target in zip(labels, probabilities, strict=True)]

    size = max(1, BLOCK // len(opened))  # targets at a time, so that memory is that of evaluating one model
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:  # NumPy releases the GIL when it sorts
        ranked = [one for part in pool.map(measured, slices(len(targets), size)) for one in part]
    return Comparison(list(predictions), targets, genome, ranked)


def _ranked(labels: np.ndarray, probabilities: np.ndarray, genome: Blocks) -> Ranked:
    """One target: labels (n,) of 0 and 1, probabilities float32 (m, n)."""
    m, places = len(probabilities), genome.places(labels)
    values = np.full((m, len(TESTED)), np.nan)
    without = np.full((m, len(TESTED), len(genome) + 1), np.nan)
    positives = np.bincount(genome.of_window, labels, len(genome)).astype(np.int64)
    held = np.stack([positives, np.bincount(genome.of_window, minlength=len(genome)) - positives])
    note, degrees = why_none(labels, genome, places), np.nan
    if held.sum(axis=1).all():
        for i, model in enumerate(probabilities):
            counts, left_out = count(labels, model), leave_out(labels, model, genome)
            degrees = left_out.freedom
            values[i] = [measure.compute(counts) for measure in TESTED]
            without[i] = [measure.left_out(left_out) for measure in TESTED]
    return Ranked(values, without, held, places, note, degrees)


def paired_table(comparison: Comparison) -> pd.DataFrame:
    """One row per pair of models, measure and target, columns of `PAIRED`; no rows for a single model.

    `difference` is `value` - `value_other`; `low` and `high` are its 95 % interval, `pvalue` is two-sided, and `qvalue`
    is p adjusted over the targets of the pair and measure (Benjamini & Hochberg 1995). The interval, p and q are NaN
    for a target in few places.
    """
    rows = []
    for i, j in combinations(range(len(comparison.models)), 2):
        for k, measure in enumerate(TESTED):
            names = {"model": comparison.models[i], "other": comparison.models[j], "measure": measure.key}
            tests = [_tested(one, i, j, k) for one in comparison.ranked]
            qvalues = adjusted([test["pvalue"] for test in tests])
            for target, test, qvalue in zip(comparison.targets, tests, qvalues, strict=True):
                facts = {"index": target.index, "target": target.title, "assay": target.assay}
                rows.append(names | facts | test | {"qvalue": qvalue})
    return pd.DataFrame(rows, columns=list(PAIRED.columns))


def _tested(one: Ranked, i: int, j: int, k: int) -> dict[str, float]:
    """The test of models i and j by measure k on one target, as part of its row."""
    value, other = one.measured[i, k], one.measured[j, k]
    row = {"value": value, "value_other": other, "difference": value - other}
    found = (np.nan,) * 3 if one.note else compared(value - other, one.without[i, k] - one.without[j, k], one.freedom)
    return row | dict(zip(("low", "high", "pvalue"), found, strict=True))


def adjusted(pvalues: list[float]) -> np.ndarray:
    """q-values (Benjamini & Hochberg 1995) of the p-values that are not NaN."""
    pvalue = np.array(pvalues, float)
    qvalue, valued = np.full(len(pvalue), np.nan), ~np.isnan(pvalue)
    qvalue[valued] = false_discovery_control(pvalue[valued])
    return qvalue
