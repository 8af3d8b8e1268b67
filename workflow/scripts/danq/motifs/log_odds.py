"""The best log-odds score of motifs in sequences, on both strands."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

from ..data.sources import Source
from ..data.windows import blocks
from .meme import UNIFORM, Motif

CHUNK = 1024  # sequences in memory as one-hot


def log_odds(motif: Motif, background: np.ndarray) -> np.ndarray:
    """Log-odds scores float32 (width, 4) in bits, against the probabilities (4,) of A, C, G, T in the windows.

    Of N sites, sqrt(N) more are added with the background's bases (Wasserman & Sandelin, Nature Reviews Genetics 5:276,
    2004), so that no base is impossible.
    """
    sites = max(motif.sites, 1)
    share = (sites * motif.probabilities + np.sqrt(sites) * background) / (sites + np.sqrt(sites))
    return np.log2(share / background).astype(np.float32)


class Scanner:
    """Scores one-hot windows with several matrices.

    A matrix scores each place where it lies completely in the window; an unknown base adds 0. All matrices of one width
    are one matrix product.
    """

    def __init__(self, matrices: Sequence[np.ndarray], threads: int | None = None):
        """matrices : log-odds scores (width, 4)"""
        self._threads = threads or os.cpu_count()
        self._n = len(matrices)
        widths = np.array([len(matrix) for matrix in matrices])
        self._widest = int(widths.max(initial=1))
        self._groups = []
        for width in np.unique(widths):
            members = np.flatnonzero(widths == width)
            strands = [matrices[i] for i in members] + [matrices[i][::-1, ::-1] for i in members]
            weights = np.stack([matrix.ravel() for matrix in strands], axis=1)
            self._groups.append((int(width), members, np.ascontiguousarray(weights, np.float32)))

    def best(self, onehot: np.ndarray) -> np.ndarray:
        """The best score float32 (n, M) of each matrix in one-hot uint8 (n, L, 4), over all places and both strands.

        -inf for a matrix that is wider than the window.
        """
        found = np.full((len(onehot), self._n), -np.inf, np.float32)
        with threadpool_limits(1), ThreadPoolExecutor(self._threads) as pool:  # products are small: a window per thread
            list(pool.map(lambda rows: self._fill(found[rows], onehot[rows]), blocks(len(onehot), 64)))
        return found

    def _fill(self, found: np.ndarray, onehot: np.ndarray) -> None:
        """Write the best scores into found (n, M), one window at a time: its scores stay in the processor's cache."""
        n, length, _ = onehot.shape
        margin = np.zeros((n, self._widest - 1, 4), np.uint8)
        flat = np.concatenate([onehot, margin], axis=1).reshape(n, -1)
        views = np.lib.stride_tricks.sliding_window_view(flat, 4 * self._widest, axis=1)[:, ::4]
        for row, view in enumerate(views):
            places = view.astype(np.float32)
            for width, members, weights in self._groups:
                if width <= length:
                    scores = (places[: length - width + 1, : 4 * width] @ weights).max(axis=0)
                    found[row, members] = scores.reshape(2, -1).max(axis=0)


def best_scores(
    source: Source, index: np.ndarray, motifs: Sequence[Motif], background: Sequence[float] = UNIFORM
) -> np.ndarray:
    """The best score of each motif in each sequence, on both strands, float32 (n, motifs).

    NaN for a motif that is wider than the sequences.

    index : sequences to score, int64 (n,)
    """
    scanner = Scanner([log_odds(motif, np.array(background)) for motif in motifs])
    parts = [scanner.best(source.onehot(index[block], dtype=np.uint8)) for block in blocks(len(index), CHUNK)]
    scores = np.concatenate(parts) if parts else np.zeros((0, len(motifs)), np.float32)
    return np.where(np.isneginf(scores), np.nan, scores)
