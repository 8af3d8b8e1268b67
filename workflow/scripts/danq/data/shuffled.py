"""Windows with the labels of other windows: a control from which nothing can be learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .windows import Windows


class ShuffledLabels(Windows):
    """Windows whose rows of labels are permuted together.

    The number of positives of each target and the correlations between targets stay; the link to the sequences is cut.
    """

    def __init__(self, path: str | Path, seed: int):
        super().__init__(path)
        self._order = np.random.default_rng(seed).permutation(len(self))
        self.fingerprint += f", labels shuffled with seed {seed}"

    def packed_labels(self, index=slice(None)) -> np.ndarray:
        return np.asarray(self._labels[self._order[index]])
