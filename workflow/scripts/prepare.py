#!/usr/bin/env python3
"""Prepare packed windows and labels from a genome and peak files.

Divides the genome into bins, finds for each target the bins that are more than half covered by its
peaks, and keeps the chosen bins. Writes a window centred on each of these to train.h5, valid.h5 and
test.h5, a table of targets to targets.tsv, and what became of each bin to account.tsv.

The parts are contigs and regions, or a fold of a cross-validation: with --folds 5 --fold 1, a fifth of the genome is
for testing, the next fifth for validation, and the rest for training.

With --sequences, the windows are given sequences with labels: prepare.py --sequences FILE ... takes the options of
prepare_sequences.py.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import cli
from danq.data.account import ACCOUNT
from danq.data.folds import even_folds, parts
from danq.data.genome import Genome
from danq.data.prepare import prepare
from danq.data.rule import Rule
from danq.data.split import REST
from danq.data.targets import TARGETS, read_sheet, targets_of
from danq.errors import UserError
from danq.fetch import local_path


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-g", "--genome", required=True, help="FASTA file of the genome, plain or bgzip")
    parser.add_argument(
        "-t", "--targets", required=True, help="sheet that lists the targets (TSV: name, assay, peaks, ...)"
    )
    parser.add_argument("-o", "--output", default="data", help="output folder")
    parser.add_argument("--folder", default=".", help="base folder of relative paths in the sheet")
    parser.add_argument("--downloads", default="resources/fetched", help="folder of downloaded peak files")
    parser.add_argument("--assembly", default="", help="name of the genome assembly, stored in the output")
    parser.add_argument("--bin", type=int, default=200, help="bin size in bp")
    parser.add_argument("--window", type=int, default=1000, help="window size in bp; a window is centred on its bin")
    parser.add_argument(
        "--overlap-fraction",
        type=float,
        default=0.5,
        help="a bin is positive if more than this fraction is covered by peaks",
    )
    parser.add_argument(
        "--overlap-of",
        choices=("peak", "union"),
        default="peak",
        help="covered by a single peak, or by the union of all peaks",
    )
    parser.add_argument("--keep", default="any", help="bins to keep: any, all, assay:NAME or bed:FILE")
    parser.add_argument("--min-signal", type=float, help="ignore peaks with a lower signalValue (column 7)")
    parser.add_argument("--blacklist", help="BED file; bins that overlap its intervals are dropped")
    parser.add_argument(
        "--unknown-bases", choices=("drop", "keep"), default="drop", help="windows with unknown bases (N)"
    )
    parser.add_argument(
        "--off-contig", choices=("drop", "pad"), default="drop", help="windows that extend beyond their contig"
    )
    parser.add_argument(
        "--skip-unknown-contigs",
        nargs="?",
        const="true",
        default="false",
        choices=("true", "false"),
        help="leave out peaks on contigs that the genome does not have, also if more than 5 %% of a file's peaks are",
    )
    region = "contigs or regions such as chr8 or chr7:30508751-35296850 (1-based, both ends included)"
    parser.add_argument(
        "--train", nargs="+", default=[REST], help=f"{region}; 'rest': all that is not in valid or test"
    )
    parser.add_argument("--valid", nargs="+", help=region)
    parser.add_argument("--test", nargs="+", help=region)
    parser.add_argument(
        "--folds", type=int, metavar="N", help="divide the contigs into N folds of about the same size, for --fold"
    )
    parser.add_argument(
        "--fold", type=int, metavar="K", help="test on fold K, from 1, validate on the next fold, train on the rest"
    )
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count(), help="number of processes that read peak files"
    )
    return parser.parse_args()


def check_parts(args) -> None:
    """Refuse parts that are missing, or given twice: by their regions, and as a fold."""
    if (args.folds is None) != (args.fold is None):
        raise UserError("--folds and --fold belong together; give both, or --valid and --test")
    if args.fold is None and not (args.valid and args.test):
        raise UserError("give --valid and --test, or --folds and --fold")
    if args.fold is not None and (args.valid or args.test or args.train != [REST]):
        raise UserError("--fold chooses the parts; leave out --train, --valid and --test")


def main() -> None:
    args = arguments()
    check_parts(args)
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
        skip_unknown_contigs=args.skip_unknown_contigs == "true",
        split={"train": args.train, "valid": args.valid or [], "test": args.test or []},
    )
    cli.warnings_to_stdout()
    sheet = read_sheet(args.targets)
    paths = [local_path(address, args.folder, args.downloads) for address in sheet["peaks"]]
    intervals = [args.blacklist, args.keep.removeprefix("bed:") if args.keep.startswith("bed:") else None]
    written = cli.inside(args.output, "train.h5", "valid.h5", "test.h5", "targets.tsv", "account.tsv")
    cli.check_outputs([args.genome, args.targets, *paths, *intervals], written)
    genome = Genome(args.genome, index_folder=args.output)
    if args.folds is not None:
        rule = replace(rule, split=parts(even_folds(genome.contigs, args.folds), args.fold))
    targets, account = prepare(
        genome, targets_of(sheet), paths, rule, args.output, assembly=args.assembly, processes=args.processes
    )
    ACCOUNT.write(account, Path(args.output) / "account.tsv")
    TARGETS.write(targets, Path(args.output) / "targets.tsv")


if __name__ == "__main__":
    if any(word.partition("=")[0] == "--sequences" for word in sys.argv[1:]):
        import prepare_sequences

        cli.run(prepare_sequences.main)
    else:
        cli.run(main)
