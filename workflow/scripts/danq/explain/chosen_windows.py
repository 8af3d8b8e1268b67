"""The windows that are explained for each target: those with the highest predictions, or all of a source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ..data.sources import Source
from ..data.targets import Target
from ..data.windows import BLOCK, Windows, blocks
from ..errors import UserError
from ..runtime.predictions import Predictions

KINDS = {
    "positives": "positive windows with the highest predictions",
    "top": "windows with the highest predictions, positive or not",
}


def highest(
    parts: Iterable[tuple[slice, np.ndarray]], windows: Windows, targets: Sequence[Target], count: int, kind: str
) -> dict[int, np.ndarray]:
    """Increasing rows int64 (n,) of at most `count` windows, by the index of each target.

    Of equal predictions, the earlier window is chosen. No more than the chosen ones are in memory.

    parts : consecutive rows and probabilities (n, T) of all targets
    kind : one of `KINDS`
    """
    best = {target.index: (np.empty(0, np.int64), np.empty(0, np.float32)) for target in targets}
    for block, probabilities in parts:
        labels = windows.labels(block) if kind == "positives" else None
        for target in targets:
            column = target.index - 1
            new = np.arange(len(probabilities)) if labels is None else np.flatnonzero(labels[:, column])
            rows = np.concatenate([best[target.index][0], block.start + new])
            values = np.concatenate([best[target.index][1], probabilities[new, column]])
            kept = np.argsort(-values, kind="stable")[:count]
            kept.sort()
            best[target.index] = rows[kept], values[kept]
    return {index: rows for index, (rows, _) in best.items()}


def predicted(path: str | Path, windows: Windows) -> Iterator[tuple[slice, np.ndarray]]:
    """Rows and probabilities of a predictions file; one of other windows is a UserError."""
    found = Predictions.open(path)
    if found.windows != windows.fingerprint or len(found.probabilities) != len(windows):
        raise UserError(f"{path}: holds predictions of other windows than {windows}; predict these, or leave it out")
    for block in blocks(len(windows), BLOCK):
        yield block, np.asarray(found.probabilities[block])


def every(source: Source, targets: Sequence[Target]) -> dict[int, np.ndarray]:
    """All windows of a source for each target."""
    return {target.index: np.arange(len(source)) for target in targets}
