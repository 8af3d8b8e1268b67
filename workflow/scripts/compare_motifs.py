#!/usr/bin/env python3
"""Compare the motifs of several models: how many filters match a known motif, and which expected factors they match.

Writes annotated.tsv (one row per model, with the published shares) and recovered.tsv (one row per expected factor and
model).

Example: compare_motifs.py danq=results/danq deepsea=results/deepsea -o results
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import cli
from danq.files import read_json
from danq.motifs import annotate
from danq.motifs.compare_motifs import ANNOTATED, RECOVERED, share


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument(
        "models",
        nargs="+",
        type=cli.named,
        metavar="NAME=FOLDER",
        help="the models' folders, with training/run.json and the tables of annotate.py in motifs/",
    )
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    args = parser.parse_args()
    tables = [f"motifs/{name}.tsv" for name in ("motifs", "control", "recovered")]
    read = [path for _, folder in args.models for path in cli.inside(folder, "training/run.json", *tables)]
    cli.check_outputs(read, cli.inside(args.output, "annotated.tsv", "recovered.tsv"))
    shares, recovered = [], []
    for model, folder in cli.distinct(args.models).items():
        run = read_json(Path(folder, "training/run.json"), "record of the run", "recipe.architecture")
        table = annotate.MOTIFS.read(Path(folder, "motifs/motifs.tsv"))
        control = annotate.CONTROL.read(Path(folder, "motifs/control.tsv"))
        shares.append(share(model, run["recipe"]["architecture"], table, control))
        found = annotate.RECOVERED.read(Path(folder, "motifs/recovered.tsv"))
        found.insert(1, "model", model)
        recovered.append(found)
    both = pd.concat(recovered).sort_values("factor", kind="stable")
    ANNOTATED.write(pd.DataFrame(shares), Path(args.output) / "annotated.tsv")
    RECOVERED.write(both, Path(args.output) / "recovered.tsv")


if __name__ == "__main__":
    cli.run(main)
