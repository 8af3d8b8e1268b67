#!/usr/bin/env python3
"""Draw what embed.py wrote: a heat map of the effects of inserts on targets or, of a table of pairs, curves by gap.

draw_embedding.py effects.tsv -o effects.png
draw_embedding.py --pairs pairs.tsv -o pairs.png
"""

from __future__ import annotations

import cli
from danq.errors import UserError
from danq.explain.embedding_tables import EFFECTS, PAIRS
from danq.plots import embedding, pictures


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("effects", nargs="?", help="table of effects")
    parser.add_argument("--pairs", help="table of pairs")
    parser.add_argument("--title", default="", help="title of the picture")
    parser.add_argument("-o", "--output", default="embedding.png", help="picture (.png, .pdf, .svg)")
    args = parser.parse_args()
    if bool(args.effects) == bool(args.pairs):
        raise UserError("give a table of effects, or --pairs with a table of pairs")
    cli.check_outputs([args.effects, args.pairs], [args.output])
    if args.pairs:
        pictures.save(embedding.pairs(PAIRS.read(args.pairs), args.title), args.output)
    else:
        pictures.save(embedding.effects(EFFECTS.read(args.effects), args.title), args.output)


if __name__ == "__main__":
    cli.run(main)
