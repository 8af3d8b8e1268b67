#!/usr/bin/env python3
"""Draw one region: the predictions of tracks.py, the peaks they were trained on, and variants.

draw_region.py chr8:100000-140000 danq=tracks/danq deepsea=tracks/deepsea --sheet targets.tsv -o region.png
"""

from __future__ import annotations

import cli
from danq.plots import pictures
from danq.plots.region import region
from danq.tracks.reader import Tracks
from danq.tracks.region import read_panels, read_positions, region_of
from danq.tracks.sheet import peaks_of


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("region", help="such as chr8:1001-2000 (1-based, both ends included)")
    parser.add_argument("models", nargs="+", type=cli.named, help="NAME=FOLDER of each model's tracks")
    parser.add_argument("--targets", nargs="+", default=[], help="targets by number, title or assay (default: all)")
    parser.add_argument("--sheet", help="sheet of targets, whose peaks are drawn (default: no peaks)")
    parser.add_argument("--folder", default=".", help="where relative paths of peak files start")
    parser.add_argument("--downloads", default="downloads", help="folder of peak files that are given by address")
    parser.add_argument("--min-signal", type=float, help="signal threshold of peaks, as prepare.py had it")
    parser.add_argument("--aliases", help="table of other names of the contigs, as prepare.py had it")
    parser.add_argument("--variants", help="VCF file or table: contig and 1-based position of each variant")
    parser.add_argument("--title", help="title of the picture (default: the region)")
    parser.add_argument("-o", "--output", default="region.png", help="picture (.png, .pdf, .svg)")
    args = parser.parse_args()
    models = cli.distinct(args.models)
    peaks = peaks_of(args.sheet, args.folder, args.downloads, args.min_signal, args.aliases)
    cli.check_outputs([args.sheet, args.variants, args.aliases, *(one.path for one in peaks.values())], [args.output])
    tracks = Tracks(models)
    place = region_of(tracks, args.region)
    panels = read_panels(tracks, place, args.targets, peaks)
    variants = read_positions(args.variants, tracks.contigs, place) if args.variants else None
    pictures.save(region(place, panels, variants, args.title), args.output)


if __name__ == "__main__":
    cli.run(main)
