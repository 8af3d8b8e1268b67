"""Chooses bin, window and bins to keep by the measured peaks, each with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .survey import BINS, Measured

BROAD = 2_000  # bp; half of the peaks of a broad mark are longer
ENOUGH = 0.95  # share of the peaks that must make a bin positive, mean over targets
SMALL_GENOME = 200_000_000  # bp
WINDOWS = {False: 1_000, True: 500}  # bp, by whether the genome is small
BROAD_WINDOWS = {False: 2_000, True: 1_000}
FEW = 5_000  # training windows
SAME = 0.5  # a target that is positive in more of the kept bins hardly differs from "any"


@dataclass(frozen=True)
class Choice:
    """A value of the config and why it was chosen."""

    value: int | str
    reason: str


def is_broad(measured: Measured) -> bool:
    return measured.width >= BROAD


def choose_bin(measured: Sequence[Measured], fixed: int | None = None) -> Choice:
    """The largest bin in which 95 % of the peaks make a bin positive, mean over targets, and at most 200 bp.

    If all targets are broad marks, 500 bp: their neighbouring bins have nearly the same labels.
    """
    if fixed is not None:
        return Choice(fixed, "as given")
    broad = all(map(is_broad, measured))
    for size in BINS if broad else BINS[1:]:
        share = float(np.mean([one.kept[size] for one in measured]))
        if share >= ENOUGH:
            break
    usual = int(np.median([one.width for one in measured]))
    if broad and size == BINS[0]:
        return Choice(
            size, f"all peaks are broad (median {usual:,} bp), so neighbouring bins have nearly the same labels"
        )
    short = "" if size >= 200 else f"; with bins of {BINS[BINS.index(size) - 1]} bp too many would be missed"
    return Choice(size, f"{share:.0%} of the peaks (median {usual:,} bp) make a bin of this size positive{short}")


def bin_for_all(measured: Sequence[Measured]) -> int:
    """The largest size of bins in which 95 % of the peaks of every target make a bin positive; 0 if there is none."""
    return next((size for size in BINS if all(one.kept[size] >= ENOUGH for one in measured)), 0)


def smaller(bin: int) -> int | None:
    """The next smaller size of bins that gives more windows per site, down to 50 bp; None if there is none."""
    return next((size for size in BINS if size < bin and size >= 50), None)


def choose_window(measured: Sequence[Measured], genome_size: int, bin: int, fixed: int | None = None) -> Choice:
    """1,000 bp as published, 500 bp for a small genome; twice as much if all targets are broad marks."""
    if fixed is not None:
        return Choice(fixed, "as given")
    small = genome_size < SMALL_GENOME
    broad = all(map(is_broad, measured))
    size = (BROAD_WINDOWS if broad else WINDOWS)[small]
    size += (size - bin) % 2
    why = "the genome is small, and short windows reduce overfitting" if small else "the usual length for large genomes"
    return Choice(size, f"{why}{', doubled for broad marks' if broad else ''}")


def choose_keep(prevalence: np.ndarray, fixed: str | None = None) -> Choice:
    """Which bins are used: `any` (with a peak of any target) or `all`.

    prevalence : of each target, its share of the bins with a peak of any target
    """
    if fixed:
        return Choice(fixed, "as given")
    if len(prevalence) == 1:
        return Choice(
            "all", "with one target, every bin with a peak would be positive; AUROC says whether there is a peak"
        )
    if len(prevalence) == 2:
        return Choice(
            "all", "with two targets, few bins with a peak would be negative; AUROC says whether there is a peak"
        )
    if np.median(prevalence) > SAME:
        return Choice("all", "most targets have their peaks in the same bins; AUROC says whether there is a peak")
    return Choice("any", "bins with a peak of at least one target; AUROC says which target has a peak there")


def finer(bin: int, windows: int) -> Choice | None:
    """Smaller bins where there are few training windows; None if there are enough, or bins are short already."""
    size = smaller(bin)
    if windows >= FEW or size is None:
        return None
    reason = (
        f"bins of {bin} bp give only {windows:,} training windows; in shorter ones, each site is seen several times"
    )
    return Choice(size, reason)
