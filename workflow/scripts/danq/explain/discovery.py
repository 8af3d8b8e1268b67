"""Motifs from contributions: TF-MoDISco, as modisco-lite implements it.

Shrikumar et al., arXiv:1811.00416; https://github.com/jmschrei/tfmodisco-lite (version 3). It cuts stretches with
large contributions (seqlets) out of the windows, clusters them by their hypothetical contributions, and merges each
cluster to a pattern; stretches that raise the prediction and those that lower it are apart (metaclusters). A pattern is
made of 50 bp around each seqlet, so that seqlets near a window's end are lost.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ..errors import UserError

log = logging.getLogger(__name__)
CORE, FLANK = 21, 10  # bp of a seqlet: its core, and what is added on both sides
FEWEST_SEQLETS = 100  # modisco-lite looks for patterns among more than these
# What modisco-lite raises for contributions without any structure; leidenalg raises BaseException itself.
UNSTRUCTURED = (ValueError, IndexError, ZeroDivisionError, BaseException)
SIGNS = {"positive": "pos_patterns", "negative": "neg_patterns"}  # names of modisco-lite's groups


@dataclass(frozen=True)
class Settings:
    """What decides on the patterns.

    max_seqlets : largest number of seqlets of each sign; modisco-lite takes those with the largest contributions
    window : bp in the middle of each window that are used; None for all
    """

    max_seqlets: int = 20_000
    window: int | None = None


@dataclass(frozen=True)
class Cut:
    """What patterns are looked for in.

    onehot, hypothetical : float32 (n, w, 4), the middle of the used windows
    rows : the used windows, int64 (n,)
    begin : first position in the windows
    dropped : number of windows by reason
    """

    onehot: np.ndarray
    hypothetical: np.ndarray
    rows: np.ndarray
    begin: int
    dropped: dict[str, int]


def check_installed() -> None:
    """Raise a UserError if modisco-lite is missing."""
    if find_spec("modiscolite") is None:
        raise UserError("modisco-lite is not installed; run `make environment MODISCO=1`, or use --sdm conda")


def cut(onehot: np.ndarray, hypothetical: np.ndarray, window: int | None = None) -> Cut:
    """The middle of the windows that modisco-lite can work with.

    Windows with an unknown base, and those without any contribution, become NaN in its weights, and are dropped.

    onehot, hypothetical : (n, L, 4)
    window : bp; more than the windows have, or too few for a seqlet, is a UserError

    A hypothetical contribution that is not a number is a UserError.
    """
    length = onehot.shape[1]
    window = length if window is None else window
    if window > length:
        raise UserError(f"the contributions are of windows of {length} bp, fewer than {window}; give a smaller window")
    if window < CORE + 2 * FLANK:
        raise UserError(
            f"a window of {window} bp is too short for TF-MoDISco, whose seqlets have {CORE + 2 * FLANK} bp"
        )
    if not np.isfinite(hypothetical).all():
        raise UserError("the hypothetical contributions hold values that are not numbers (NaN); attribute again")
    begin = (length - window) // 2
    middle = slice(begin, begin + window)
    onehot, hypothetical = onehot[:, middle], hypothetical[:, middle]
    unknown = ~onehot.any(axis=2).all(axis=1)
    flat = ~unknown & ~(onehot * hypothetical).any(axis=(1, 2))
    rows = np.flatnonzero(~unknown & ~flat)
    dropped = {"unknown bases": int(unknown.sum()), "no contribution": int(flat.sum())}
    for reason, count in dropped.items():
        if count:
            log.warning("%d of %d windows have %s, and are left out", count, len(onehot), reason)
    return Cut(onehot[rows].astype(np.float32), hypothetical[rows].astype(np.float32), rows, begin, dropped)


def discover(given: Cut, settings: Settings, path: str | Path, threads: int | None = None) -> dict[str, int]:
    """Find patterns and write them as modisco-lite does; the number of patterns of each sign.

    Finding nothing is no error: the file then has no pattern of this sign, and the log says why.

    threads : of the CPU; default: all. The result does not depend on it.
    """
    check_installed()
    import modiscolite.io
    import numba

    if threads:
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    found = _search(given, settings)
    modiscolite.io.save_hdf5(path, *(found.get(sign) for sign in SIGNS), given.onehot.shape[1])
    return {sign: len(found.get(sign) or ()) for sign in SIGNS}


def _search(given: Cut, settings: Settings) -> dict[str, list | None]:
    """The patterns of each sign as modisco-lite's objects; None of a sign with too few seqlets."""
    import modiscolite.tfmodisco

    windows = len(given.rows)
    if windows * (given.onehot.shape[1] // (CORE + 2 * FLANK)) <= FEWEST_SEQLETS:
        log.warning("%d windows have too few seqlets for TF-MoDISco; attribute more windows", windows)
        return {}
    try:
        patterns = modiscolite.tfmodisco.TFMoDISco(
            given.onehot,
            given.hypothetical,
            sliding_window_size=CORE,
            flank_size=FLANK,
            min_metacluster_size=FEWEST_SEQLETS,
            max_seqlets_per_metacluster=settings.max_seqlets,
        )
    except BaseException as error:
        if type(error) not in UNSTRUCTURED:
            raise
        log.warning("no pattern: the contributions of these %d windows have no structure (%s)", windows, error)
        return {}
    found = dict(zip(SIGNS, patterns, strict=True))
    for sign, some in found.items():
        if not some:
            why = f"not more than {FEWEST_SEQLETS} seqlets" if some is None else "no cluster with a motif"
            log.log(logging.INFO if any(found.values()) else logging.WARNING, "no %s pattern: %s", sign, why)
    return found
