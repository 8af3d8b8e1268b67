"""The planted motif sites as a BED file: the truth that attributions and motif hits are compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ..files import replacing
from ..motifs.meme import Motif
from .planted_variants import FLOOR, LETTERS, Site


def write_sites(
    path: str | Path, sites: Sequence[Site], motifs: Mapping[str, Motif], sequences: Mapping[str, np.ndarray]
) -> None:
    """Write contig, start, end, factor, score and strand of every site, in the order of the genome.

    The score is the log-odds score of the site against equal bases, in whole bits, and at least 0.

    sequences : letters uint8 (length,) of each contig
    """
    rank = {name: number for number, name in enumerate(sequences)}
    lines = []
    for site in sorted(sites, key=lambda one: (rank[one.contig], one.start)):
        motif = motifs[site.factor]
        oriented = motif.reverse_complement() if site.reverse else motif
        end = site.start + len(oriented.probabilities)
        codes = np.searchsorted(LETTERS, sequences[site.contig][site.start : end])
        odds = np.log2(4 * (oriented.probabilities[np.arange(len(codes)), codes] + FLOOR))
        strand = "-" if site.reverse else "+"
        lines.append(f"{site.contig}\t{site.start}\t{end}\t{site.factor}\t{max(0, round(odds.sum()))}\t{strand}\n")
    with replacing(path) as temporary:
        temporary.write_text("".join(lines), encoding="utf-8")
