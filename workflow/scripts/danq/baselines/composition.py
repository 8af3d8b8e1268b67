"""The composition baseline: ridge regression on the share of G and C and on the CpG dinucleotides of a window.

The features are the share of G and C among the known bases, its square, and CpG observed/expected (Gardiner-Garden &
Frommer, J Mol Biol 196:261, 1987). They are the same on both strands. The penalty is chosen on the validation windows.
"""

from __future__ import annotations

import numpy as np

from .contract import Data, Fitted
from .linear import Candidate, fit_best


def features(onehot: np.ndarray) -> np.ndarray:
    """Features float32 (n, 3) of one-hot uint8 (n, L, 4): GC share, its square, CpG observed/expected.

    Observed/expected is the number of CpG times the number of known bases, divided by the numbers of C and of G; 0 in a
    window without C or without G.
    """
    a, c, g, t = (np.count_nonzero(onehot[:, :, base], axis=1) for base in range(4))
    known = a + c + g + t
    pairs = (onehot[:, :-1, 1] & onehot[:, 1:, 2]).sum(axis=1, dtype=np.int64)
    gc = (c + g) / np.maximum(known, 1)
    return np.column_stack([gc, gc**2, pairs * known / np.maximum(c * g, 1)]).astype(np.float32)


def fit(data: Data) -> Fitted:
    return fit_best([Candidate("composition", features, standardised=True)], data)
