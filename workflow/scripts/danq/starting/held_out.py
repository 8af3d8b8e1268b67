"""Proposes which contigs to hold out for validation and test, by their sizes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .assemblies import Assembly

TEST, VALID = 0.10, 0.08  # shares of the genome to aim at
SMALL = 0.01  # share of the genome below which a contig is held out only with many others
SCATTERED = 0.04  # share of the largest contig of a genome of many small ones
NOT_HELD_OUT = re.compile(
    r"(?:chr)?(?:M|MT|Mito|Mt|Pt|X|Y|Z|W|C|Un|EBV)(?:_.*)?|.*_(?:random|alt|fix|hap\d*)|chrUn.*", re.I
)


@dataclass(frozen=True)
class HeldOut:
    """Contigs or regions (1-based, both ends included) for test and validation, their shares, and why these."""

    test: list[str]
    valid: list[str]
    test_share: float
    valid_share: float
    reason: str


def propose(contigs: Mapping[str, int], with_peaks: Collection[str], assembly: Assembly | None) -> HeldOut:
    """Hold out whole contigs: about 10 % of the genome to test on and 8 % to validate on.

    Of human assemblies, chr8 and chr9 and chr7, as published. Otherwise the one or two contigs nearest to these shares;
    where all contigs are small, every tenth by size; where fewer than three are large, the end of the largest.
    Sex chromosomes, organelles, unplaced contigs and those without peaks stay in training.
    """
    total = sum(contigs.values())
    if assembly and assembly.test:
        names = {name.removeprefix("chr"): name for name in contigs}
        if all(name in names and names[name] in with_peaks for name in assembly.test + assembly.valid):
            test, valid = ([names[name] for name in part] for part in (assembly.test, assembly.valid))
            return _of(contigs, test, valid, "as in the published DeepSEA and DanQ")
    candidates = {
        name: length
        for name, length in contigs.items()
        if name in with_peaks and (len(contigs) <= 3 or not NOT_HELD_OUT.fullmatch(name))
    }
    large = {name: length for name, length in candidates.items() if length >= SMALL * total}
    if len(candidates) >= 20 and max(candidates.values()) < SCATTERED * total:
        return _scattered(contigs, candidates)
    if len(large) < 3:
        return _ends(contigs, max(large or contigs, key=contigs.__getitem__))
    test = _nearest(large, TEST * total)
    valid = _nearest({name: length for name, length in large.items() if name not in test}, VALID * total, leave=1)
    return _of(contigs, test, valid, f"whole contigs nearest to {TEST:.0%} and {VALID:.0%} of the genome")


def _of(contigs: Mapping[str, int], test: Sequence[str], valid: Sequence[str], reason: str) -> HeldOut:
    total = sum(contigs.values())
    order = list(contigs)
    test, valid = (sorted(part, key=order.index) for part in (test, valid))
    shares = [sum(contigs[name] for name in part) / total for part in (test, valid)]
    return HeldOut(test, valid, *shares, reason)


def _nearest(contigs: Mapping[str, int], size: float, leave: int = 2) -> list[str]:
    """The contig, or the two, whose size is nearest, to a hundredth of it; of equals, fewer and later ones.

    At least `leave` contigs are left, and one more for training.
    """
    names = list(contigs)
    sets = [[name] for name in names]
    if len(names) - 2 >= leave + 1:
        sets += [list(pair) for pair in combinations(names, 2)]
    return min(reversed(sets), key=lambda one: (round(abs(sum(contigs[name] for name in one) / size - 1), 2), len(one)))


def _scattered(contigs: Mapping[str, int], candidates: Mapping[str, int]) -> HeldOut:
    """Every tenth contig by size for each part."""
    ordered = sorted(candidates, key=candidates.__getitem__, reverse=True)
    return _of(contigs, ordered[4::10], ordered[9::10], "every tenth contig by size, since all are small")


def _ends(contigs: Mapping[str, int], largest: str) -> HeldOut:
    """The last tenth of the largest contig for the test, and what lies before it for validation."""
    length, total = contigs[largest], sum(contigs.values())
    size = min(total, length) / 10
    first_test, first_valid = int(length - size), int(length - 2 * size)
    test, valid = f"{largest}:{first_test + 1}-{length}", f"{largest}:{first_valid + 1}-{first_test}"
    reason = f"the genome has too few large contigs to hold out whole ones, so the last fifth of {largest}"
    return HeldOut([test], [valid], (length - first_test) / total, (first_test - first_valid) / total, reason)
