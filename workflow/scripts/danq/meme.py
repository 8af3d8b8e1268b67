"""Motifs, and the MEME format that carries them between tools."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .errors import UserError
from .files import existing, replacing
from .onehot import ALPHABET

IUPAC = {frozenset(bases): code for code, bases in {
    "A": "A", "C": "C", "G": "G", "T": "T", "R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC",
    "B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT",
}.items()}  # fmt: skip


@dataclass(frozen=True)
class Motif:
    """A position weight matrix: probabilities float64 (width, 4), columns A, C, G, T; `sites` behind it."""

    name: str
    probabilities: np.ndarray
    sites: int

    @classmethod
    def from_counts(cls, name: str, counts: np.ndarray) -> Motif:
        """From counts (width, 4); a place without any known base becomes uniform."""
        total = counts.sum(axis=1, keepdims=True)
        return cls(name, np.where(total > 0, counts / np.maximum(total, 1), 0.25), int(total.max(initial=0)))

    def bits(self) -> np.ndarray:
        """Heights of a logo's letters (width, 4): probability times the place's information in bits,
        against a uniform background (Schneider & Stephens 1990, without small-sample correction)."""
        p = self.probabilities
        terms = np.where(p > 0, p * np.log2(np.where(p > 0, p, 1)), 0)
        return p * (2 + terms.sum(axis=1, keepdims=True))

    @property
    def information(self) -> float:
        """Information content in bits, all places together."""
        return float(self.bits().sum())

    @property
    def consensus(self) -> str:
        """One letter a place: the smallest set of bases that make up three quarters, N for all four."""
        letters = []
        for p in self.probabilities:
            order = np.argsort(-p, kind="stable")
            enough = int(np.searchsorted(np.cumsum(p[order]), 0.75 - 1e-9)) + 1
            letters.append(IUPAC[frozenset(ALPHABET[i] for i in order[: min(enough, 4)])])
        return "".join(letters)

    def reverse_complement(self) -> Motif:
        return Motif(self.name, self.probabilities[::-1, ::-1], self.sites)


def write_meme(path: str | Path, motifs: Iterable[Motif]) -> None:
    """Write motifs in minimal MEME format, version 4, with a uniform background."""
    lines = ["MEME version 4", "", "ALPHABET= ACGT", "", "strands: + -", ""]
    lines += ["Background letter frequencies", "A 0.25 C 0.25 G 0.25 T 0.25", ""]
    for motif in motifs:
        lines += [f"MOTIF {motif.name}", ""]
        lines += [f"letter-probability matrix: alength= 4 w= {len(motif.probabilities)} nsites= {motif.sites} E= 0"]
        lines += [" ".join(f"{value:.6f}" for value in row) for row in motif.probabilities] + [""]
    with replacing(path) as temporary:
        temporary.write_text("\n".join(lines))


def is_meme(path: str | Path) -> bool:
    with existing(path, "motif file").open("rb") as file:
        return file.read(12) == b"MEME version"


def read_meme(path: str | Path) -> list[Motif]:
    """The motifs of a MEME file with the alphabet A, C, G, T."""
    lines = existing(path, "MEME file").read_text().splitlines()
    motifs, name = [], ""
    for i, line in enumerate(lines):
        if line.startswith("MOTIF"):
            name = line.split()[1]
        elif line.startswith("letter-probability matrix"):
            facts = dict(re.findall(r"(\w+)=\s*(\S+)", line))
            width = int(facts["w"])
            try:
                matrix = np.array([row.split()[:4] for row in lines[i + 1 : i + 1 + width]], float)
                if matrix.shape != (width, 4):
                    raise ValueError("too few rows or columns")
            except ValueError as error:
                raise UserError(f"{path}, line {i + 1}: the matrix of {name} cannot be read ({error})") from error
            motifs.append(Motif(name, matrix, int(float(facts.get("nsites", 20)))))
    return motifs
