#!/usr/bin/env python3
"""List the contigs of a genome and their lengths in bp, and index its FASTA file if there is no index.

With --hash, the SHA-256 of the file is written, too: what depends on the genome can depend on this small file.

Example: index_genome.py hg38.fa -o hg38.chrom.sizes
"""

from __future__ import annotations

import cli
from danq.data.genome import Genome
from danq.tracks.layout import write_contigs, write_hash


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("genome", help="FASTA file, plain or bgzip")
    parser.add_argument("--index-folder", help="folder for a missing index if the genome's folder is not writable")
    parser.add_argument(
        "-o", "--output", default="genome.chrom.sizes", help="table without heading: name and length of each contig"
    )
    parser.add_argument("--hash", help="file to write with the SHA-256 of the genome's file")
    args = parser.parse_args()
    cli.check_outputs([args.genome], [args.output, args.hash])
    genome = Genome(args.genome, args.index_folder)
    if args.hash:
        write_hash(genome.path, args.hash)
    write_contigs(genome.contigs, args.output)


if __name__ == "__main__":
    cli.run(main)
