"""Effects of variants: the predictions of both alleles, and the scores that compare them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import scores
from .checked import Alleles
from .scores import Background


@dataclass(frozen=True)
class Effects:
    """Effects of some alleles on T chosen targets.

    alleles : n of them
    matrices : float32 (n, T) by name: p_ref, p_alt, difference, log_odds and, with a background, z and e_value
    best : int64 (n,), column of the largest |difference|
    mean_log_e : float32 (n,), mean of -log10 E over the targets; None without a background
    """

    alleles: Alleles
    matrices: dict[str, np.ndarray]
    best: np.ndarray
    mean_log_e: np.ndarray | None


def compared(alleles: Alleles, p_ref: np.ndarray, p_alt: np.ndarray, background: Background | None) -> Effects:
    """The effects of alleles from the probabilities float32 (n, T) of both alleles."""
    difference = scores.difference(p_ref, p_alt)
    matrices = {
        "p_ref": p_ref,
        "p_alt": p_alt,
        "difference": difference,
        "log_odds": scores.log_odds(p_ref, p_alt),
    }
    mean_log_e = None
    if background is not None:
        matrices["z"], matrices["e_value"] = background.z(difference), background.evalues(difference)
        mean_log_e = scores.mean_log(matrices["e_value"])
    return Effects(alleles, matrices, scores.strongest(difference), mean_log_e)
