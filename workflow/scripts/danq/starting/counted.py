"""Counts the windows and positives that a config will give, by the functions that prepare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..data.account import Account
from ..data.grid import Grid
from ..data.labels import Labels, label
from ..data.prepare import kept_bins
from ..data.rule import Rule
from ..data.split import NOWHERE, SPLITS, Split
from ..data.targets import Target


@dataclass(frozen=True)
class Counted:
    """Windows by part, before those with unknown bases are dropped, and a table for `scarcity.findings`."""

    windows: dict[str, int]
    table: pd.DataFrame


class Counter:
    """The labels of all targets in the bins of a rule, to count what different choices give."""

    def __init__(
        self, contigs: Mapping[str, int], targets: Sequence[Target], paths: Sequence[Path], rule: Rule, processes
    ):
        self.targets, self.rule = targets, rule
        self.labels: Labels = label(Grid(dict(contigs), rule.bin), paths, rule, processes or 1)

    def prevalence(self) -> np.ndarray:
        """Of each target, float (T,): its share of the bins with a peak of any target."""
        any_bins = np.zeros(len(self.labels.grid), bool)
        for bins in self.labels.bins:
            any_bins[bins] = True
        total = max(int(any_bins.sum()), 1)
        return np.array([len(bins) / total for bins in self.labels.bins])

    def between(self) -> list[int]:
        """Of each target, the number of peaks that make no bin positive."""
        return [len(lengths) for lengths in self.labels.between]

    def count(self, keep: str, split: Mapping[str, Sequence[str]]) -> Counted:
        """The windows of each part, and the positives of each target in them."""
        grid, rule = self.labels.grid, replace(self.rule, keep=keep)
        bins = kept_bins(self.labels, self.targets, rule, Account(grid), np.empty(0, np.intp))
        part = np.maximum(Split(dict(split), grid).assign(bins, rule.flank), NOWHERE)  # borders are in no part
        part_of = np.full(len(grid), -1, np.int8)
        part_of[bins] = part
        positives = [np.bincount(part_of[one] + 1, minlength=len(SPLITS) + 1) for one in self.labels.bins]
        rows = [
            {"index": target.index, "name": target.name, "split": name}
            | {"windows": int((part == code).sum()), "positives": int(numbers[code + 1])}
            for code, name in enumerate(SPLITS)
            for target, numbers in zip(self.targets, positives, strict=True)
        ]
        return Counted({name: int((part == code).sum()) for code, name in enumerate(SPLITS)}, pd.DataFrame(rows))
