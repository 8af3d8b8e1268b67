#!/usr/bin/env python3
"""Make packed windows and labels from a genome and peak files.

Cuts the genome into bins, finds for each target the bins that its peaks cover for more than half,
keeps the chosen bins and writes a window centred on each into train.h5, valid.h5 and test.h5,
with a table of targets in targets.tsv.
"""

from __future__ import annotations

import os
from pathlib import Path

import cli
from danq.fetch import local_path
from danq.files import replacing
from danq.genome import Genome
from danq.prepare import Rule, prepare
from danq.split import REST
from danq.targets import read_sheet, targets_of


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-g", "--genome", required=True, help="FASTA, plain or bgzip")
    parser.add_argument("-t", "--targets", required=True, help="sheet of targets (TSV: name, assay, peaks, ...)")
    parser.add_argument("-o", "--output", default="data", help="folder for train.h5, valid.h5, test.h5, targets.tsv")
    parser.add_argument("--folder", default=".", help="where relative paths of the sheet start")
    parser.add_argument("--downloads", default="resources/fetched", help="where fetched files are")
    parser.add_argument("--assembly", default="", help="name of the genome assembly, noted in the files")
    parser.add_argument("--bin", type=int, default=200, help="bin size in bp")
    parser.add_argument("--window", type=int, default=1000, help="window size in bp")
    parser.add_argument(
        "--overlap-fraction", type=float, default=0.5, help="a positive bin has more than this in peaks"
    )
    parser.add_argument("--overlap-of", choices=("peak", "union"), default="peak", help="of one peak or all together")
    parser.add_argument("--keep", default="any", help="bins to keep: any, all, assay:NAME or bed:FILE")
    parser.add_argument("--min-signal", type=float, help="leave out peaks with a lower signalValue (column 7)")
    parser.add_argument("--blacklist", help="BED file; bins that touch it are dropped")
    parser.add_argument("--unknown-bases", choices=("drop", "keep"), default="drop", help="windows that contain N")
    parser.add_argument("--off-contig", choices=("drop", "pad"), default="drop", help="windows that leave their contig")
    region = "contigs or regions such as chr8 or chr7:30508751-35296850 (1-based, both ends included)"
    parser.add_argument("--train", nargs="+", default=[REST], help=f"{region}; 'rest': all that is not held out")
    parser.add_argument("--valid", nargs="+", required=True, help=region)
    parser.add_argument("--test", nargs="+", required=True, help=region)
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="peak files read at a time")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    rule = Rule(
        bin=args.bin,
        window=args.window,
        fraction=args.overlap_fraction,
        of=args.overlap_of,
        keep=args.keep,
        min_signal=args.min_signal,
        blacklist=args.blacklist,
        unknown_bases=args.unknown_bases,
        off_contig=args.off_contig,
        split={"train": args.train, "valid": args.valid, "test": args.test},
    )
    sheet = read_sheet(args.targets)
    paths = [local_path(address, args.folder, args.downloads) for address in sheet["peaks"]]
    genome = Genome(args.genome, index_folder=args.output)
    table = prepare(
        genome, targets_of(sheet), paths, rule, args.output, assembly=args.assembly, processes=args.processes
    )
    with replacing(Path(args.output) / "targets.tsv") as temporary:
        table.to_csv(temporary, sep="\t", index=False, float_format="%.6g")


if __name__ == "__main__":
    cli.run(main)
