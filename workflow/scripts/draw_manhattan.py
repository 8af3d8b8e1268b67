#!/usr/bin/env python3
"""Draw the effects of a list of variants along the genome, a panel for each model (a Manhattan plot).

Example: draw_manhattan.py danq=danq/effects.h5 deepsea=deepsea/effects.h5 --title gwas -o effects.png
"""

from __future__ import annotations

import cli
from danq.plots import pictures
from danq.plots.manhattan import manhattan


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("effects", nargs="+", type=cli.named, help="NAME=FILE of each model's effects (variants.py)")
    parser.add_argument("--title", default="", help="title of the picture")
    parser.add_argument("-o", "--output", default="effects.png", help="picture (.png, .pdf, .svg)")
    args = parser.parse_args()
    effects = cli.distinct(args.effects)
    cli.check_outputs(list(effects.values()), [args.output])
    pictures.save(manhattan(effects, args.title), args.output)


if __name__ == "__main__":
    cli.run(main)
