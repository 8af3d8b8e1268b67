#!/usr/bin/env python3
"""Build the largest, the smallest and other networks of a search, without training, and list their parameters.

Sizes that do not fit the windows are an error, before any trial trains.

Example: search_networks.py --windows results/demo/windows/train.h5 -m DanQ --space 'sizes.filters=[32, 64]'
"""

from __future__ import annotations

import cli
from danq.data.windows import Windows
from danq.search import space
from train import add_recipe, recipe_of


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--windows", required=True, help="file with the training windows (.h5)")
    parser.add_argument("--space", nargs="+", default=[], metavar="NAME=VALUES", help="hyperparameters that vary")
    add_recipe(parser)
    parser.add_argument("-o", "--output", default="networks.tsv", help="table to write")
    args = parser.parse_args()
    cli.check_outputs([args.windows], [args.output])
    recipe, dimensions = recipe_of(args), space.from_words(args.architecture, args.space)
    with cli.quiet_loading():
        from danq.runtime.devices import Devices
        from danq.search.networks import NETWORKS, networks

    Devices(0)
    windows = Windows(args.windows)
    sizes = [dimension for dimension in dimensions if dimension.name.startswith("sizes.")]
    table = networks(args.architecture, windows.length, len(windows.targets), sizes, recipe.sizes)
    NETWORKS.write(table, args.output)


if __name__ == "__main__":
    cli.run(main)
