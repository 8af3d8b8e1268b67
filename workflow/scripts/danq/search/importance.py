"""How much each setting of a search matters: permutation importance in a random forest on the trials.

Source: Breiman, "Random Forests", Machine Learning 45:5, 2001, section 10. Each tree is fitted to a bootstrap sample of
the trials and predicts those left out, with their own settings and with one setting permuted among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..tables import Table
from .space import Dimension

TREES = 500
FEWEST = 8  # trials; with fewer, too few are left out of each tree
IMPORTANCE = Table("importance of settings", ("setting", "importance", "error", "explained"), words=("setting",))


def importance(
    space: Sequence[Dimension], settings: Sequence[Mapping[str, Any]], scores: np.ndarray, seed: int = 1
) -> pd.DataFrame:
    """A row per setting, the most important first, with the columns of `IMPORTANCE`.

    settings : of each trial
    scores : (N,), lower is better; NaN for trials that diverged, which count as the worst

    The forest predicts the ranks of the trials, so that a few very bad ones do not decide. `importance` is the increase
    of its mean squared error on trials left out when the setting is permuted, relative to the variance of the ranks;
    `error` is its standard error over the trees. `explained` is the share of the variance of the ranks that the forest
    explains on trials left out, the same in all rows: near or below 0, the importances mean nothing. With fewer than
    `FEWEST` trials all numbers are missing.
    """
    names = [dimension.name for dimension in space]
    if len(scores) < FEWEST:
        empty = dict.fromkeys(("importance", "error", "explained"), np.nan)
        return pd.DataFrame([{"setting": name} | empty for name in names])
    ranks = pd.Series(scores).rank(na_option="bottom").to_numpy()
    columns, groups = encoded(space, settings)
    increases, explained = _forest(columns, groups, (ranks - ranks.mean()) / (ranks.std() or 1), seed)
    trees = np.isfinite(increases[:, 0]).sum()
    mean, spread = np.nanmean(increases, axis=0), np.nanstd(increases, axis=0)
    table = pd.DataFrame({"setting": names, "importance": mean, "error": spread / np.sqrt(trees)})
    table["explained"] = explained
    return table.sort_values("importance", ascending=False, kind="stable").reset_index(drop=True)


def encoded(space: Sequence[Dimension], settings: Sequence[Mapping[str, Any]]) -> tuple[np.ndarray, list[list[int]]]:
    """Settings as numbers (N, columns), and the columns of each setting: one for numbers, one per word otherwise."""
    columns: list[list[float]] = []
    groups = []
    for dimension in space:
        values = [row[dimension.name] for row in settings]
        if dimension.ordered:
            new = [[dimension.place(value) for value in values]]
        else:
            new = [[float(value == choice) for value in values] for choice in dimension.choices]
        groups.append(list(range(len(columns), len(columns) + len(new))))
        columns += new
    return np.array(columns).T, groups


def _forest(columns: np.ndarray, groups: list[list[int]], target: np.ndarray, seed: int) -> tuple[np.ndarray, float]:
    """The increase of the squared error of each tree (rows) for each setting, and the share of variance explained."""
    from sklearn.tree import DecisionTreeRegressor

    draw = np.random.default_rng(seed)
    increases = np.full((TREES, len(groups)), np.nan)
    sums, counts = np.zeros(len(target)), np.zeros(len(target))
    for i in range(TREES):
        sample = draw.integers(0, len(target), len(target))
        left_out = np.setdiff1d(np.arange(len(target)), sample)
        if len(left_out) < 2:
            continue
        tree = DecisionTreeRegressor(max_features=max(columns.shape[1] // 3, 1), random_state=i)
        tree.fit(columns[sample], target[sample])
        truth = target[left_out]
        predicted = tree.predict(columns[left_out])
        sums[left_out] += predicted
        counts[left_out] += 1
        for g, group in enumerate(groups):
            changed = columns[left_out]
            changed[:, group] = changed[draw.permutation(len(left_out))][:, group]
            increases[i, g] = np.mean((tree.predict(changed) - truth) ** 2 - (predicted - truth) ** 2)
    seen = counts > 0
    residual = np.mean((sums[seen] / counts[seen] - target[seen]) ** 2)
    return increases, float(1 - residual / np.var(target[seen])) if np.var(target[seen]) else 0.0
