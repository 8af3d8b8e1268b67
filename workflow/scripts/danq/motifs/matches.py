"""All places where motifs match sequences, on both strands, with exact p-values of their log-odds scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..data.windows import blocks
from ..errors import UserError
from .log_odds import log_odds
from .meme import UNIFORM, Motif

STEP = 0.02  # bits; scores are rounded to multiples of it for their distribution
CHUNK = 16  # sequences scored at a time
# position : 0-based first base on the forward strand, for both strands
MATCH = np.dtype([
    *(("window", np.int64), ("motif", np.int32), ("position", np.int32), ("reverse", bool)),
    *(("score", np.float32), ("pvalue", np.float64)),
])  # fmt: skip


class Distribution:
    """P(score >= s) of a matrix in random sequence, exact for scores that are rounded to multiples of `STEP`.

    The scores of the columns are independent, so that their distributions are convolved (Staden 1989; as in FIMO).

    matrix : log-odds scores (width, 4)
    background : probabilities of A, C, G, T
    """

    def __init__(self, matrix: np.ndarray, background: Sequence[float] = UNIFORM):
        levels = np.rint(matrix / STEP).astype(int)
        self._lowest = int(levels.min(axis=1).sum())
        shares = np.ones(1)
        for column in levels:
            shares = np.convolve(shares, np.bincount(column - column.min(), weights=background))
        self._survival = np.minimum(shares[::-1].cumsum()[::-1], 1)

    def pvalue(self, scores: np.ndarray) -> np.ndarray:
        """P-values float64 of scores in bits; of any shape."""
        place = np.rint(np.asarray(scores) / STEP).astype(int) - self._lowest
        return self._survival[place.clip(0, len(self._survival) - 1)]

    def threshold(self, pvalue: float) -> float:
        """The lowest score with at most this p-value; above all scores if there is none."""
        fits = np.flatnonzero(self._survival <= pvalue)
        return (self._lowest + (fits[0] if len(fits) else len(self._survival)) - 0.5) * STEP


class Matcher:
    """Finds the matches of motifs.

    Parameters
    ----------
    motifs : at least one
    pvalue : largest p-value of a match, for one place and strand
    background : probabilities of A, C, G, T in the sequences

    A match has no unknown base.
    """

    def __init__(self, motifs: Sequence[Motif], pvalue: float = 1e-4, background: Sequence[float] = UNIFORM):
        if not motifs:
            raise UserError("there is no motif to look for; give a file with motifs")
        if not 0 < pvalue < 1:
            raise UserError(f"the p-value of a match must be between 0 and 1, not {pvalue:g}")
        matrices = [log_odds(motif, np.array(background)) for motif in motifs]
        self.widths = np.array([len(matrix) for matrix in matrices])
        self._distributions = [Distribution(matrix, background) for matrix in matrices]
        thresholds = np.array([distribution.threshold(pvalue) for distribution in self._distributions], np.float32)
        self._groups = []
        for width in np.unique(self.widths):
            members = np.flatnonzero(self.widths == width)
            strands = [matrices[i][::side, ::side].ravel() for i in members for side in (1, -1)]
            self._groups.append((int(width), members, np.stack(strands, axis=1), np.repeat(thresholds[members], 2)))

    def find(self, onehot: np.ndarray) -> np.ndarray:
        """Matches in one-hot uint8 (n, L, 4): `MATCH` records, sorted by window and position."""
        parts = [self._in_block(onehot[block], block.start) for block in blocks(len(onehot), CHUNK)]
        found = np.concatenate(parts) if parts else np.empty(0, MATCH)
        return found[np.lexsort((found["reverse"], found["motif"], found["position"], found["window"]))]

    def _in_block(self, onehot: np.ndarray, begin: int) -> np.ndarray:
        parts = []
        known = onehot.any(axis=2)
        for width, members, weights, thresholds in self._groups:
            if width > onehot.shape[1]:
                continue
            views = np.lib.stride_tricks.sliding_window_view(onehot, width, axis=1)  # (n, places, 4, width)
            flat = views.transpose(0, 1, 3, 2).reshape(-1, 4 * width).astype(np.float32)
            scores = (flat @ weights).reshape(*views.shape[:2], -1)
            whole = np.lib.stride_tricks.sliding_window_view(known, width, axis=1).all(axis=2)
            window, position, column = np.nonzero((scores >= thresholds) & whole[:, :, None])
            found = np.empty(len(window), MATCH)
            found["window"], found["position"] = begin + window, position
            found["motif"], found["reverse"] = members[column // 2], column % 2 == 1
            found["score"] = scores[window, position, column]
            for motif in np.unique(found["motif"]):
                own = found["motif"] == motif
                found["pvalue"][own] = self._distributions[motif].pvalue(found["score"][own])
            parts.append(found)
        return np.concatenate(parts) if parts else np.empty(0, MATCH)
