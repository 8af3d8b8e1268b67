#!/usr/bin/env python3
"""Predict along a genome and write tracks for genome browsers: a bigWig file of each chosen target.

Every contig is cut into cells of --stride bp from its first base. The value of a cell is the prediction
for the window centred on it. Several checkpoints are averaged.

tracks.py -c danq.weights.h5 --genome hg38.fa --targets CTCF -o tracks               whole genome
tracks.py -c danq.weights.h5 --genome hg38.fa --targets CTCF --regions chr8 chr9:1-50000 -o tracks
tracks.py ... --shard chr8:0 -o shards/chr8.0.h5                    one piece, for join_tracks.py
"""

from __future__ import annotations

import cli


def arguments():
    parser = cli.parser(__doc__)
    cli.add_checkpoints(parser)
    parser.add_argument("--targets", nargs="+", required=True, help="targets by number, name, title or assay")
    cli.add_track_options(parser)
    parser.add_argument(
        "--max-unknown",
        type=float,
        default=0.1,
        help="largest share of unknown bases of a window, those beyond the contig's ends included; others are skipped",
    )
    parser.add_argument(
        "--strands",
        choices=("both", "forward"),
        default="both",
        help="average both strands, or predict the forward strand only",
    )
    parser.add_argument("--shard", metavar="CONTIG:BLOCK", help="predict this block only, and write it as HDF5")
    parser.add_argument("-o", "--output", required=True, help="folder of the tracks; with --shard, file to write")
    parser.add_argument(
        "-g", "--gpus", type=int, help="number of GPUs; an error if not available (default: one if available)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.data.chosen_targets import choose
        from danq.data.genome import Genome
        from danq.runtime.devices import Devices
        from danq.runtime.ensembles import Ensemble
        from danq.tracks.files import track_files, write_tracks
        from danq.tracks.layout import chosen_layout, named_block
        from danq.tracks.names import track_names
        from danq.tracks.shards import write_shard
        from danq.tracks.values import check_share, predict_block, predict_blocks, settings_of

    check_share(args.max_unknown)
    paths = cli.checkpoints(args.checkpoint)
    inputs = [*paths, args.genome, args.bed]
    if args.shard:
        cli.check_outputs(inputs, [args.output])
    genome = Genome(args.genome, args.index_folder)
    layout = chosen_layout(genome.contigs, args.stride, args.block_size, args.regions, args.bed)
    block = named_block(layout, args.shard) if args.shard else None
    ensemble = Ensemble(paths, args.strands, Devices(args.gpus, args.threads))
    targets = choose(ensemble.targets, args.targets)
    if block:
        values = predict_block(ensemble, genome, layout, block, targets, args.max_unknown)
        settings = settings_of(ensemble, layout, targets, args.max_unknown)
        write_shard(args.output, values, ensemble.targets, settings)
    else:
        names = track_names(ensemble.targets, targets)
        cli.check_outputs(inputs, track_files(args.output, names, args.bedgraph == "true"))
        blocks = predict_blocks(ensemble, genome, layout, targets, args.max_unknown)
        write_tracks(args.output, blocks, names, targets, layout, args.bedgraph == "true")


if __name__ == "__main__":
    cli.run(main)
