#!/usr/bin/env python3
"""Draw models against published figures as scatter plots with one dot per target.

Example: draw_published.py results/deepsea/published.tsv -o published.png
"""

from __future__ import annotations

import cli
from danq.evaluation.compare_published import PUBLISHED
from danq.plots import pictures
from danq.plots.published import against_published


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("compared", help="published.tsv of compare_published.py")
    parser.add_argument("-o", "--output", default="published.png", help="picture (.png, .pdf, .svg)")
    args = parser.parse_args()
    cli.check_outputs([args.compared], [args.output])
    pictures.save(against_published(PUBLISHED.read(args.compared)), args.output)


if __name__ == "__main__":
    cli.run(main)
