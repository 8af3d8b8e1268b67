#!/usr/bin/env python3
"""Mean and standard deviation of each measure over the replicates of each model: trainings with other seeds, or folds.

Example: compare_replicates.py --replicates danq=seed1/auc.tsv danq=seed2/auc.tsv -o replicates.tsv
"""

from __future__ import annotations

import cli
from danq.evaluation.evaluate import AUC
from danq.evaluation.replicates import REPLICATES, replicates_table


def grouped(pairs) -> dict[str, list]:
    """The AUC tables by name; names that repeat are replicates of one model."""
    groups: dict[str, list] = {}
    for model, path in pairs:
        groups.setdefault(model, []).append(AUC.read(path))
    return groups


def parsed(parser, output: str):
    """The options of this program and of draw_replicates.py.

    output : default of --output
    """
    table = {"nargs": "+", "type": cli.named, "default": [], "metavar": "MODEL=FILE"}
    parser.add_argument(
        "-r",
        "--replicates",
        **table | {"default": None, "required": True},
        help="AUC tables of evaluate.py; those with the same name are replicates of one model",
    )
    parser.add_argument("-e", "--ensembles", **table, help="AUC table of the ensemble of a model's replicates")
    parser.add_argument("-b", "--baselines", **table, help="AUC tables of baselines")
    parser.add_argument("-o", "--output", default=output, help="file to write")
    args = parser.parse_args()
    cli.check_outputs([path for _, path in [*args.replicates, *args.ensembles, *args.baselines]], [args.output])
    return args


def main() -> None:
    args = parsed(cli.parser(__doc__), "replicates.tsv")
    ensembles = {model: tables[0] for model, tables in grouped(args.ensembles).items()}
    groups = grouped(args.replicates) | grouped(args.baselines)
    REPLICATES.write(replicates_table(groups, ensembles), args.output)


if __name__ == "__main__":
    cli.run(main)
