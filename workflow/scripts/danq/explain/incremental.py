"""Logits of all substitutions in some windows; of each layer, only what a substitution reaches is computed.

The result is that of predicting every mutant (see `mutagenesis`), several times faster, for models without recurrent or
attention layers.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import keras
import numpy as np
from keras import ops
from tqdm import tqdm

from ..data import onehot
from ..runtime.gradients import Logits, mean_logit
from .mutagenesis import check_numbers
from .mutants import TURNS
from .network import Network, Unsupported

log = logging.getLogger(__name__)
WINDOWS = 8  # computed together
POSITIONS = 64  # substituted together, at most
VALUES = 1 << 24  # of the mutants' largest tensor, at most


@lru_cache(maxsize=1)
def incremental(logits: Logits) -> Incremental | None:
    """The incremental computation for a loaded ensemble; None, with a line in the log, if a model does not allow it."""
    try:
        return Incremental(logits)
    except Unsupported as reason:
        log.info("%s: every mutant is predicted as a whole because %s", logits.architecture, reason)
        return None


class Incremental:
    """The logits of a loaded ensemble for all substitutions; `Unsupported` if one of its models does not allow it."""

    def __init__(self, logits: Logits):
        if logits.devices.count > 1:
            raise Unsupported("several GPUs share the work")
        self._logits = logits
        self._networks = [_Mutants(Network(model)) for model in logits.models]

    def mutants(self, packed: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Logits with each base at each position, float32 (R, n, L, 4); where a base is unknown, those of the window.

        packed : sequences (n, ceil(L/2))
        columns : int (R, n), the targets of each sequence

        Values that are not numbers are a UserError.
        """
        length = self._logits.length
        out = np.empty((*columns.shape, length, 4), np.float32)
        signs = [1] if self._logits.strands == "forward" else [1, -1]
        total = len(packed) * len(signs) * len(self._networks) * TURNS * length
        with tqdm(desc="predicting", total=total, unit=" mutants", disable=None) as progress:
            for begin in range(0, len(packed), WINDOWS):
                rows = slice(begin, begin + WINDOWS)
                windows = onehot.unpack(packed[rows], length, np.float32)
                each = [  # the reverse complement is the window flipped along both axes
                    network.logits(windows[:, ::sign, ::sign], columns[:, rows], progress)[:, :, ::sign, ::sign]
                    for network in self._networks
                    for sign in signs
                ]
                out[:, rows] = ops.convert_to_numpy(mean_logit([ops.convert_to_tensor(one) for one in each]))
        check_numbers(out, self._logits)
        return out


class _Mutants:
    """The mutants of a network on one strand."""

    def __init__(self, network: Network):
        self._network, self._changed = network, network.changed
        # Two programs only: for most positions, and for those near the ends of the window.
        self._usual, self._always = network.aligned.mean(axis=1) > 0.5, network.aligned.all(axis=1)
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            self._changed = tf.function(network.changed, reduce_retracing=True, autograph=False)

    def logits(self, windows: np.ndarray, columns: np.ndarray, progress: tqdm) -> np.ndarray:
        """Logits (R, n, L, 4) with each base at each position of one-hot windows (n, L, 4)."""
        whole = self._network.whole(windows)
        unchanged = np.take_along_axis(ops.convert_to_numpy(whole[-1]), columns.T, axis=1)
        n, length, _ = windows.shape
        out = np.repeat(np.repeat(unchanged[:, None, None], length, axis=1), 4, axis=2)
        turned = np.stack([np.roll(windows, turn + 1, axis=2) for turn in range(TURNS)], axis=2)
        change = (turned - windows[:, :, None])[:, :, :, None]  # (n, L, B, 1, 4)
        base = (windows.argmax(axis=2)[:, :, None] + np.arange(1, TURNS + 1)) % 4
        for group in self._groups(n):
            aligned = self._usual if self._network.aligned[self._usual, group].all() else self._always
            starts = ops.convert_to_tensor(self._network.starts[:, group])
            some = ops.convert_to_tensor(np.ascontiguousarray(change[:, group]))
            found = ops.convert_to_numpy(self._changed(whole, starts, some, tuple(aligned.tolist())))
            found = found.reshape(n, -1, TURNS, found.shape[-1])
            found = np.take_along_axis(found, columns.T[:, None, None], axis=3)
            np.put_along_axis(out[:, group], base[:, group, :, None], found, axis=2)
            progress.update(n * TURNS * found.shape[1])
        return np.moveaxis(out, 3, 0)

    def _groups(self, n: int) -> Iterator[slice]:
        """Neighbouring positions that are substituted together in n windows."""
        starts = self._network.starts
        apart = np.flatnonzero((np.diff(starts[self._network.flat]) != 0).any(axis=0)) + 1
        bounds = [0, *apart.tolist(), starts.shape[1]]
        most = min(max(VALUES // (self._network.largest * n * TURNS), 1), POSITIONS)
        for begin, end in pairwise(bounds):
            parts = -(-(end - begin) // most)
            edges = np.linspace(begin, end, parts + 1).astype(int)
            yield from map(slice, edges[:-1].tolist(), edges[1:].tolist())
