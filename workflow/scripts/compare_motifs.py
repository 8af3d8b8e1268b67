#!/usr/bin/env python3
"""Collect what the filters of several models learned: how many are annotated, and which expected motifs were found.

Writes annotated.tsv (a row per model, beside the published shares) and recovered.tsv (a row per expected factor and
model).

Example: compare_motifs.py danq=results/danq deepsea=results/deepsea -o results
"""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

import cli
from danq import annotate
from danq.files import existing
from danq.tables import read_table, write_table


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument(
        "models",
        nargs="+",
        type=cli.named,
        metavar="NAME=FOLDER",
        help="folders with run.json and annotate.py's files",
    )
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    args = parser.parse_args()
    shares, recovered = [], []
    for model, folder in cli.distinct(args.models).items():
        run = json.loads(existing(Path(folder, "run.json"), "record of the run").read_text())
        table = read_table(Path(folder, "motifs.tsv"))
        shares.append(annotate.share(model, run["recipe"]["architecture"], table))
        found = read_table(Path(folder, "recovered.tsv"))
        found.insert(1, "model", model)
        recovered.append(found)
    both = pd.concat(recovered).sort_values("factor", kind="stable")
    for name, rows in {"annotated": pd.DataFrame(shares), "recovered": both}.items():
        write_table(rows, Path(args.output) / f"{name}.tsv", digits=4)


if __name__ == "__main__":
    cli.run(main)
