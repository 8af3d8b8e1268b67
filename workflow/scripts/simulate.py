#!/usr/bin/env python3
"""Simulate the demo data: a small genome with JASPAR motifs planted at the peaks of ten targets.

Writes genome.fa, peaks/<target>.narrowPeak.gz, planted.meme (the planted motifs), sites.bed (where they are planted)
and variants.vcf (variants that disrupt or restore planted sites, and neutral ones beside them).
"""

from __future__ import annotations

import cli
from danq.demo.simulate import simulate


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("-o", "--output", default="resources/demo", help="output folder")
    parser.add_argument("--contigs", type=int, default=6, help="number of contigs: chr1, chr2, ...")
    parser.add_argument("--contig-length", type=int, default=1_200_000, help="length of each contig in bp")
    parser.add_argument("--seed", type=int, default=1, help="random seed")
    args = parser.parse_args()
    simulate(args.output, args.contigs, args.contig_length, args.seed)


if __name__ == "__main__":
    cli.run(main)
