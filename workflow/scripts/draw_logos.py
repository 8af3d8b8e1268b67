#!/usr/bin/env python3
"""Draw sequence logos of all filters of a model, each with the known motif that it matches beneath.

Writes one PNG per filter into a folder (an existing folder is replaced) and, on request, a sheet of the filters that
agree best with their known motifs and a folder with all logos on pages.

Example: draw_logos.py danq/motifs.meme danq/motifs.tsv danq/known.meme --title danq --sheet logos.png -o logos
"""

from __future__ import annotations

import os

import cli
from danq.motifs.annotate import MOTIFS
from danq.motifs.meme import read_meme
from danq.plots import logo


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("meme", help="motifs.meme of motifs.py")
    parser.add_argument("motifs", help="motifs.tsv of annotate.py, which lists the matches")
    parser.add_argument("known", help="known.meme of annotate.py, the matched known motifs")
    parser.add_argument("--title", default="", help="title of the sheet and the pages, such as the model's name")
    parser.add_argument("--sheet", help=f"picture to write with the {logo.BEST} filters of the best agreement")
    parser.add_argument("--pages", help="folder to write with all logos on pages, best agreement first")
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="number of processes")
    parser.add_argument("-o", "--output", default="logos", help="folder to write")
    parser.add_argument("--only", metavar="PICTURE", help="write this picture alone, such as logos/filter_001.png")
    args = parser.parse_args()
    folder = None if args.only else args.output
    cli.check_outputs([args.meme, args.motifs, args.known], [args.sheet, args.only], [folder, args.pages])
    every = logo.drawings(read_meme(args.meme), MOTIFS.read(args.motifs), read_meme(args.known))
    if args.only:
        logo.save_one(every, args.only)
        return
    logo.save_all(every, args.output, args.processes)
    if args.sheet:
        logo.save_sheet(every, args.title, args.sheet)
    if args.pages:
        logo.save_pages(every, args.title, args.pages, args.processes)


if __name__ == "__main__":
    cli.run(main)
