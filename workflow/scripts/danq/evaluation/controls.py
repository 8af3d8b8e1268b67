"""Controls: the mean AUROC of a model that cannot have learned anything."""

from __future__ import annotations

import numpy as np
from scipy.stats import t as student

from ..tables import Table

CONTROL = Table(
    "table of a control",
    ("control", "model", "training_windows", "epochs", "targets", "mean_auroc", "low", "high"),
    words=("control", "model"),
)


def mean_auroc(values: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Mean AUROC over targets with its 95 % interval: `targets`, `mean_auroc`, `low`, `high`.

    values : AUROC (T,) of each target; NaN is left out
    labels : uint8 (n, T), of which correlations between targets are taken

    A function learned from noise may follow the sequence's composition by chance, and the AUROC of a target then
    differs from .5 by more than its own interval. The targets' values tell by how much, so the interval is Student's
    over targets. Where both labels and learned functions correlate (r each), deviations correlate by r squared; the
    effective number of targets is the inverse of the mean of r squared over all pairs. With fewer than two targets the
    interval is NaN.
    """
    known = ~np.isnan(values)
    values, n = values[known], int(known.sum())
    row = {"targets": n, "mean_auroc": values.mean() if n else np.nan, "low": np.nan, "high": np.nan}
    if n < 2:
        return row
    varied = labels[:, known].std(axis=0) > 0
    r = np.eye(n)
    r[np.ix_(varied, varied)] = np.atleast_2d(np.corrcoef(labels[:, known][:, varied].T)) if varied.any() else 1
    effective = 1 / (r**2).mean()
    half = student.ppf(0.975, max(effective - 1, 1)) * values.std(ddof=1) / np.sqrt(effective)
    return row | {"low": max(row["mean_auroc"] - half, 0), "high": min(row["mean_auroc"] + half, 1)}
