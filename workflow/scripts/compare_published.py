#!/usr/bin/env python3
"""Compare models with published figures, target by target.

Writes published.tsv (the models' values and the published ones) and published_wins.tsv (number of targets with a
higher value than published, per assay). draw_published.py draws published.tsv.

Example: compare_published.py results/deepsea/auc.tsv aucs.txt -o results/deepsea
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.evaluation.compare_published import PUBLISHED, WINS, against, wins
from danq.evaluation.evaluate import AUC
from danq.published import figures


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("auc", help="table that compare.py or evaluate.py wrote")
    parser.add_argument("published", help='table of published figures ("DanQ ROC AUC", "DanQ PR AUC", ...)')
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    args = parser.parse_args()
    cli.check_outputs([args.auc, args.published], cli.inside(args.output, "published.tsv", "published_wins.tsv"))
    compared = against(AUC.read(args.auc), figures.read_table(args.published))
    PUBLISHED.write(compared, Path(args.output) / "published.tsv")
    WINS.write(wins(compared), Path(args.output) / "published_wins.tsv")


if __name__ == "__main__":
    cli.run(main)
