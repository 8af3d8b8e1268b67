"""Alleles that can be scored: one row per alternative allele, compared with the genome; the others are counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from ..data.genome import NIBBLE
from ..errors import UserError
from .contigs import Contigs
from .read import Record

# Why an allele is skipped; the first reason that holds counts.
REASONS = {
    "unknown_contig": "the genome does not have the contig",
    "missing": "no alternative allele (. or empty)",
    "star": "* (deleted by another variant)",
    "symbolic": "a symbolic allele, such as <DEL>",
    "breakend": "a breakend",
    "unknown_base": "an allele has another letter than A, C, G, T",
    "no_change": "the alternative allele is the reference allele",
    "off_contig": "the reference allele is not within the contig",
    "too_long": "an allele is longer than the window from the variant to its end",
    "ref_mismatch": "the reference allele is not the genome's",
}
MODES = ("skip", "swap", "keep")  # what to do about a reference allele that is not the genome's
SHARE, LEAST = 0.05, 20  # of alleles that may mismatch, among at least this number of compared ones
LIKELY = 0.8  # share of the mismatches that one cause must explain


@dataclass(frozen=True)
class Alleles:
    """Alleles of known bases on contigs of the genome, in the order of the file.

    record : int64 (n,), number of the record in the file, from 1
    contig : int32 (n,), rank in the genome
    start : int64 (n,), 0-based place of the first base of `ref`
    ids, refs, alts : texts; alleles in upper case
    ref_match : bool (n,), whether the file's reference allele is the genome's
    """

    record: np.ndarray
    contig: np.ndarray
    start: np.ndarray
    ids: list[str]
    refs: list[str]
    alts: list[str]
    ref_match: np.ndarray

    def __len__(self) -> int:
        return len(self.start)

    def __getitem__(self, rows: slice) -> Alleles:
        return Alleles(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass
class Counts:
    """What became of the alleles of a file.

    records, alleles : read
    skipped : number of alleles by reason, in the order of `REASONS`
    examples : the first skipped allele of each reason, as contig:position:ref>alt
    compared : alleles whose reference allele was compared with the genome
    mismatches : those of them that differ from it; each of them is skipped, swapped or kept
    swapped : mismatches whose alleles were exchanged
    shifted : mismatches that fit one base further right, as those of a 0-based table do
    reversed : mismatches whose alternative allele is the genome's
    """

    records: int = 0
    alleles: int = 0
    skipped: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    examples: dict[str, str] = field(default_factory=dict)
    compared: int = 0
    mismatches: int = 0
    swapped: int = 0
    shifted: int = 0
    reversed: int = 0

    @property
    def scored(self) -> int:
        """Alleles that are not skipped."""
        return self.alleles - sum(self.skipped.values())

    def add(self, other: Counts) -> None:
        """Add the counts of a later part of the same file."""
        for name in ("records", "alleles", "compared", "mismatches", "swapped", "shifted", "reversed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, number in other.skipped.items():
            self.skipped[reason] += number
        self.examples = other.examples | self.examples

    def check(self, path: str, mode: str) -> None:
        """Raise a UserError if no allele can be scored, or if more than 5 % of the reference alleles do not fit.

        With the mode `swap`, alleles that were exchanged fit; with `keep`, all do.
        """
        wrong = {"skip": self.mismatches, "swap": self.mismatches - self.swapped, "keep": 0}[mode]
        if self.compared >= LEAST and wrong > SHARE * self.compared:
            raise UserError(
                f"{path}: {wrong:,} of {self.compared:,} reference alleles are not the genome's; {self._cause()}"
            )
        if not self.scored:
            reasons = ", ".join(f"{REASONS[reason]}: {n:,}" for reason, n in self.skipped.items() if n)
            raise UserError(f"{path}: holds no variant that can be scored ({reasons or 'no records'}); check the file")

    def _cause(self) -> str:
        """The likely cause of many mismatches, and its fix."""
        if self.shifted >= LIKELY * self.mismatches:
            return "they fit one base further right, so the positions are 0-based; add 1 to each"
        if self.reversed >= LIKELY * self.mismatches:
            return (
                "the alternative alleles are the genome's, so the two are exchanged; "
                "correct the file or use --ref-mismatch=swap"
            )
        return "use variants and a genome of the same assembly"


@lru_cache(1 << 16)
def kind(allele: str) -> str:
    """ "" for an allele of A, C, G and T in upper or lower case, otherwise the reason to skip it."""
    if allele in (".", ""):
        return "missing"
    if allele == "*":
        return "star"
    if allele.startswith("<"):
        return "symbolic"
    if set(allele) & set("[]") or allele.startswith(".") or allele.endswith("."):
        return "breakend"
    return "" if set(allele) <= set("ACGTacgt") else "unknown_base"


class Bases:
    """Texts of A, C, G, T as nibbles in one row."""

    def __init__(self, texts: Sequence[str]):
        self.lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        self.begins = np.concatenate([[0], np.cumsum(self.lengths)])
        self.flat = NIBBLE[np.frombuffer("".join(texts).encode(), np.uint8)]

    def ramp(self, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the bases of some texts: which text (number within `index`), and the place in it."""
        lengths = self.lengths[index]
        text = np.repeat(np.arange(len(index)), lengths)
        return text, np.arange(len(text)) - np.repeat(np.cumsum(lengths) - lengths, lengths)

    def are_at(self, contigs: Contigs, contig: np.ndarray, start: np.ndarray) -> np.ndarray:
        """Whether each text is the genome's at its place, bool (n,); texts beyond a contig are not."""
        length = contigs.lengths[contig]
        same = (start >= 0) & (start + self.lengths <= length)
        for one in np.unique(contig[same]):
            index = np.flatnonzero(same & (contig == one))
            text, place = self.ramp(index)
            found = contigs.nibbles(one)[start[index][text] + place + contigs.margin]
            differ = found != self.flat[self.begins[index][text] + place]
            same[index[text[differ]]] = False
        return same


