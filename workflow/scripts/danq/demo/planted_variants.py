"""Variants with known effects: changes of planted motif sites, and changes beside them that should do nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..files import replacing
from ..motifs.meme import Motif

PER_CONTIG = 20  # variants of each kind and factor
RESTORED = 3.0  # bits that a restoring variant adds to the log-odds score of its site, at least
BESIDE = (15, 40)  # bp from a site to a neutral variant
FLOOR = 0.01  # added to probabilities in log-odds scores
LETTERS = np.frombuffer(b"ACGT", np.uint8)


@dataclass(frozen=True)
class Site:
    """A planted site: its factor, contig, 0-based start, and whether it lies on the reverse strand."""

    factor: str
    contig: str
    start: int
    reverse: bool


@dataclass(frozen=True)
class Planted:
    """A variant: 0-based place, alleles, and the change of its site's log-odds score in bits (0 for neutral ones)."""

    contig: str
    place: int
    ref: str
    alt: str
    factor: str
    kind: str
    bits: float


def planted_variants(
    sequences: Mapping[str, np.ndarray], sites: Sequence[Site], motifs: Mapping[str, Motif], seed: int
) -> list[Planted]:
    """Variants of three kinds, at most `PER_CONTIG` of each per factor and contig, in the order of the genome.

    disrupting : the strongest base of a site (the highest letter of the motif's logo that the site has) becomes the
        rarest one there
    restoring : a rare base of a site becomes the most frequent one there, which gains at least `RESTORED` bits
    neutral : a base beside a site, and in no site, becomes another one

    sequences : letters uint8 (length,) of each contig
    sites : all planted sites
    seed : the choice does not depend on how the genome was drawn
    """
    draw = np.random.default_rng([seed, 1])
    taken = {name: np.zeros(len(bases), bool) for name, bases in sequences.items()}
    for site in sites:
        taken[site.contig][site.start : site.start + len(motifs[site.factor].probabilities)] = True
    found: list[Planted] = []
    for contig, bases in sequences.items():
        for factor, motif in motifs.items():
            own = [site for site in sites if site.contig == contig and site.factor == factor]
            for change in (disrupting, restoring):
                order = draw.permutation(len(own))
                made = (change(own[i], motif, bases) for i in order)
                found += [variant for variant in made if variant][:PER_CONTIG]
            order = draw.permutation(len(own))[:PER_CONTIG]
            found += [neutral(own[i], motif, bases, taken[contig], draw) for i in order]
    rank = {name: number for number, name in enumerate(sequences)}
    return sorted(found, key=lambda one: (rank[one.contig], one.place, one.kind, one.alt))


def disrupting(site: Site, motif: Motif, bases: np.ndarray) -> Planted:
    """The strongest base of the site becomes the rarest one."""
    oriented, codes = _oriented(site, motif, bases)
    column = int(oriented.bits()[np.arange(len(codes)), codes].argmax())
    return _changed(site, oriented, codes, column, int(oriented.probabilities[column].argmin()))


def restoring(site: Site, motif: Motif, bases: np.ndarray) -> Planted | None:
    """The base that costs the site most becomes the most frequent one; None if it costs less than `RESTORED` bits."""
    oriented, codes = _oriented(site, motif, bases)
    scores = _log_odds(oriented)
    column = int((scores.max(axis=1) - scores[np.arange(len(codes)), codes]).argmax())
    made = _changed(site, oriented, codes, column, int(scores[column].argmax()))
    return made if made.bits >= RESTORED else None


def neutral(site: Site, motif: Motif, bases: np.ndarray, taken: np.ndarray, draw: np.random.Generator) -> Planted:
    """A base beside the site becomes another one. `taken` bool (length,) says which bases are in a site."""
    least, most = BESIDE
    end = site.start + len(motif.probabilities)
    near = np.r_[site.start - most : site.start - least, end + least - 1 : end + most - 1]
    place = int(draw.choice(near[~taken[near]]))
    ref = chr(bases[place])
    alt = "ACGT"[("ACGT".index(ref) + int(draw.integers(1, 4))) % 4]
    return Planted(site.contig, place, ref, alt, site.factor, "neutral", 0.0)


def _oriented(site: Site, motif: Motif, bases: np.ndarray) -> tuple[Motif, np.ndarray]:
    """The motif on the site's strand, and the site's bases as codes (0 to 3 for A, C, G, T) on the forward strand."""
    oriented = motif.reverse_complement() if site.reverse else motif
    letters = bases[site.start : site.start + len(oriented.probabilities)]
    return oriented, np.searchsorted(LETTERS, letters)


def _log_odds(motif: Motif) -> np.ndarray:
    return np.log2(motif.probabilities + FLOOR)


def _changed(site: Site, motif: Motif, codes: np.ndarray, column: int, code: int) -> Planted:
    scores = _log_odds(motif)[column]
    bits = float(scores[code] - scores[codes[column]])
    kind = "restoring" if bits > 0 else "disrupting"
    ref, alt = "ACGT"[codes[column]], "ACGT"[code]
    return Planted(site.contig, site.start + column, ref, alt, site.factor, kind, bits)


def write_planted(path: str | Path, variants: Sequence[Planted], lengths: Mapping[str, int]) -> None:
    """Write the variants as VCF, with the factor, the kind and the bits as INFO."""
    header = [
        "##fileformat=VCFv4.3",
        *(f"##contig=<ID={name},length={length}>" for name, length in lengths.items()),
        '##INFO=<ID=FACTOR,Number=1,Type=String,Description="Factor whose planted site is changed, or is beside it">',
        '##INFO=<ID=KIND,Number=1,Type=String,Description="disrupting, restoring or neutral">',
        '##INFO=<ID=BITS,Number=1,Type=Float,Description="Change of the site\'s log-odds score">',
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO",
    ]
    numbers: dict[tuple[str, str], int] = {}
    lines = []
    for one in variants:
        number = numbers[one.factor, one.kind] = numbers.get((one.factor, one.kind), 0) + 1
        name = f"{one.factor}_{one.kind}_{number}"
        info = f"FACTOR={one.factor};KIND={one.kind};BITS={one.bits:.2f}"
        lines.append(f"{one.contig}\t{one.place + 1}\t{name}\t{one.ref}\t{one.alt}\t.\t.\t{info}")
    with replacing(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in header + lines), encoding="utf-8")
