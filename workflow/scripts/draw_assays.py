#!/usr/bin/env python3
"""Draw the measures (AUROC, AUPRC) of all targets, grouped by assay and model.

Example: draw_assays.py results/demo/auc.tsv -o assays.png
"""

from __future__ import annotations

import cli
from danq.evaluation.evaluate import AUC
from danq.plots import pictures
from danq.plots.assays import assays


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("auc", help="AUC table of compare.py or evaluate.py")
    parser.add_argument("-o", "--output", default="assays.png", help="picture (.png, .pdf, .svg)")
    args = parser.parse_args()
    cli.check_outputs([args.auc], [args.output])
    pictures.save(assays(AUC.read(args.auc)), args.output)


if __name__ == "__main__":
    cli.run(main)
