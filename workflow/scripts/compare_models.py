#!/usr/bin/env python3
"""Test for each target whether two models differ in AUROC and AUPRC, for all pairs of models on the same windows.

The tests leave out blocks of the genome in turn, because neighbouring windows are not independent. q-values are
adjusted over the targets. With --baselines, added.tsv (what the best model adds over the best baseline) and
baseline_wins.tsv (the targets on which a baseline has the highest value) are written into the same folder.

Example: compare_models.py -p danq=danq/predictions.h5 kmer=kmer/predictions.h5 --baselines kmer -o paired.tsv
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.evaluation.added import ADDED, WINS, added_table, split_names, wins_table
from danq.evaluation.compare_models import PAIRED, paired_table, rank
from danq.runtime.predictions import Predictions


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument(
        "-p",
        "--predictions",
        nargs="+",
        type=cli.named,
        metavar="[NAME=]FILE",
        required=True,
        help="one file per model",
    )
    parser.add_argument("-b", "--baselines", nargs="+", default=[], metavar="NAME", help="models that are baselines")
    parser.add_argument("-o", "--output", default="paired.tsv", help="table to write")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    args = parser.parse_args()

    folder = Path(args.output).parent
    others = cli.inside(folder, "added.tsv", "baseline_wins.tsv") if args.baselines else []
    cli.check_outputs([path for _, path in args.predictions], [args.output, *others])
    predictions = {name: Predictions.open(path) for name, path in cli.distinct(args.predictions).items()}
    if args.baselines:
        split_names(list(predictions), args.baselines)
    comparison = rank(predictions, args.threads)
    paired = paired_table(comparison)
    PAIRED.write(paired, args.output)
    if args.baselines:
        ADDED.write(added_table(comparison, args.baselines), folder / "added.tsv")
        WINS.write(wins_table(comparison, paired, args.baselines), folder / "baseline_wins.tsv")


if __name__ == "__main__":
    cli.run(main)
