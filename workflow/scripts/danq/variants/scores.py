"""Scores of variants from the predictions of both alleles.

Predictions are averaged over both strands before they are compared, as in Selene and Basenji; kipoi-veff compares
first, which gives other log-odds. With a background of other variants, z-score and E-value are those of HumanBase
(https://humanbase.io/deepsea), which continues DeepSEA's web site. Its background is gnomAD (in 2015: 1000 Genomes).
"""

from __future__ import annotations

import numpy as np

CLIP = 1e-7  # probabilities are clipped to CLIP and 1 - CLIP for log-odds, because float32 has no values closer to 1


def difference(reference: np.ndarray, alternative: np.ndarray) -> np.ndarray:
    """Probability of the alternative allele minus that of the reference, float32 like both."""
    return alternative - reference


def log_odds(reference: np.ndarray, alternative: np.ndarray) -> np.ndarray:
    """Natural log-odds of the alternative allele minus those of the reference, float32 like both."""
    return (_logit(alternative) - _logit(reference)).astype(np.float32)


def _logit(probability: np.ndarray) -> np.ndarray:
    clipped = np.clip(probability.astype(np.float64), CLIP, 1 - CLIP)
    return np.log(clipped) - np.log1p(-clipped)


def strongest(differences: np.ndarray) -> np.ndarray:
    """Column int64 (n,) of the largest |difference| (n, T); the first of equal ones."""
    return np.abs(differences).argmax(axis=1)


class Background:
    """The differences of other variants, common or random ones, that scores are measured against.

    differences : float32 (m, T), at least one row; they are kept in memory, sorted
    """

    def __init__(self, differences: np.ndarray):
        self._sizes = np.sort(np.abs(differences), axis=0)
        self._rms = np.sqrt((differences.astype(np.float64) ** 2).mean(axis=0))

    def __len__(self) -> int:
        return len(self._sizes)

    def z(self, differences: np.ndarray) -> np.ndarray:
        """Differences (n, T) over their root mean square in the background, float32 (n, T); the sign is kept.

        Where the background never changes a target, 0 stays 0 and other differences become infinite.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(differences == 0, 0, differences / self._rms).astype(np.float32)

    def evalues(self, differences: np.ndarray) -> np.ndarray:
        """(k + 1) / (m + 1) for k of m background variants with as large a |difference| or a larger one.

        float32 (n, T). The smallest value is 1 / (m + 1), so that its logarithm is finite.
        """
        m, sizes = len(self), np.abs(differences)
        found = np.empty(differences.shape, np.float32)
        for target in range(differences.shape[1]):
            smaller = np.searchsorted(self._sizes[:, target], sizes[:, target], side="left")
            found[:, target] = (m - smaller + 1) / (m + 1)
        return found


def mean_log(evalues: np.ndarray) -> np.ndarray:
    """Mean of -log10 E over the targets, float32 (n,), from E-values (n, T)."""
    return -np.log10(evalues.astype(np.float64)).mean(axis=1).astype(np.float32)
