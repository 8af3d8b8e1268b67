#!/usr/bin/env python3
"""Write the results of a search: the table of its trials, the importance of the settings, and the best recipe.

Takes the options of the training that all trials share, with the epochs of the last rung.

Example: search_results.py --trials trials.tsv --rungs rung0.tsv rung1.tsv --space 'learning_rate={log_uniform: [0.0001,
    0.01]}' -m DanQ --epochs 9 --name danq --results results.tsv --importance importance.tsv --best best.yaml
"""

from __future__ import annotations

import logging

import cli
from danq.files import replacing
from danq.search import best, halving, space, table
from danq.search.importance import FEWEST, IMPORTANCE, importance
from train import add_recipe, recipe_of

log = logging.getLogger("search_results")


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--trials", required=True, help="table of trials (trials.tsv)")
    parser.add_argument("--rungs", nargs="+", required=True, help="rankings of the rungs, the first one first")
    parser.add_argument("--space", nargs="+", required=True, metavar="NAME=VALUES", help="the space of the search")
    parser.add_argument("--monitored", choices=list(halving.MEASURES), default="loss", help="measure of the rankings")
    parser.add_argument("--name", default="model", help="name of the model; the best recipe is called NAME_best")
    parser.add_argument("--dataset", default="", help="name of the dataset, for the comment in the recipe")
    add_recipe(parser)
    parser.add_argument("--results", default="results.tsv", help="table to write")
    parser.add_argument("--importance", default="importance.tsv", help="table to write")
    parser.add_argument("--best", default="best.yaml", help="recipe to write")
    args = parser.parse_args()
    cli.check_outputs([args.trials, *args.rungs], [args.results, args.importance, args.best])
    dimensions = space.from_words(args.architecture, args.space)
    listed = table.trials_table(dimensions).read(args.trials)
    rungs = [halving.RUNG.read(path) for path in args.rungs]
    results = table.results(listed, rungs, dimensions)
    table.results_table(dimensions).write(results, args.results)

    settings = table.read_settings(results, dimensions)
    scores = results["score_1"].to_numpy(float) * (1 if args.monitored == "loss" else -1)
    matters = importance(dimensions, list(settings.values()), scores)
    if len(scores) < FEWEST:
        log.warning("%d trials are too few to tell which settings matter; it takes %d", len(scores), FEWEST)
    IMPORTANCE.write(matters, args.importance)

    first = halving.best(rungs)
    comments = best.comments(args.name, args.dataset, first, results, args.monitored)
    text = best.recipe_text(f"{args.name}_best", space.of_trial(recipe_of(args), settings[first]), comments)
    with replacing(args.best) as temporary:
        temporary.write_text(text, encoding="utf-8")
    log.info("best trial: %s", first)


if __name__ == "__main__":
    cli.run(main)
