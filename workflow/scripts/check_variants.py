#!/usr/bin/env python3
"""Compare a list of variants with the genome, before any of them is predicted.

Counts records and alleles. A list of which more than 5 % of the reference alleles are not the genome's is an error
that names the likely cause.
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.variants.contigs import Contigs
from danq.variants.survey import survey, write_checked


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("-g", "--genome", required=True, help="FASTA file of the genome, plain or bgzip")
    parser.add_argument("-v", "--variants", required=True, help="VCF, BCF or table of variants")
    parser.add_argument("-o", "--output", default="checked.tsv", help="table to write")
    parser.add_argument("--window", type=int, default=1000, help="length in bp of the windows that the model reads")
    parser.add_argument(
        "--ref-mismatch",
        choices=("skip", "swap", "keep"),
        default="skip",
        help="reference alleles that are not the genome's, see variants.py",
    )
    args = parser.parse_args()
    cli.check_outputs([args.genome, args.variants], [args.output])
    contigs = Contigs(args.genome, margin=0, index_folder=Path(args.output).parent)
    write_checked(survey(args.variants, contigs, args.window, args.ref_mismatch), args.output)


if __name__ == "__main__":
    cli.run(main)
