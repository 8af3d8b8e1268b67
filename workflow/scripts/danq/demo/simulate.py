"""Simulates the demo data: a small genome with real motifs planted at the peaks of simulated experiments.

Regulatory elements are scattered over a random genome. Promoters and enhancers have different
transcription factors, and each factor's JASPAR motif is planted where it binds. Two bound factors open
an element (DNase). Promoters are GC-rich and have a broad histone mark. As in real data, a model can
predict TF targets from motifs, and the histone mark from base composition and neighbouring motifs.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..files import replacing
from ..motifs.jaspar import one_matrix
from ..motifs.meme import Motif, write_meme
from .planted_sites import write_sites
from .planted_variants import Site, planted_variants, write_planted

RELEASE = "JASPAR2024"
# Factor: JASPAR matrix. Each kind of element binds each of its factors with probability `BOUND`.
PROMOTER = {"NRF1": "MA0506", "ZNF143": "MA0088", "RFX5": "MA0510", "SRF": "MA0083"}
ENHANCER = {"CTCF": "MA0139", "REST": "MA0138", "CEBPB": "MA0466", "HNF1A": "MA0046"}
BOUND = 0.5
OPENERS = 2  # bound factors needed to open an element
PROMOTERS = 0.45  # share of promoters among the elements
ELEMENT, SPACING = 1000, 2400  # bp: width of an element, and mean distance between elements
MARK = 1400  # bp that the histone mark covers
TF_PEAK = 200  # bp
SHIFT = 12  # bp, spread of a peak's summit around its motif
MISSED = 0.03  # share of sites without a peak
GC, PROMOTER_GC = 0.41, 0.50


@dataclass
class Peak:
    contig: str
    start: int
    end: int
    signal: float


def simulate(folder: str | Path, contigs: int = 6, contig_length: int = 1_200_000, seed: int = 1) -> None:
    """Write the genome, peaks, planted motifs and sites, and variants into `folder`.

    genome.fa, peaks/<target>.narrowPeak.gz, planted.meme, sites.bed (see `planted_sites`), variants.vcf
    """
    folder, draw = Path(folder), np.random.default_rng(seed)
    motifs = {
        name: Motif.from_counts(name, one_matrix(RELEASE, matrix)) for name, matrix in (PROMOTER | ENHANCER).items()
    }
    peaks: dict[str, list[Peak]] = {name: [] for name in [*motifs, "DNase", "H3K4me3"]}
    sequences, sites = {}, []
    for i in range(contigs):
        name = f"chr{i + 1}"
        sequences[name] = _contig(name, contig_length, motifs, peaks, sites, draw)
    with replacing(folder / "genome.fa") as temporary, temporary.open("w", encoding="utf-8") as file:
        for name, bases in sequences.items():
            text = bases.tobytes().decode()
            lines = (text[i : i + 60] for i in range(0, len(text), 60))
            file.write(f">{name}\n" + "\n".join(lines) + "\n")
    for name, found in peaks.items():
        _write_peaks(folder / "peaks" / f"{name}.narrowPeak.gz", found)
    write_meme(folder / "planted.meme", motifs.values())
    write_sites(folder / "sites.bed", sites, motifs, sequences)
    variants = planted_variants(sequences, sites, motifs, seed)
    write_planted(folder / "variants.vcf", variants, {name: len(bases) for name, bases in sequences.items()})


def _contig(name: str, length: int, motifs, peaks, sites: list[Site], draw) -> np.ndarray:
    """Bases of one contig (uint8 letters); its peaks are added to `peaks`, and its planted sites to `sites`."""
    bases = _random_bases(length, GC, draw)
    for slot in range(SPACING, length - 2 * SPACING, SPACING):
        begin = slot + int(draw.integers(0, SPACING - MARK))
        middle, promoter = begin + ELEMENT // 2, draw.random() < PROMOTERS
        if promoter:
            half = MARK // 2
            bases[middle - half : middle + half] = _random_bases(2 * half, PROMOTER_GC, draw)
            peaks["H3K4me3"].append(Peak(name, middle - half, middle + half, draw.uniform(5, 50)))
        bound = [factor for factor in (PROMOTER if promoter else ENHANCER) if draw.random() < BOUND]
        places = begin + ELEMENT * (draw.permutation(len(bound)) + 0.5) / max(len(bound), 1)
        for factor, place in zip(bound, places, strict=True):
            reverse, site = _instance(motifs[factor], draw)
            start = int(place) - len(site) // 2
            bases[start : start + len(site)] = site
            sites.append(Site(factor, name, start, reverse))
            if draw.random() >= MISSED:
                summit = int(place + draw.normal(0, SHIFT))
                peak = Peak(name, summit - TF_PEAK // 2, summit + TF_PEAK // 2, draw.uniform(5, 50))
                peaks[factor].append(peak)
        if len(bound) >= OPENERS:
            peaks["DNase"].append(Peak(name, begin, begin + ELEMENT, draw.uniform(5, 50)))
    return bases


def _random_bases(length: int, gc: float, draw) -> np.ndarray:
    return draw.choice(np.frombuffer(b"ACGT", np.uint8), length, p=[(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2])


def _instance(motif: Motif, draw) -> tuple[bool, np.ndarray]:
    """A random site of the motif on either strand: whether on the reverse one, and its letters uint8 (width,)."""
    reverse = draw.random() < 0.5
    if reverse:
        motif = motif.reverse_complement()
    below = draw.random((len(motif.probabilities), 1)) >= np.cumsum(motif.probabilities, axis=1)[:, :3]
    return reverse, np.frombuffer(b"ACGT", np.uint8)[below.sum(axis=1)]


def _write_peaks(path: Path, peaks: list[Peak]) -> None:
    lines = [
        f"{peak.contig}\t{peak.start}\t{peak.end}\t.\t0\t.\t{peak.signal:.2f}\t-1\t-1\t{(peak.end - peak.start) // 2}\n"
        for peak in peaks
    ]
    with replacing(path) as temporary:
        temporary.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))  # reproducible bytes
