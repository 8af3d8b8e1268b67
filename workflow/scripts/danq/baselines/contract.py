"""What a baseline gets and gives: the windows to fit on, and a function that scores any windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from ..data.windows import Windows, blocks
from ..tables import Table

BLOCK = 2048  # windows in memory as one-hot
VALIDATION = 20_000  # validation windows that settings are chosen on and probabilities are calibrated on, at most


@dataclass(frozen=True)
class Data:
    """The windows to fit on.

    seed : of the random samples
    threads : that NumPy does not start itself; None for all CPUs
    release, taxa, known : which known motifs, as in the config's `motifs`; for baselines that use them
    """

    train: Windows
    valid: Windows
    seed: int = 1
    release: str = "JASPAR2024"
    taxa: Sequence[str] = ("vertebrates",)
    known: str | Path | None = None
    threads: int | None = None

    def sample(self, windows: Windows, most: int = VALIDATION) -> np.ndarray:
        """Sorted rows int64 of at most `most` random windows."""
        n = len(windows)
        return np.arange(n) if n <= most else np.sort(np.random.default_rng(self.seed).choice(n, most, replace=False))


@dataclass(frozen=True)
class Fitted:
    """A fitted baseline.

    score : scores float32 (n, T) of one-hot uint8 (n, L, 4); higher is more likely positive
    kind, table : how it was fitted
    """

    score: Callable[[np.ndarray], np.ndarray]
    kind: Table = field(repr=False)
    table: pd.DataFrame = field(repr=False)


def batches(windows: Windows, what: str, rows: np.ndarray | None = None) -> Iterator[tuple[slice, np.ndarray]]:
    """Blocks of windows with a progress bar: pairs of a slice (of `rows` if given) and one-hot uint8 (n, L, 4)."""
    n = len(windows) if rows is None else len(rows)
    with tqdm(desc=what, total=n, unit=" windows", disable=None) as progress:
        for block in blocks(n, BLOCK):
            yield block, windows.onehot(block if rows is None else rows[block], dtype=np.uint8)
            progress.update(block.stop - block.start)


def scores(fitted: Fitted, windows: Windows, rows: np.ndarray, what: str) -> np.ndarray:
    """Scores float32 (n, T) of some windows."""
    return np.concatenate([fitted.score(onehot) for _, onehot in batches(windows, what, rows)])
