#!/usr/bin/env python3
"""Make the demo's data: a small genome with JASPAR motifs planted at the peaks of ten targets.

Writes genome.fa, peaks/<target>.narrowPeak.gz and planted.meme (the true motifs).
"""

from __future__ import annotations

import cli
from danq.simulate import simulate


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("-o", "--output", default="resources/demo", help="folder to write into")
    parser.add_argument("--contigs", type=int, default=6, help="how many contigs: chr1, chr2, ...")
    parser.add_argument("--contig-length", type=int, default=1_200_000, help="length of each in bp")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random")
    args = parser.parse_args()
    simulate(args.output, args.contigs, args.contig_length, args.seed)


if __name__ == "__main__":
    cli.run(main)
