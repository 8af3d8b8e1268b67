#!/usr/bin/env python3
"""Join the shards of tracks.py to the tracks of the genome.

The options of places must be those of the shards; their files are named as in shards/chr1.0.h5.

join_tracks.py shards --genome hg38.fa --regions chr8 -o tracks
"""

from __future__ import annotations

import cli


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("folder", help="folder with the shards")
    cli.add_track_options(parser)
    parser.add_argument("-o", "--output", required=True, help="folder of the tracks")
    args = parser.parse_args()

    from danq.data.genome import Genome
    from danq.tracks.files import track_files, write_tracks
    from danq.tracks.layout import chosen_layout
    from danq.tracks.names import track_names
    from danq.tracks.shards import Shards

    contigs = Genome(args.genome, args.index_folder).contigs
    layout = chosen_layout(contigs, args.stride, args.block_size, args.regions, args.bed)
    shards = Shards(args.folder, layout)
    names = track_names(shards.targets, shards.chosen)
    cli.check_outputs([args.genome, args.bed], track_files(args.output, names, args.bedgraph == "true"))
    write_tracks(args.output, shards, names, shards.chosen, layout, args.bedgraph == "true")


if __name__ == "__main__":
    cli.run(main)
