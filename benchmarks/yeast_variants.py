#!/usr/bin/env python3
"""Do predicted effects of variants know where a factor binds? Mutated sites in yeast against bases 20 bp away.

For each factor, the best match of its JASPAR motif near the summit of each peak on the test contigs is a site. The
strongest base of the site becomes the rarest one there, and, as a control, a base 20 bp away becomes another one. Both
variants are scored by variants.py for the factor's own target. Prints, per factor, the median difference of both kinds,
the share of sites whose own mutation lowers the prediction more, and a paired test (Wilcoxon).

    python benchmarks/yeast_variants.py -c results/yeast/models/danq/training/model.weights.h5 --data resources/sacCer3
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import common
import numpy as np
import pandas as pd
from scipy.stats import wilcoxon

from cli import parser
from danq.data.genome import Genome
from danq.demo.planted_variants import LETTERS, Planted, Site, disrupting, write_planted
from danq.motifs.jaspar import core_motifs, counts
from danq.motifs.log_odds import log_odds
from danq.motifs.meme import Motif
from danq.variants.results import reading

AWAY = 20  # bp from the changed base of a site to its control
NEAR = 50  # bp from the summit of a peak to the middle of its site, at most
SHARE = 0.6  # least score of a site, as a share of the motif's highest
UNIFORM = np.full(4, 0.25)


def arguments():
    options = parser(__doc__)
    options.add_argument("-c", "--checkpoint", required=True, nargs="+", help="trained models")
    options.add_argument("--data", required=True, type=Path, help="folder with sacCer3.fa.gz and the peak files")
    options.add_argument("--contigs", nargs="+", default=["chrVIII", "chrIX"], help="test contigs")
    options.add_argument("--factors", nargs="+", default=["Reb1", "Abf1", "Rap1"], help="factors with a JASPAR motif")
    return options.parse_args()


def best_site(bases: np.ndarray, matrix: np.ndarray, begin: int, end: int) -> tuple[float, int, bool] | None:
    """The score, start and strand of the best match of a matrix (width, 4) that lies within a stretch of codes."""
    width = len(matrix)
    windows = np.lib.stride_tricks.sliding_window_view(bases[begin:end], width)
    if not len(windows) or (windows > 3).any():
        return None
    strands = [m[np.arange(width), windows].sum(axis=1) for m in (matrix, matrix[::-1, ::-1])]
    strand = int(strands[1].max() > strands[0].max())
    place = int(strands[strand].argmax())
    return float(strands[strand][place]), begin + place, bool(strand)


def sites_of(factor: str, motif: Motif, peaks: Path, codes: dict[str, np.ndarray]) -> Iterator[Site]:
    """One site per peak, each once."""
    matrix, half, seen = log_odds(motif, UNIFORM), NEAR + len(motif.probabilities) // 2, set()
    table = pd.read_csv(peaks, sep="\t", header=None)
    for contig, start, end, summit in table[[0, 1, 2, 9]].itertuples(index=False):
        if contig in codes:
            middle = start + (summit if summit >= 0 else (end - start) // 2)
            found = best_site(codes[contig], matrix, max(middle - half, 0), middle + half)
            if found and found[0] >= SHARE * matrix.max(axis=1).sum() and (contig, found[1]) not in seen:
                seen.add((contig, found[1]))
                yield Site(factor, contig, found[1], found[2])


def control(variant: Planted, bases: np.ndarray) -> Planted:
    """The base `AWAY` bp to the right becomes the one after it in ACGT."""
    place = variant.place + AWAY
    ref = chr(bases[place])
    return replace(variant, place=place, ref=ref, alt="ACGT"[("ACGT".index(ref) + 1) % 4], kind="neutral", bits=0.0)


def pairs_of(args) -> list[Planted]:
    """The variants of all factors: each mutation of a site is followed by its control."""
    genome = Genome(args.data / "sacCer3.fa.gz")
    nibbles = {name: genome.nibbles(name) for name in args.contigs}
    code = np.full(16, 4, np.uint8)
    code[[8, 4, 2, 1]] = range(4)
    codes = {name: code[values] for name, values in nibbles.items()}
    letters = {name: np.append(LETTERS, ord("N"))[values] for name, values in codes.items()}
    matrices = {one.name.upper(): counts(one) for one in core_motifs("JASPAR2024", ["fungi"])}
    found: list[Planted] = []
    for factor in args.factors:
        motif = Motif.from_counts(factor, matrices[factor.upper()])
        for site in sites_of(factor, motif, args.data / f"{factor}.narrowPeak.gz", codes):
            own = disrupting(site, motif, letters[site.contig])
            found += [own, control(own, letters[site.contig])]
    return found


def main() -> None:
    args = arguments()
    found = pairs_of(args)
    with tempfile.TemporaryDirectory() as folder:
        vcf, output = Path(folder, "sites.vcf"), Path(folder, "effects.h5")
        write_planted(vcf, found, dict.fromkeys(args.contigs, 1 << 30))
        program = common.SCRIPTS / "variants.py"
        words = ["-g", args.data / "sacCer3.fa.gz", "-v", vcf, "-o", output]
        subprocess.run([sys.executable, program, "-c", *args.checkpoint, *map(str, words)], check=True)
        with reading(output) as results:
            names = [target.name for target in results.targets]
            difference = results.read("difference")
    print("factor  sites  median difference, site  20 bp away  site lowers more      p")
    for factor in args.factors:
        rows = np.array([number for number, one in enumerate(found) if one.factor == factor])
        values = difference[rows, names.index(factor)].reshape(-1, 2)
        site, beside = values.T
        p = wilcoxon(site, beside, alternative="less").pvalue
        share = (site < beside).mean()
        print(f"{factor:<6} {len(values):6} {np.median(site):24.3f} {np.median(beside):11.3f} {share:17.1%} {p:6.0e}")


if __name__ == "__main__":
    main()
