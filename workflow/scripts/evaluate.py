#!/usr/bin/env python3
"""Evaluate predictions: AUROC, AUPRC and other measures of each target with 95 % intervals, curves and calibration.

The intervals come from leaving out blocks of the genome in turn, because neighbouring windows are not independent.

Example: evaluate.py test_results.h5 --name danq -o auc.tsv
"""

from __future__ import annotations

import cli
from danq.evaluation.calibration import CALIBRATION
from danq.evaluation.evaluate import AUC, CURVES, evaluate
from danq.runtime.predictions import Predictions


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("predictions", help="predictions that predict.py wrote")
    parser.add_argument("--name", default="model", help="name of the model in the tables")
    parser.add_argument("-o", "--output", default="auc.tsv", help="table to write, one row per target")
    parser.add_argument(
        "--curves",
        metavar="FILE",
        help="also write the points of the ROC and precision-recall curves (compressed if the name ends in .gz)",
    )
    parser.add_argument("--calibration", metavar="FILE", help="also write the calibration per assay")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    args = parser.parse_args()

    cli.check_outputs([args.predictions], [args.output, args.curves, args.calibration])
    cli.warnings_to_stdout()
    predictions = Predictions.open(args.predictions)
    tables = evaluate(predictions, args.name, threads=args.threads)
    AUC.write(tables.auc, args.output)
    if args.curves:
        CURVES.write(tables.curves, args.curves)
    if args.calibration:
        CALIBRATION.write(tables.calibration, args.calibration)


if __name__ == "__main__":
    cli.run(main)
