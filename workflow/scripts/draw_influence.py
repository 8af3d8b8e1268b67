#!/usr/bin/env python3
"""Draw the influence of filters on targets as a clustered heat map.

Example: draw_influence.py danq/influence.tsv danq/motifs.tsv --title danq -o influence.png
"""

from __future__ import annotations

import cli
from danq.explain.influence_table import INFLUENCE
from danq.motifs.annotate import MOTIFS
from danq.plots import pictures
from danq.plots.heatmap import influence


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("influence", help="table of influence.py")
    parser.add_argument("motifs", help="motifs.tsv of annotate.py, which names the known motifs")
    parser.add_argument("--title", default="", help="title of the picture, such as the model's name")
    parser.add_argument("-o", "--output", default="influence.png", help="picture (.png, .pdf, .svg)")
    args = parser.parse_args()
    cli.check_outputs([args.influence, args.motifs], [args.output])
    names = MOTIFS.read(args.motifs).set_index("filter")["name"]
    pictures.save(influence(INFLUENCE.read(args.influence), names, args.title), args.output)


if __name__ == "__main__":
    cli.run(main)
