#!/usr/bin/env python3
"""Draw ROC and precision-recall curves of targets, all models on the same axes, one picture per target.

Without --targets: all targets if there are few, else the best, median and worst of each assay by mean AUROC.

Other files of the folder stay.

Example: draw_curves.py auc.tsv danq=danq/predictions.h5 deepsea=deepsea/predictions.h5 --targets CTCF 12 -o curves
"""

from __future__ import annotations

import cli
from danq.data.targets import find
from danq.evaluation.evaluate import AUC
from danq.plots import pictures
from danq.plots.curves import curve_name, worth_drawing
from danq.plots.target_curves import open_all, target_curves


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("auc", help="AUC table of compare.py or evaluate.py, used to choose targets")
    parser.add_argument(
        "predictions", nargs="+", type=cli.named, metavar="NAME=FILE", help="predictions (predict.py) of a model"
    )
    parser.add_argument("-t", "--targets", nargs="+", help="targets by number or name")
    parser.add_argument("-o", "--output", default="curves", help="folder to write into")
    parser.add_argument("--only", metavar="PICTURE", help="write this picture alone, such as curves/001_CTCF.png")
    args = parser.parse_args()
    predictions = open_all(cli.distinct(args.predictions))
    targets = next(iter(predictions.values())).targets
    if args.only:
        pictures.save_one(target_curves(targets, predictions), args.only)
        return
    if args.targets:
        chosen = [find(targets, wanted) for wanted in args.targets]
    else:
        chosen = worth_drawing(AUC.read(args.auc), targets)
    read = [args.auc, *(path for _, path in args.predictions)]
    cli.check_outputs(read, cli.inside(args.output, *(f"{curve_name(target)}.png" for target in chosen)))
    pictures.save_each(target_curves(chosen, predictions), args.output)


if __name__ == "__main__":
    cli.run(main)
