#!/usr/bin/env python3
"""Join the effects of the blocks of a list of variants (variants.py --block) into the file of one run.

Also writes the tables of one run: skipped alleles and, by option, the best targets and a VCF.
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.errors import UserError
from danq.variants import join, results, tables


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("folder", help="folder with the effects of all blocks: 0.h5, 1.h5, ...")
    parser.add_argument("--blocks", type=int, help="number of blocks (default: all in the folder)")
    parser.add_argument("-o", "--output", default="effects.h5", help="file of effects to write (HDF5)")
    parser.add_argument(
        "--table", help="table to write, with the target of the largest effect of each variant (.tsv[.gz])"
    )
    parser.add_argument("--vcf", help="VCF to write, with the same in INFO fields (.vcf[.gz])")
    parser.add_argument("--skipped", help="table to write of skipped alleles (default: OUTPUT with .skipped.tsv)")
    args = parser.parse_args()
    skipped = args.skipped or Path(args.output).with_suffix(".skipped.tsv")
    if args.blocks is not None and args.blocks < 1:
        raise UserError(f"--blocks must be at least 1, not {args.blocks}")
    blocks = join.blocks_in(args.folder, args.blocks)
    cli.check_outputs(blocks, [args.output, args.table, args.vcf, skipped])
    join.join(blocks, args.output)
    with results.reading(args.output) as made:
        tables.write_all(made, skipped, args.table, args.vcf)


if __name__ == "__main__":
    cli.run(main)
