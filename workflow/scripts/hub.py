#!/usr/bin/env python3
"""Write a track hub, with which a genome browser shows peaks and predictions side by side.

Upload the folder to a web server, and give the browser the address of its hub.txt.

hub.py danq=tracks/danq deepsea=tracks/deepsea --sheet targets.tsv --assembly hg38 -o hub
"""

from __future__ import annotations

import cli
from danq.tracks.hub import write_hub
from danq.tracks.sheet import peaks_of


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("models", nargs="+", type=cli.named, help="NAME=FOLDER of each model's tracks")
    parser.add_argument(
        "--contributions",
        nargs="+",
        action="extend",
        default=[],
        type=cli.named,
        metavar="NAME=FOLDER",
        help="folders of attribution_tracks.py, each with a name",
    )
    parser.add_argument("--sheet", help="sheet of targets, whose peaks are shown (default: predictions only)")
    parser.add_argument("--folder", default=".", help="where relative paths of peak files start")
    parser.add_argument("--downloads", default="downloads", help="folder of peak files that are given by address")
    parser.add_argument("--min-signal", type=float, help="signal threshold of peaks, as prepare.py had it")
    parser.add_argument("--aliases", help="table of other names of the contigs, as prepare.py had it")
    parser.add_argument("--assembly", required=True, help="the browser's name of the genome, such as hg38")
    parser.add_argument("--name", default="danq", help="name of the hub")
    parser.add_argument("--email", default="name@example.org", help="address of the maintainer, required by browsers")
    parser.add_argument("-o", "--output", default="hub", help="folder of the hub; an old one is replaced")
    args = parser.parse_args()
    models, contributions = cli.distinct(args.models), cli.distinct(args.contributions)
    peaks = peaks_of(args.sheet, args.folder, args.downloads, args.min_signal, args.aliases)
    inputs = [args.sheet, *models.values(), args.aliases, *(one.path for one in peaks.values())]
    cli.check_outputs([*inputs, *contributions.values()], folders=[args.output])
    write_hub(args.output, models, args.assembly, args.name, args.email, peaks, contributions)


if __name__ == "__main__":
    cli.run(main)
