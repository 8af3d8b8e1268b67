#!/usr/bin/env python3
"""Write the table of the trials of a search: a row per trial with its id and its settings.

A table with more trials begins with the same rows.

Example: search_trials.py -m DanQ --space 'learning_rate={log_uniform: [0.0001, 0.01]}' 'sizes.filters=[32, 64]'
    --trials 16 -o trials.tsv
"""

from __future__ import annotations

import cli
from danq.search import space
from danq.search.sampler import SAMPLERS, trials
from danq.search.table import write_trials


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("-m", "--model", default="DanQ", help="architecture")
    parser.add_argument(
        "--space",
        nargs="+",
        required=True,
        metavar="NAME=VALUES",
        help="settings with their values: NAME=[choices], NAME={uniform: [low, high]}; also log_uniform, integers",
    )
    parser.add_argument("--trials", type=int, default=16, help="number of trials")
    parser.add_argument("--sampler", choices=SAMPLERS, default="sobol", help="how trials are chosen")
    parser.add_argument("--sampler-seed", type=int, default=1, help="random seed of the sampler")
    parser.add_argument("-o", "--output", default="trials.tsv", help="table to write")
    args = parser.parse_args()
    cli.check_outputs([], [args.output])
    dimensions = space.from_words(args.model, args.space)
    write_trials(trials(dimensions, args.trials, args.sampler, args.sampler_seed), dimensions, args.output)


if __name__ == "__main__":
    cli.run(main)
