#!/usr/bin/env python3
"""Measure predictions: AUROC and AUPRC of every target, in one table.

Example: evaluate.py test_results.h5 --name danq -o auc.tsv
"""

from __future__ import annotations

import cli
from danq.evaluate import auc_table
from danq.files import replacing
from danq.predictions import Predictions


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("predictions", help="predictions file that predict.py wrote")
    parser.add_argument("--name", default="model", help="what the table calls the model")
    parser.add_argument("-o", "--output", default="auc.tsv", help="table to write")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    args = parser.parse_args()

    table = auc_table(Predictions.open(args.predictions), args.name, args.threads)
    with replacing(args.output) as temporary:
        table.to_csv(temporary, sep="\t", index=False, na_rep="NA", float_format="%.6g")


if __name__ == "__main__":
    cli.run(main)
