"""Saturation mutagenesis in silico: what a model predicts when each base of a window is replaced by each other one.

The importance of a base is the logit of the sequence minus the mean logit of its three substitutions there. This is
what `ism_matrix` of AlphaGenome (https://github.com/google-deepmind/alphagenome) computes. tangermeme's
`saturation_mutagenesis` subtracts the mean over all four bases, which gives 3/4 of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import logit
from tqdm import tqdm

from ..data.sources import Source
from ..errors import UserError
from ..runtime.ensembles import Ensemble
from .mutants import TURNS, Mutants

CLIP = 1e-7  # probabilities are clipped to CLIP and 1 - CLIP for logits, because float32 has no values closer to 1


def mutated(
    ensemble: Ensemble,
    source: Source,
    begin: int = 0,
    end: int | None = None,
    columns: Sequence[int] | None = None,
    progress: tqdm | None = None,
) -> Iterator[tuple[slice, np.ndarray]]:
    """Predict windows with every base at every position `begin` to `end` - 1: rows and float32 (n, end - begin, 4, T).

    Entry [i, j, b, t] is the probability of target t for window i with base b (A, C, G, T) at position `begin` + j.
    With the window's own base, it is that of the window itself; so it is for all bases where the window's is unknown.
    Only the sequences of some windows are in memory at a time, whatever their number.

    begin, end : as in `Mutants`
    columns : of the wanted targets; default: all
    progress : a progress bar over sequences, which is moved on; default: one of its own

    Values that are not numbers are a UserError.
    """
    mutants = Mutants(source, begin, end)
    done, waiting = 0, None
    for _, found in ensemble.means(mutants, " mutants", progress):
        check_numbers(found, ensemble)
        found = found if columns is None else found[:, list(columns)]
        waiting = found if waiting is None else np.concatenate([waiting, found])
        n = len(waiting) // mutants.size
        if n:
            rows = slice(done, done + n)
            yield rows, _by_base(waiting[: n * mutants.size], bases_of(source, rows, mutants.begin, mutants.end))
            done, waiting = rows.stop, waiting[n * mutants.size :]


def check_numbers(values: np.ndarray, ensemble: Ensemble) -> None:
    """Raise a UserError if predictions are not numbers."""
    if not np.isfinite(values).all():
        paths = ", ".join(map(str, ensemble.paths))
        raise UserError(f"{paths}: predicts values that are not numbers (NaN); train again")


def bases_of(source: Source, rows: slice, begin: int = 0, end: int | None = None) -> np.ndarray:
    """The bases of windows at the positions `begin` to `end` - 1, one-hot uint8 (n, end - begin, 4)."""
    return source.onehot(rows, dtype=np.uint8)[:, begin:end]


def _by_base(found: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """Probabilities of n windows and their mutants (n (1 + 3 L'), T), ordered by base: (n, L', 4, T)."""
    n, length, _ = bases.shape
    found = found.reshape(n, 1 + TURNS * length, -1)
    ordered = np.repeat(np.repeat(found[:, :1, None], length, axis=1), 4, axis=2)
    window, place, base = np.nonzero(bases)
    mutants = found[:, 1:].reshape(n, length, TURNS, -1)
    for turn in range(TURNS):
        ordered[window, place, (base + turn + 1) % 4] = mutants[window, place, turn]
    return ordered


def present(probabilities: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """Values (n, L', T) of the windows' own bases, of values (n, L', 4, T) for each base."""
    own = bases.argmax(axis=2)[:, :, None, None]  # of an unknown base, all four are equal
    return np.take_along_axis(probabilities, own, axis=2)[:, :, 0]


def importance(probabilities: np.ndarray, bases: np.ndarray) -> np.ndarray:
    """Logit of each window minus the mean logit of its three substitutions at a position: float64 (n, L', T).

    It is positive where the window's base raises the prediction, and 0 where the base is unknown.

    probabilities : (n, L', 4, T), of `mutated`
    bases : one-hot (n, L', 4), of `bases_of`
    """
    logits = logit(np.clip(probabilities.astype(np.float64), CLIP, 1 - CLIP))
    own = present(logits, bases)
    return (4 * own - logits.sum(axis=2)) / TURNS
