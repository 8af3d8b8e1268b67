#!/usr/bin/env python3
"""Write a genome as a bgzip FASTA file, which supports random access.

The genome is a FASTA file, plain or gzip (such as UCSC's hg38.fa.gz), or a 2bit file. Lower case is kept. A bgzip file
is linked, or copied where links are not possible.

Example: bgzip_genome.py hg38.2bit
"""

from __future__ import annotations

import cli
from danq.data.genome_copy import write_bgzip


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("genome", help="FASTA file, plain, gzip or bgzip, or 2bit file")
    parser.add_argument("-o", "--output", help="bgzip FASTA file (default: the genome's name with .bgz)")
    args = parser.parse_args()
    output = args.output or f"{args.genome}.bgz"
    cli.check_outputs([args.genome], [output])
    write_bgzip(args.genome, output)


if __name__ == "__main__":
    cli.run(main)
