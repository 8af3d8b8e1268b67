#!/usr/bin/env python3
"""Test the differences between models with several trainings each: do they exceed what seeds and windows alone do?

Example: replicate_tests.py -p danq=a.h5 danq=b.h5 deepsea=c.h5 deepsea=d.h5 -o replicate_tests.tsv
"""

from __future__ import annotations

import cli
from danq.evaluation.compare_models import rank
from danq.evaluation.replicate_tests import TESTS, check_groups, differences_table
from danq.runtime.predictions import Predictions


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument(
        "-p",
        "--predictions",
        nargs="+",
        type=cli.named,
        metavar="MODEL=FILE",
        required=True,
        help="predictions of the same windows; those with the same name are replicates of one model",
    )
    parser.add_argument(
        "-b", "--baselines", nargs="+", action="extend", default=[], metavar="MODEL", help="models without replicates"
    )
    parser.add_argument("-o", "--output", default="replicate_tests.tsv", help="table to write")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    args = parser.parse_args()

    cli.check_outputs([path for _, path in args.predictions], [args.output])
    groups: dict[str, list[int]] = {}
    for number, (model, _) in enumerate(args.predictions):
        groups.setdefault(model, []).append(number)
    check_groups(groups, args.baselines)
    opened = {f"{model} ({path})": Predictions.open(path) for model, path in args.predictions}
    TESTS.write(differences_table(rank(opened, args.threads), groups, args.baselines), args.output)


if __name__ == "__main__":
    cli.run(main)
