#!/usr/bin/env python3
"""Write the table of the trials of a search, after a check that each trial's network can be built for the windows.

Takes the options of a training, which all trials share; the space replaces some of them. The table (trials.tsv) has a
row per trial: its id, then its settings.

Example: search_trials.py -d results/demo/windows -m DanQ --space 'learning_rate={log_uniform: [0.0001, 0.01]}'
    'sizes.filters=[32, 64]' --trials 16 -o trials.tsv
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.search import space
from danq.search.sampler import SAMPLERS, trials
from danq.search.table import write_trials
from train import add_recipe, recipe_of


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with the training windows (train.h5)")
    parser.add_argument("--space", nargs="+", required=True, metavar="NAME=VALUES", help=space.__doc__.split("\n\n")[1])
    parser.add_argument("--trials", type=int, default=16, help="number of trials")
    parser.add_argument("--sampler", choices=SAMPLERS, default="sobol", help="how trials are chosen")
    parser.add_argument("--sampler-seed", type=int, default=1, help="random seed of the sampler")
    add_recipe(parser)
    parser.add_argument("-o", "--output", default="trials.tsv", help="table to write")
    args = parser.parse_args()
    windows = Path(args.data, "train.h5")
    cli.check_outputs([windows], [args.output])
    recipe = recipe_of(args)
    dimensions = space.from_words(args.architecture, args.space)
    found = trials(dimensions, args.trials, args.sampler, args.sampler_seed)
    recipes = {trial: space.of_trial(recipe, varied) for trial, varied in found.items()}
    with cli.quiet_loading():
        from danq.runtime.devices import Devices
        from danq.search.trial import check

    Devices(0)
    check(recipes, windows)
    write_trials(found, dimensions, args.output)


if __name__ == "__main__":
    cli.run(main)
