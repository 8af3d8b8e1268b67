"""The k-mer baseline: ridge regression on counts of canonical k-mers, all targets at once.

A k-mer and its reverse complement are counted as one, so both strands of a window have the same features. Such counts
are the features of kmer-SVM (Lee, Karchin & Beer, Genome Research 21:2167, 2011). The features are log(1 + count);
k and the penalty are chosen on the validation windows.
"""

from __future__ import annotations

from functools import cache, partial

import numpy as np

from .contract import Data, Fitted
from .linear import Candidate, fit_best

SIZES = (4, 5, 6)  # 136, 512 and 2,080 canonical k-mers
UNKNOWN = -1


@cache
def canonical(k: int) -> tuple[np.ndarray, int]:
    """Index int32 (4^k,) of each k-mer's canonical form, and the number of canonical forms.

    A k-mer is a number in base 4 (A, C, G, T are 0 to 3, the first base is the highest digit). The canonical form is
    the lesser of the k-mer and its reverse complement.
    """
    codes = np.arange(4**k)
    reverse, rest = np.zeros_like(codes), codes.copy()
    for _ in range(k):
        reverse, rest = 4 * reverse + 3 - rest % 4, rest // 4
    distinct, index = np.unique(np.minimum(codes, reverse), return_inverse=True)
    return index.astype(np.int32), len(distinct)


def counts(onehot: np.ndarray, k: int) -> np.ndarray:
    """Counts int64 (n, D) of the D canonical k-mers in one-hot uint8 (n, L, 4).

    K-mers that contain an unknown base are not counted.
    """
    index, size = canonical(k)
    bases = np.where(onehot.any(axis=2), onehot.argmax(axis=2), UNKNOWN).astype(np.int32)
    n, places = len(bases), max(0, bases.shape[1] - k + 1)
    codes, known = np.zeros((n, places), np.int32), np.ones((n, places), bool)
    for i in range(k):
        part = bases[:, i : i + places]
        codes = 4 * codes + part
        known &= part != UNKNOWN
    cells = index[np.where(known, codes, 0)]
    cells[~known] = size  # a column more for those that are not counted
    cells += np.arange(n, dtype=np.int32)[:, None] * (size + 1)
    return np.bincount(cells.ravel(), minlength=n * (size + 1)).reshape(n, size + 1)[:, :size]


def features(onehot: np.ndarray, k: int) -> np.ndarray:
    """log(1 + count), float32 (n, D)."""
    return np.log1p(counts(onehot, k), dtype=np.float32)


def fit(data: Data) -> Fitted:
    return fit_best([Candidate(f"{k}-mers", partial(features, k=k)) for k in SIZES], data)
