#!/usr/bin/env python3
"""Compare the AUC tables of several models, target by target and per assay.

Writes auc.tsv (one row per model and target), comparison.tsv (one row per target) and assays.tsv (medians and means per
model and assay).

Example: compare.py danq/auc.tsv deepsea/auc.tsv -o results
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import cli
from danq.evaluation.compare import ASSAYS, COMPARISON, assay_medians, compare
from danq.evaluation.evaluate import AUC


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("tables", nargs="+", help="tables that evaluate.py wrote, one per model")
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    args = parser.parse_args()
    cli.check_outputs(args.tables, cli.inside(args.output, "auc.tsv", "comparison.tsv", "assays.tsv"))
    output, tables = Path(args.output), [AUC.read(path) for path in args.tables]
    auc = pd.concat(tables, ignore_index=True)
    AUC.write(auc, output / "auc.tsv")
    COMPARISON.write(compare(tables), output / "comparison.tsv")
    ASSAYS.write(assay_medians(auc), output / "assays.tsv")


if __name__ == "__main__":
    cli.run(main)
