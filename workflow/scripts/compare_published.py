#!/usr/bin/env python3
"""Hold AUC tables against published figures, target by target.

Writes published.tsv (our figures beside the published ones), published_wins.tsv (how many targets are won,
per assay) and published.png (each target a dot).

Example: compare_published.py results/deepsea/auc.tsv aucs.txt -o results/deepsea
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq import pictures, published, scatters
from danq.evaluate import read_auc
from danq.tables import write_table


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("auc", help="table that compare.py or evaluate.py wrote")
    parser.add_argument("published", help='table of published figures ("DanQ ROC AUC", "DanQ PR AUC", ...)')
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    args = parser.parse_args()
    compared = published.against(read_auc(args.auc), published.read_table(args.published))
    for name, table in {"published": compared, "published_wins": published.wins(compared)}.items():
        write_table(table, Path(args.output) / f"{name}.tsv")
    pictures.save(scatters.against_published(compared), Path(args.output) / "published.png")


if __name__ == "__main__":
    cli.run(main)
