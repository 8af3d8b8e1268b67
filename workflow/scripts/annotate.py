#!/usr/bin/env python3
"""Compare the motifs of filters with known motifs by TOMTOM.

Writes motifs.tsv (the table of filters with the best match of each), matches.tsv (the five best matches per filter),
known.meme (the matched matrices), recovered.tsv (the filter that matches each expected factor best) and control.tsv
(how many motifs have a name, and how many of the same motifs with shuffled columns).

With the windows that motifs.py scanned (-d), each match has its agreement: the correlation of the filter's best
activation with the best score of the known matrix over these windows.

Example: annotate.py motifs -d data -o motifs --taxa fungi
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.data.windows import Windows
from danq.errors import UserError
from danq.motifs import activations, annotate, names
from danq.motifs.agreement import Seen
from danq.motifs.known import from_file, from_jaspar
from danq.motifs.matrices import FILTERS
from danq.motifs.meme import read_meme, write_meme


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("motifs", help="folder that motifs.py wrote")
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    parser.add_argument("-d", "--data", help="folder with the split's windows (.h5 or .mat), to measure agreement")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"), help="windows that were scanned")
    parser.add_argument("--cache", help="where .mat files are packed (default: their folder, or ~/.cache/danq)")
    parser.add_argument(
        "--known", help="file of known motifs: MEME, JASPAR, HOMER or TRANSFAC (default: the matrices of JASPAR)"
    )
    parser.add_argument("--release", default="JASPAR2024", help="JASPAR release, JASPAR2014 to JASPAR2026")
    parser.add_argument(
        "--taxa",
        nargs="+",
        default=["vertebrates"],
        help="taxonomic groups of JASPAR: fungi, insects, nematodes, plants, urochordates, vertebrates",
    )
    parser.add_argument("--max-evalue", type=float, default=0.01, help="a match must have an E-value below this")
    parser.add_argument("--expected", nargs="*", default=[], help="factors to list in recovered.tsv, such as CTCF")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def seen_windows(args, folder: Path) -> Seen:
    """The windows that motifs.py scanned, with the activations that it wrote."""
    windows = Windows(cli.packed_folder(args.data, [args.split], args.cache) / f"{args.split}.h5")
    found = activations.read(folder / "activations.h5")
    if len(found.window) and found.window.max() >= len(windows):
        raise UserError(f"{folder / 'activations.h5'}: of other windows than {windows}; use the split that was scanned")
    return Seen(windows, found)


def main() -> None:
    args = arguments()
    folder, output = Path(args.motifs), Path(args.output)
    read = [*cli.inside(folder, "filters.tsv", "motifs.meme", "activations.h5"), args.known]
    written = cli.inside(output, "motifs.tsv", "matches.tsv", "known.meme", "recovered.tsv", "control.tsv")
    cli.check_outputs([*read, *cli.windows_in(args.data, [args.split])], written)
    filters = FILTERS.read(folder / "filters.tsv")
    motifs = read_meme(folder / "motifs.meme")
    known = from_file(args.known) if args.known else from_jaspar(args.release, args.taxa)
    names.check_expected(
        args.expected, [one.name for one in known], names.collection(args.known, args.release, args.taxa)
    )
    seen = seen_windows(args, folder) if args.data else None
    found = annotate.matches(motifs, known, args.threads, seen)
    noise = annotate.matches(annotate.shuffled(motifs), known, args.threads, seen)
    table = annotate.annotated(filters, found, args.max_evalue)
    expected = annotate.recovered(args.expected, known, found, args.max_evalue)
    annotate.MATCHES.write(found, output / "matches.tsv")
    annotate.MOTIFS.write(table, output / "motifs.tsv")
    annotate.CONTROL.write(annotate.control(found, noise, args.max_evalue), output / "control.tsv")
    annotate.RECOVERED.write(expected, output / "recovered.tsv")
    matched = [one for one in known if one.motif.name in set(found["known"])]
    write_meme(output / "known.meme", [one.motif for one in matched], {one.motif.name: one.name for one in matched})


if __name__ == "__main__":
    cli.run(main)
