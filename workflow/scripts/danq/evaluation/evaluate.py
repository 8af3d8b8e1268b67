"""How well a model predicts each target: values of all measures, curves and calibration."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..data.scarcity import listed
from ..data.targets import Target
from ..published import figures as published
from ..published.target_list import is_published
from ..runtime.predictions import Predictions
from ..tables import Table
from .calibration import binned, calibration_table
from .curves import LINES
from .genome_blocks import Blocks, cut
from .jackknife import FEWEST_PLACES, leave_out, why_none
from .measures import KEYS, MEASURES
from .metrics import Counts, count, each_column

log = logging.getLogger(__name__)
AUC = Table(
    "AUC table",
    (
        *("model", "architecture", "index", "target", "assay", "windows", "positives", "places", "prevalence"),
        *(*KEYS, "note"),
        *(end for measure in MEASURES for end in measure.ends),
    ),
    words=("model", "architecture", "target", "assay", "note"),
    optional=published.COLUMNS,
)
CURVES = Table("table of curves", ("index", "curve", "x", "y"), words=("curve",), digits=4)
PERFECT = "all positive windows rank first: no interval"


@dataclass(frozen=True)
class Tables:
    """The tables of one model's predictions.

    auc : one row per target, columns of `AUC`. A note says why a target has no values or no intervals. On the published
        919 targets, each row also has the paper's medians for this architecture and assay.
    curves : one row per point, columns of `CURVES`; targets of one class have none
    calibration : one row per assay and interval of probability (see `calibration_table`)
    """

    auc: pd.DataFrame
    curves: pd.DataFrame
    calibration: pd.DataFrame


def blocks_of(predictions: Predictions) -> Blocks:
    """The blocks of the genome that intervals and tests leave out."""
    return cut(len(predictions.packed_labels), predictions.places, predictions.step)


def evaluate(predictions: Predictions, model: str, *, threads: int | None = None) -> Tables:
    """All tables of a model, in one pass over the targets."""
    blocks = blocks_of(predictions)
    log.info("intervals: 95 %%, from leaving out each of %s", blocks)

    def measure(i: int, labels: np.ndarray, probabilities: np.ndarray) -> tuple[dict, dict, np.ndarray]:
        counts = count(labels, probabilities)
        lines = {} if counts.one_class else {kind: line(counts) for kind, line in LINES.items()}
        return _values(counts, labels, probabilities, blocks), lines, binned(counts)

    n_targets = len(predictions.targets)
    values, lines, bins = zip(*each_column(measure, predictions.columns, n_targets, threads), strict=True)
    auc = _auc_table(predictions, model, values)
    for sentence in little(auc):
        log.warning("%s", sentence)
    calibration = calibration_table(model, predictions.targets, np.stack(bins))
    return Tables(auc, _curve_table(predictions.targets, lines), calibration)


def _values(counts: Counts, labels: np.ndarray, probabilities: np.ndarray, blocks: Blocks) -> dict:
    """One target's part of its row in the AUC table."""
    windows, positives, places = len(labels), counts.positives, blocks.places(labels)
    row = {"windows": windows, "positives": positives, "places": places, "prevalence": positives / windows}
    row |= {measure.key: measure.value(counts) for measure in MEASURES}
    note = why_none(labels, blocks, places)
    left_out = None if note else leave_out(labels, probabilities, blocks)
    row["note"] = note or (PERFECT if counts.auroc() == 1 else "")
    for measure in MEASURES:
        row |= measure.limits(row[measure.key], left_out)
    return row


def little(auc: pd.DataFrame) -> list[str]:
    """A sentence on the targets whose values rest on few places.

    auc : columns `index`, `target`, `windows`, `positives` and `places` of one model
    """
    few = auc[auc["positives"].between(1, auc["windows"] - 1) & (auc["places"] < FEWEST_PLACES)]
    if few.empty:
        return []
    named = [f"{row.index} {row.target} ({row.places})" for row in few.itertuples(index=False, name="Row")]
    return [
        f"the test windows of {listed(named)} are positive in fewer than {FEWEST_PLACES} separate places: "
        "their values rest on little and have no interval"
    ]


def _auc_table(predictions: Predictions, model: str, values: Iterable[dict]) -> pd.DataFrame:
    facts = {"model": model, "architecture": predictions.architecture}
    table = pd.DataFrame([
        facts | {"index": target.index, "target": target.title, "assay": target.assay} | row
        for target, row in zip(predictions.targets, values, strict=True)
    ])  # fmt: skip
    if is_published(predictions.targets):
        medians = [published.medians(predictions.architecture, assay) for assay in table["assay"]]
        table = table.join(pd.DataFrame(medians))
    return table


def _curve_table(targets: Iterable[Target], lines: Iterable[dict[str, np.ndarray]]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"index": target.index, "curve": kind, "x": points[:, 0], "y": points[:, 1]})
        for target, kinds in zip(targets, lines, strict=True)
        for kind, points in kinds.items()
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=CURVES.columns)
