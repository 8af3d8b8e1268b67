#!/usr/bin/env python3
"""Name the motifs of filters: compare them with known motifs by TOMTOM.

Writes motifs.tsv (the table of filters with each one's match), matches.tsv (the five best matches of each filter),
known.meme (the matrices that were matched) and recovered.tsv (which of the expected factors' motifs were found).

Example: annotate.py motifs -o motifs --taxa fungi
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq import annotate
from danq.meme import read_meme, write_meme
from danq.tables import read_table, write_table


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("motifs", help="folder that motifs.py wrote")
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    parser.add_argument("--known", help="MEME file of known motifs (default: those of JASPAR)")
    parser.add_argument("--release", default="JASPAR2024", help="JASPAR release, JASPAR2014 to JASPAR2026")
    parser.add_argument(
        "--taxa",
        nargs="+",
        default=["vertebrates"],
        help="taxonomic groups of JASPAR: fungi, insects, nematodes, plants, urochordates, vertebrates",
    )
    parser.add_argument("--max-evalue", type=float, default=0.01, help="a match has an E-value below this")
    parser.add_argument("--expected", nargs="*", default=[], help="factors whose motifs to look for, such as CTCF")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    folder, output = Path(args.motifs), Path(args.output)
    filters = read_table(folder / "filters.tsv", "table of filters")
    motifs = read_meme(folder / "motifs.meme")
    known = annotate.from_meme(args.known) if args.known else annotate.from_jaspar(args.release, args.taxa)
    found = annotate.matches(motifs, known, args.threads)
    table = annotate.annotated(filters, found, args.max_evalue)
    expected = annotate.recovered(args.expected, known, found, args.max_evalue)
    for name, rows in {"matches": found, "motifs": table, "recovered": expected}.items():
        write_table(rows, output / f"{name}.tsv", digits=4)
    matched = [one for one in known if one.motif.name in set(found["known"])]
    write_meme(output / "known.meme", [one.motif for one in matched], {one.motif.name: one.name for one in matched})


if __name__ == "__main__":
    cli.run(main)
