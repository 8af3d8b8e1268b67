#!/usr/bin/env python3
"""Measure predictions: AUROC and AUPRC of every target with 95 % intervals, its curves, and the calibration.

The intervals take windows for independent, which neighbours are not: the true uncertainty is larger.

Example: evaluate.py test_results.h5 --name danq -o auc.tsv
"""

from __future__ import annotations

import cli
from danq.evaluate import RESAMPLES, evaluate
from danq.predictions import Predictions
from danq.tables import write_table


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("predictions", help="predictions file that predict.py wrote")
    parser.add_argument("--name", default="model", help="what the tables call the model")
    parser.add_argument("-o", "--output", default="auc.tsv", help="table of AUROC and AUPRC to write")
    parser.add_argument("--curves", metavar="FILE", help="also write the points of all curves (.gz: compressed)")
    parser.add_argument("--calibration", metavar="FILE", help="also write the calibration, by assay")
    parser.add_argument(
        "--resamples",
        type=int,
        default=RESAMPLES,
        help="resamples of the windows for the intervals of the AUPRC; 0 leaves these out",
    )
    parser.add_argument("--seed", type=int, default=1, help="of the resamples")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    args = parser.parse_args()

    predictions = Predictions.open(args.predictions)
    tables = evaluate(predictions, args.name, resamples=args.resamples, seed=args.seed, threads=args.threads)
    write_table(tables.auc, args.output)
    if args.curves:
        write_table(tables.curves, args.curves, digits=4)
    if args.calibration:
        write_table(tables.calibration, args.calibration)


if __name__ == "__main__":
    cli.run(main)
