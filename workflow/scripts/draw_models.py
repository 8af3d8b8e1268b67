#!/usr/bin/env python3
"""Draw each pair of models, and each model with the best baseline, as scatter plots with one dot per target.

Writes FIRST.vs.SECOND.png for each pair into a folder; an existing folder is replaced.

Example: draw_models.py results/demo/auc.tsv results/demo/paired.tsv -o models
"""

from __future__ import annotations

import cli
from danq.evaluation.compare_models import PAIRED
from danq.evaluation.evaluate import AUC
from danq.plots import pictures
from danq.plots.model_pairs import pairs


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("auc", help="AUC table of compare.py")
    parser.add_argument("tests", help="paired tests of compare_models.py")
    parser.add_argument("-o", "--output", default="models", help="folder to write")
    parser.add_argument("--only", metavar="PICTURE", help="write this picture alone, such as models/danq.vs.kmer.png")
    args = parser.parse_args()
    cli.check_outputs([args.auc, args.tests], [args.only], [None if args.only else args.output])
    drawn = pairs(AUC.read(args.auc), PAIRED.read(args.tests))
    if args.only:
        pictures.save_one(drawn, args.only)
    else:
        pictures.save_folder(drawn, args.output)


if __name__ == "__main__":
    cli.run(main)
