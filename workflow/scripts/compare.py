#!/usr/bin/env python3
"""Collect the AUC tables of several models into one, compare them target by target and per assay.

Writes auc.tsv (a row per model and target), comparison.tsv (a row per target) and assays.tsv
(medians and means per model and assay).

Example: compare.py danq/auc.tsv deepsea/auc.tsv -o results
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import cli
from danq.evaluate import assay_medians, compare, read_auc
from danq.tables import write_table


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("tables", nargs="+", help="tables that evaluate.py wrote, one a model")
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    args = parser.parse_args()
    tables = [read_auc(path) for path in args.tables]
    auc = pd.concat(tables, ignore_index=True)
    results = {"auc": auc, "comparison": compare(tables), "assays": assay_medians(auc)}
    for name, table in results.items():
        write_table(table, Path(args.output) / f"{name}.tsv")


if __name__ == "__main__":
    cli.run(main)
