#!/usr/bin/env python3
"""Test the models of the same windows against each other: a row per pair of models and target.

AUROCs are compared by DeLong's paired test, which takes windows for independent; q is adjusted over the targets.

Example: compare_models.py -p danq=danq/predictions.h5 deepsea=deepsea/predictions.h5 -o paired.tsv
"""

from __future__ import annotations

import cli
from danq.paired import paired_table
from danq.predictions import Predictions
from danq.tables import write_table


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument(
        "-p", "--predictions", nargs="+", type=cli.named, metavar="[NAME=]FILE", required=True, help="one file a model"
    )
    parser.add_argument("-o", "--output", default="paired.tsv", help="table to write")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    args = parser.parse_args()

    predictions = {name: Predictions.open(path) for name, path in cli.distinct(args.predictions).items()}
    write_table(paired_table(predictions, args.threads), args.output)


if __name__ == "__main__":
    cli.run(main)
