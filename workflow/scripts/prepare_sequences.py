#!/usr/bin/env python3
"""Prepare packed windows from sequences with labels: FASTA files, or tables with a column of sequences.

Labels come from a table (TSV, CSV or .npy), from the headers, from the tables of sequences, or from two files,
one of positives and one of negatives. Writes train.h5, valid.h5 and test.h5, a table of targets to targets.tsv, and
what became of each record to account.tsv. Near-duplicates are kept on one side where a split is a fraction.

Examples:
  prepare_sequences.py --sequences peaks.fa.gz --negative-sequences background.fa.gz -o data
  prepare_sequences.py --sequences all.fa --labels labels.tsv --split-by column --split-column fold --valid 2 --test 3
  prepare_sequences.py --sequences peaks.fa --negatives dinucleotide_shuffle --valid 0.1 --test 0.2
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.data.split import REST, SPLITS
from danq.data.targets import TARGETS
from danq.labelled.account import ACCOUNT
from danq.labelled.groups import K
from danq.labelled.prepare_sequences import prepare_sequences
from danq.labelled.sequence_rule import BY, GENOME, HEADER, SHUFFLE, SequenceRule


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument(
        "--sequences", nargs="+", required=True, help="FASTA files, or tables with a column seq; plain or gzip"
    )
    parser.add_argument(
        "--negative-sequences", nargs="+", default=[], help="the same, of records that are negative for all targets"
    )
    parser.add_argument(
        "--labels",
        help=f"table of labels keyed by record name (.tsv, .csv), matrix in the order of the records (.npy), "
        f"or {HEADER!r} (label=1,0,NA or the last word); default: the column Bound of a table of sequences, and all "
        "records of FASTA files are positive",
    )
    parser.add_argument("--targets", nargs="+", default=[], help="names of the targets, or columns that are labels")
    parser.add_argument("--assay", default="sequences", help="assay of the targets")
    parser.add_argument(
        "--missing", choices=("drop", "negative"), default="drop", help="records with a missing label (NA)"
    )
    parser.add_argument("-o", "--output", default="data", help="output folder")
    parser.add_argument("--assembly", default="", help="name of the genome assembly, stored in the output")
    parser.add_argument("--length", type=int, help="length of a window in bp (default: that of the sequences)")
    parser.add_argument(
        "--longer", choices=("refuse", "crop", "drop"), default="refuse", help="longer records; crop keeps their centre"
    )
    parser.add_argument(
        "--shorter", choices=("refuse", "pad", "drop"), default="refuse", help="shorter records; pad adds unknown bases"
    )
    parser.add_argument(
        "--unknown-bases", choices=("drop", "keep"), default="keep", help="records with unknown bases (N)"
    )
    parser.add_argument(
        "--negatives",
        choices=(SHUFFLE, GENOME),
        help="make negatives for the positives of each part that has no negative record",
    )
    parser.add_argument(
        "--negatives-per-positive", type=float, default=1.0, help="number of such negatives of a positive, on average"
    )
    parser.add_argument("-g", "--genome", help="FASTA file, plain or bgzip, to draw negatives from")
    parser.add_argument("--exclude", help="BED file; negatives from the genome do not touch its intervals")
    parser.add_argument(
        "--split-by",
        choices=BY,
        help="what --train, --valid and --test list: files of sequences, files with names of records, contigs and "
        "regions, or values of a column",
    )
    parser.add_argument("--split-column", help="column of the table of labels, or of sequences, for --split-by column")
    parser.add_argument("--train", nargs="+", default=[REST], help="'rest': all that is not in valid or test")
    for part in ("valid", "test"):
        parser.add_argument(
            f"--{part}",
            nargs="+",
            default=["0.1"],
            help="list of what --split-by says, or a fraction such as 0.1, which takes whole groups of near-duplicates",
        )
    parser.add_argument(
        "--shared", type=int, default=K, help="near-duplicates share a stretch of this many bases on either strand"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of fractions, order and negatives")
    return parser.parse_args()


def fraction_or_list(values: list[str]) -> list[str] | float:
    """A fraction if there is one value, a number with a point."""
    if len(values) == 1 and "." in values[0]:
        try:
            return float(values[0])
        except ValueError:
            pass
    return values


def main() -> None:
    args = arguments()
    rule = SequenceRule(
        files=args.sequences,
        negative_files=args.negative_sequences,
        labels=args.labels,
        targets=args.targets,
        assay=args.assay,
        missing=args.missing,
        length=args.length,
        longer=args.longer,
        shorter=args.shorter,
        unknown_bases=args.unknown_bases,
        negatives=args.negatives,
        per_positive=args.negatives_per_positive,
        exclude=args.exclude,
        by=args.split_by,
        column=args.split_column,
        split={"train": args.train, "valid": fraction_or_list(args.valid), "test": fraction_or_list(args.test)},
        shared=args.shared,
        seed=args.seed,
    )
    rule.check_genome(args.genome)
    cli.warnings_to_stdout()
    lists = [] if args.split_by != "name" else [one for name in SPLITS for one in getattr(args, name)]
    read = [*rule.files, *rule.negative_files, None if args.labels == HEADER else args.labels, args.exclude, *lists]
    written = cli.inside(args.output, *(f"{split}.h5" for split in SPLITS), "targets.tsv", "account.tsv")
    cli.check_outputs([*read, args.genome], written)
    targets, account = prepare_sequences(rule, args.output, genome=args.genome, assembly=args.assembly)
    ACCOUNT.write(account, Path(args.output) / "account.tsv")
    TARGETS.write(targets, Path(args.output) / "targets.tsv")


if __name__ == "__main__":
    cli.run(main)
