"""Motifs, and files in MEME and JASPAR format to exchange them with other tools."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..data.onehot import ALPHABET
from ..errors import UserError
from ..files import existing, replacing

UNIFORM = (0.25, 0.25, 0.25, 0.25)
IUPAC = {frozenset(bases): code for code, bases in {
    "A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}.items()}  # fmt: skip


def filter_name(filter: int) -> str:
    """`filter_001` for filter 0."""
    return f"filter_{filter + 1:03d}"


def small_sample(sites: int) -> float:
    """Bits of information that a position of `sites` random bases shows on average: e(n) of Schneider et al. 1986.

    0 if the number of sites is unknown (0).
    """
    return 3 / (2 * math.log(2) * sites) if sites else 0.0


@dataclass(frozen=True)
class Motif:
    """A position weight matrix.

    probabilities : float64 (width, 4), columns A, C, G, T
    sites : number of sites that it was made from; 0 if unknown
    background : probabilities of A, C, G, T that its information is relative to
    """

    name: str
    probabilities: np.ndarray
    sites: int
    background: tuple[float, ...] = UNIFORM

    @classmethod
    def from_counts(
        cls, name: str, counts: np.ndarray, pseudocount: float = 0.0, background: Sequence[float] = UNIFORM
    ) -> Motif:
        """The motif of counts (width, 4); a position without known bases has the background's probabilities.

        pseudocount : added to each base with a uniform background; otherwise, four times this is distributed according
            to the background
        """
        sites = int(counts.sum(axis=1).max(initial=0))
        counts = counts + 4 * pseudocount * np.array(background)
        total = counts.sum(axis=1, keepdims=True)
        return cls(name, np.where(total > 0, counts / np.maximum(total, 1e-9), background), sites, tuple(background))

    def bits(self) -> np.ndarray:
        """Heights of a logo's letters in bits (width, 4): probability times the position's information.

        A position's information is its relative entropy to the background (Schneider & Stephens 1990) minus what a
        random position shows with this number of sites (`small_sample`), and at least 0.
        """
        p = self.probabilities
        terms = np.where(p > 0, p * np.log2(np.where(p > 0, p, 1) / np.array(self.background)), 0)
        return p * (terms.sum(axis=1, keepdims=True) - small_sample(self.sites)).clip(0)

    @property
    def information(self) -> float:
        """Information content in bits, the sum over all positions."""
        return float(self.bits().sum())

    @property
    def consensus(self) -> str:
        """One IUPAC letter per position: the fewest bases with a total probability of at least 0.75.

        N if that takes three bases whose total is below 0.9.
        """
        letters = []
        for p in self.probabilities:
            order = np.argsort(-p, kind="stable")
            shares = np.cumsum(p[order])
            enough = int(np.searchsorted(shares, 0.75 - 1e-9)) + 1
            if enough >= 3 and shares[2] < 0.9 - 1e-9:
                enough = 4
            letters.append(IUPAC[frozenset(ALPHABET[i] for i in order[: min(enough, 4)])])
        return "".join(letters)

    def part(self, places: range) -> Motif:
        """The motif of these positions (from 0)."""
        return replace(self, probabilities=self.probabilities[places.start : places.stop])

    def reverse_complement(self) -> Motif:
        return replace(self, probabilities=self.probabilities[::-1, ::-1], background=self.background[::-1])


def write_meme(path: str | Path, motifs: Iterable[Motif], titles: Mapping[str, str] | None = None) -> None:
    """Write motifs with the same background in minimal MEME format, version 4.

    titles : second names by name, such as the factor of a JASPAR matrix
    """
    motifs = list(motifs)
    background = motifs[0].background if motifs else UNIFORM
    lines = ["MEME version 4", "", "ALPHABET= ACGT", "", "strands: + -", "", "Background letter frequencies"]
    lines += [" ".join(f"{base} {share:.6g}" for base, share in zip(ALPHABET, background, strict=True)), ""]
    for motif in motifs:
        lines += [f"MOTIF {motif.name} {(titles or {}).get(motif.name, '')}".rstrip(), ""]
        sites = f"nsites= {motif.sites} " if motif.sites else ""
        lines += [f"letter-probability matrix: alength= 4 w= {len(motif.probabilities)} {sites}E= 0"]
        lines += [" ".join(f"{value:.6f}" for value in row) for row in motif.probabilities] + [""]
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines), encoding="utf-8")


def write_counts(path: str | Path, counts: Mapping[str, np.ndarray]) -> None:
    """Write count matrices (width, 4) by name in JASPAR format, one row per base."""
    lines = []
    for name, matrix in counts.items():
        lines.append(f">{name}")
        lines += [f"{base} [ {' '.join(map(str, row))} ]" for base, row in zip(ALPHABET, matrix.T, strict=True)]
    with replacing(path) as temporary:
        temporary.write_text("\n".join([*lines, ""]), encoding="utf-8")


def is_meme(path: str | Path) -> bool:
    """Whether the file begins as a MEME file."""
    with existing(path, "motif file").open("rb") as file:
        return file.read(12) == b"MEME version"


def read_meme(path: str | Path) -> list[Motif]:
    """The motifs of a MEME file with the alphabet A, C, G, T."""
    return [motif for motif, _ in read_titled(path)]


def read_titled(path: str | Path) -> list[tuple[Motif, str]]:
    """The motifs of a MEME file, each with its second name ("" if it has none)."""
    try:
        lines = existing(path, "MEME file").read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: not a text file in UTF-8 ({error.reason} at byte {error.start})") from None
    if not any(line.startswith("MEME version") for line in lines):
        looks = "JASPAR or HOMER format" if any(line.startswith(">") for line in lines) else "another format"
        raise UserError(f"{path}: not a MEME file, but in {looks}; convert it to MEME format, such as by jaspar2meme")
    background, motifs, name, title = UNIFORM, [], "", ""
    waiting = False  # for the matrix of the last MOTIF line
    for i, line in enumerate([*lines, "MOTIF"]):
        if line.startswith("Background letter frequencies"):
            background = _background(path, lines, i)
        elif line.startswith("MOTIF"):
            if waiting:
                raise UserError(f"{path}: {name} has no letter-probability matrix; log-odds are no motif")
            name, title = (*line.removeprefix("MOTIF").split(None, 1), "", "")[:2]
            waiting = True
        elif line.startswith("letter-probability matrix"):
            facts = dict(re.findall(r"(\w+)=\s*(\S+)", line))
            matrix = _matrix(path, lines, i, name, facts.get("w"))
            motifs.append((Motif(name, matrix, int(float(facts.get("nsites", 0))), background), title.strip()))
            waiting = False
    return motifs


def _matrix(path: str | Path, lines: list[str], i: int, name: str, width: str | None) -> np.ndarray:
    """The probabilities (width, 4) after line i; without a width, all consecutive rows of numbers."""
    rows = [line.split() for line in lines[i + 1 :][: int(width) if width and width.isdigit() else None]]
    if width is None:
        ends = [k for k, row in enumerate(rows) if not row or not row[0][0].isdigit()]
        rows = rows[: ends[0]] if ends else rows
    try:
        matrix = np.array(rows, float)
        if matrix.shape != (int(width or len(rows)), 4):
            raise ValueError("too few rows or columns")
    except ValueError as error:
        raise UserError(f"{path}, line {i + 1}: the matrix of {name} cannot be read ({error})") from error
    return matrix


def _background(path: str | Path, lines: list[str], i: int) -> tuple[float, ...]:
    words = " ".join(lines[i + 1 : i + 3]).split()  # on one line or two
    try:
        shares = dict(zip(words[0:8:2], map(float, words[1:8:2]), strict=True))
        return tuple(shares[base] for base in ALPHABET)
    except (ValueError, KeyError):
        raise UserError(f"{path}, line {i + 1}: the background of A, C, G and T is missing") from None
