#!/usr/bin/env python3
"""Name the patterns of discover.py by TOMTOM, and write them as motifs and places.

Writes patterns.tsv (one row per pattern with its best match), matches.tsv (the five best matches of each), control.tsv
(how many patterns have a name, and how many with shuffled columns), positive.meme and negative.meme (matrices of the
patterns that raise and lower the prediction), known.meme (the matched matrices) and, if the places of the windows are
known, places.bed.gz (the patterns' seqlets).

Example: patterns.py patterns.h5 -o patterns --taxa fungi
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.explain import pattern_tables
from danq.explain.patterns import motifs_of, read
from danq.motifs import annotate
from danq.motifs.known import from_file, from_jaspar
from danq.motifs.meme import write_meme

FILES = ("patterns.tsv", "matches.tsv", "control.tsv", "positive.meme", "negative.meme", "known.meme", "places.bed.gz")


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("patterns", help="patterns.h5 of discover.py")
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    parser.add_argument(
        "--known", help="file of known motifs: MEME, JASPAR, HOMER or TRANSFAC (default: the matrices of JASPAR)"
    )
    parser.add_argument("--release", default="JASPAR2024", help="JASPAR release, JASPAR2014 to JASPAR2026")
    parser.add_argument("--taxa", nargs="+", default=["vertebrates"], help="taxonomic groups of JASPAR")
    parser.add_argument("--max-evalue", type=float, default=0.01, help="a match must have an E-value below this")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    output = Path(args.output)
    cli.check_outputs([args.patterns, args.known], cli.inside(args.output, *FILES))
    found = read(args.patterns)
    known = from_file(args.known) if args.known else from_jaspar(args.release, args.taxa)
    table, matches, control = pattern_tables.named(found.patterns, known, args.max_evalue, args.threads)
    pattern_tables.PATTERNS.write(table, output / "patterns.tsv")
    pattern_tables.MATCHES.write(matches, output / "matches.tsv")
    annotate.CONTROL.write(control, output / "control.tsv")
    for sign in ("positive", "negative"):
        write_meme(output / f"{sign}.meme", motifs_of(found.patterns, sign))
    matched = [one for one in known if one.motif.name in set(matches["known"])]
    write_meme(output / "known.meme", [one.motif for one in matched], {one.motif.name: one.name for one in matched})
    places = pattern_tables.places(found, table.set_index("pattern")["name"])
    if places is not None:
        pattern_tables.write_bed(places, output / "places.bed.gz")


if __name__ == "__main__":
    cli.run(main)
