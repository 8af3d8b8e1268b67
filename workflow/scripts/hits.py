#!/usr/bin/env python3
"""Find where motifs explain contributions: matches whose bases contribute more than random ones of the same windows.

Writes hits.tsv.gz (every hit), hits.bed.gz (if the places of the windows are known), carried.tsv (how much of the
predictions each motif carries), matches.tsv (what became of the matches), pairs.tsv and spacings.tsv (motifs that occur
together, and at which distances).

hits.py attributions.h5 -m positive.meme negative.meme -o hits      patterns of patterns.py
hits.py attributions.h5 -t CTCF REST --only CTCF REST YY1 -o hits    matrices of JASPAR
"""

from __future__ import annotations

import cli
from danq.errors import UserError


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("attributions", help="attributions.h5 of attribute.py")
    parser.add_argument(
        "-m",
        "--motifs",
        nargs="+",
        default=[],
        help="files of motifs: MEME, JASPAR, HOMER or TRANSFAC (default: the matrices of JASPAR)",
    )
    parser.add_argument("--release", default="JASPAR2024", help="JASPAR release, JASPAR2014 to JASPAR2026")
    parser.add_argument("--taxa", nargs="+", default=["vertebrates"], help="taxonomic groups of JASPAR")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="MOTIF", help="motifs to use, by factor or id (default: all)"
    )
    parser.add_argument(
        "-t", "--targets", nargs="+", default=[], help="targets by number, name, title or assay (default: all)"
    )
    parser.add_argument("--pvalue", type=float, default=1e-4, help="largest p-value of a match")
    parser.add_argument("--alpha", type=float, default=0.05, help="share of random sums that contribute as much")
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    for name in ("pvalue", "alpha"):
        if not 0 < getattr(args, name) < 1:
            raise UserError(f"--{name} must be between 0 and 1, not {getattr(args, name):g}")
    from danq.explain import explained, hit_motifs
    from danq.explain.attributions import Attributions
    from danq.explain.explained_targets import chosen
    from danq.explain.find_hits import FILES, Choice, find_hits
    from danq.motifs.known import from_jaspar

    cli.check_outputs([args.attributions, *args.motifs], cli.inside(args.output, *FILES))
    motifs = hit_motifs.from_files(args.motifs) if args.motifs else from_jaspar(args.release, args.taxa)
    motifs = hit_motifs.chosen(args.only, motifs) if args.only else motifs
    found = Attributions(args.attributions)
    given = [explained.given(found, target) for target in chosen(found, args.targets)]
    find_hits(given, motifs, args.output, Choice(args.pvalue, args.alpha))


if __name__ == "__main__":
    cli.run(main)
