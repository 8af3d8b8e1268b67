#!/usr/bin/env python3
"""Draw the trials of a search as parallel coordinates, and the importance of the settings.

Example: draw_trials.py results.tsv importance.tsv -m DanQ --space 'learning_rate={log_uniform: [0.0001, 0.01]}'
    --parallel trials.png --bars importance.png
"""

from __future__ import annotations

import cli
from danq.plots import pictures
from danq.plots.trials import importances, parallel
from danq.search import space, table
from danq.search.importance import IMPORTANCE


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("results", help="table of results (results.tsv)")
    parser.add_argument("importance", help="table of importance (importance.tsv)")
    parser.add_argument("-m", "--model", default="DanQ", help="architecture")
    parser.add_argument("--space", nargs="+", required=True, metavar="NAME=VALUES", help="the space of the search")
    parser.add_argument("--monitored", choices=("loss", "auprc"), default="loss", help="measure of the scores")
    parser.add_argument("--parallel", default="trials.png", help="picture of the trials (.png, .pdf, .svg)")
    parser.add_argument("--bars", default="importance.png", help="picture of the importance (.png, .pdf, .svg)")
    args = parser.parse_args()
    cli.check_outputs([args.results, args.importance], [args.parallel, args.bars])
    dimensions = space.from_words(args.model, args.space)
    results = table.results_table(dimensions).read(args.results)
    measure = "validation AUPRC" if args.monitored == "auprc" else "validation loss"
    pictures.save(parallel(dimensions, table.read_settings(results, dimensions), results, measure), args.parallel)
    pictures.save(importances(IMPORTANCE.read(args.importance)), args.bars)


if __name__ == "__main__":
    cli.run(main)