def checked(
    records: Sequence[Record], first: int, contigs: Contigs, longest: int, mode: str = "skip"
) -> tuple[Alleles, Counts]:
    """The alleles of consecutive records that can be scored, and what became of all of them.

    first : number of the first record in the file, from 0
    longest : allele in bp that can be scored
    mode : for reference alleles that are not the genome's: "skip" them; "swap" the two alleles where the alternative is
        the genome's, and skip the others; "keep" the file's allele, which then replaces the genome's bases
    """
    numbers, places, names, ids, refs, alts = [], [], [], [], [], []
    for number, record in enumerate(records, first + 1):
        for alt in record.alts or (".",):
            numbers.append(number)
            places.append(record.position - 1)
            names.append(record.contig)
            ids.append(record.id)
            refs.append(record.ref.upper())
            alts.append(alt.upper())
    counts = Counts(records=len(records), alleles=len(alts))
    contig = np.fromiter(map(contigs.rank, names), np.int32, len(names))
    start = np.array(places, np.int64)
    sizes = np.array([(len(ref), len(alt)) for ref, alt in zip(refs, alts, strict=True)], np.int64).reshape(-1, 2)
    reason = np.array([kind(alt) or kind(ref) for ref, alt in zip(refs, alts, strict=True)], object)
    same = np.fromiter((ref == alt for ref, alt in zip(refs, alts, strict=True)), bool, len(refs))
    reason[contig < 0] = "unknown_contig"
    ends = np.append(contigs.lengths, 0)[contig]
    for name, holds in (
        ("no_change", same),
        ("off_contig", (start < 0) | (start + sizes[:, 0] > ends)),
        ("too_long", sizes.max(axis=1, initial=0) > longest),
    ):
        reason[(reason == "") & holds] = name
    fit = np.flatnonzero(reason == "")
    match = Bases([refs[row] for row in fit]).are_at(contigs, contig[fit], start[fit])
    wrong = fit[~match]
    shifted = Bases([refs[row] for row in wrong]).are_at(contigs, contig[wrong], start[wrong] + 1)
    reverse = Bases([alts[row] for row in wrong]).are_at(contigs, contig[wrong], start[wrong])
    counts.compared, counts.mismatches = len(fit), len(wrong)
    counts.shifted, counts.reversed = int(shifted.sum()), int(reverse.sum())
    if mode == "swap":
        for row in wrong[reverse]:
            refs[row], alts[row] = alts[row], refs[row]
        counts.swapped = int(reverse.sum())
    if mode != "keep":
        reason[wrong[~reverse] if mode == "swap" else wrong] = "ref_mismatch"
    for row in np.flatnonzero(reason != "")[::-1]:
        counts.skipped[reason[row]] += 1
        counts.examples[reason[row]] = _shown(f"{names[row]}:{places[row] + 1}:{refs[row]}>{alts[row]}")
    kept = np.flatnonzero(reason == "")
    matching = np.ones(len(reason), bool)
    matching[wrong] = False
    chosen = [[texts[row] for row in kept] for texts in (ids, refs, alts)]
    return Alleles(np.array(numbers, np.int64)[kept], contig[kept], start[kept], *chosen, matching[kept]), counts


def _shown(text: str) -> str:
    """A text that fits into a cell of a table: short, without control characters."""
    return "".join(character if character.isprintable() else "?" for character in text[:100])
