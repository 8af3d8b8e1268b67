#!/usr/bin/env python3
"""Draw the patterns of discover.py: their contributions, their bases, and the known motifs that they match.

Example: draw_patterns.py patterns.h5 patterns.tsv known.meme --title "danq, CTCF" -o patterns.png
"""

from __future__ import annotations

import cli
from danq.explain.pattern_tables import PATTERNS
from danq.explain.patterns import read
from danq.motifs.meme import read_meme
from danq.plots import patterns, pictures


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("patterns", help="patterns.h5 of discover.py")
    parser.add_argument("table", help="patterns.tsv of patterns.py")
    parser.add_argument("known", help="known.meme of patterns.py, the matched known motifs")
    parser.add_argument("--title", default="", help="title of the picture")
    parser.add_argument("-o", "--output", default="patterns.png", help="picture (.png, .pdf, .svg)")
    args = parser.parse_args()
    cli.check_outputs([args.patterns, args.table, args.known], [args.output])
    drawn = patterns.page(read(args.patterns).patterns, PATTERNS.read(args.table), read_meme(args.known), args.title)
    pictures.save(drawn, args.output)


if __name__ == "__main__":
    cli.run(main)
