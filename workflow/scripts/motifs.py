#!/usr/bin/env python3
"""Find the motifs of the filters of a model's first convolution.

Scans windows with the filters, and makes a motif of the sites where each filter fires: its best site in every sequence
(DeepBind, DanQ), or all its sites (Basset). A place of the genome that several windows show counts once. Writes
filters.tsv (one row per filter), motifs.meme (the motifs), counts.jaspar (counts of their sites, before pseudocounts
and trimming), instances.tsv.gz (all sites), instances.bed.gz (the same, if the places of the windows are known) and
sites/ (an alignment per filter).

Example: motifs.py -d data -c checkpoints/danq.DanQ.weights.h5 -o motifs
"""

from __future__ import annotations

import cli


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with the split's windows (.h5 or .mat)")
    parser.add_argument("-c", "--checkpoint", required=True, help="checkpoint of the model")
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"), help="windows to scan")
    parser.add_argument(
        "--targets",
        nargs="*",
        default=[],
        help="scan windows positive for any of these numbers or names (default: all)",
    )
    parser.add_argument(
        "--strands", choices=("both", "forward"), default="both", help="scan both strands or forward only"
    )
    parser.add_argument(
        "--sites", choices=("best", "all"), default="best", help="the best site of each sequence, or all sites"
    )
    parser.add_argument(
        "--threshold", type=float, default=0.5, help="least activation of a site, as a fraction of the filter's highest"
    )
    parser.add_argument("--min-sites", type=int, help="least number of distinct sites for a motif (default: 30)")
    parser.add_argument(
        "--pseudocount", type=float, help="added to the count of each base (default: 0; with --sites all: 1)"
    )
    parser.add_argument(
        "--background",
        choices=("uniform", "windows"),
        help="base composition that information is relative to: uniform, or that of the windows "
        "(default: uniform; with --sites all: windows)",
    )
    parser.add_argument(
        "--trim",
        type=float,
        default=0.25,
        help="remove positions at both ends of a motif with less information, in bits",
    )
    parser.add_argument("--cache", help="where to pack .mat files (default: their folder, or ~/.cache/danq)")
    parser.add_argument(
        "-g",
        "--gpus",
        type=int,
        choices=(0, 1),
        help="number of GPUs; an error if not available (default: one if available)",
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    names = ("filters.tsv", "motifs.meme", "counts.jaspar", "activations.h5", "instances.tsv.gz", "instances.bed.gz")
    read = [*cli.windows_in(args.data, [args.split]), args.checkpoint]
    cli.check_outputs(read, cli.inside(args.output, *names), cli.inside(args.output, "sites"))
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.data.targets import find
        from danq.data.windows import Windows
        from danq.motifs import matrices, scan
        from danq.motifs.find import find_motifs
        from danq.runtime import checkpoint
        from danq.runtime.devices import Devices

    Devices(args.gpus, args.threads)
    windows = Windows(cli.packed_folder(args.data, [args.split], args.cache) / f"{args.split}.h5")
    model, blueprint = checkpoint.load(args.checkpoint)
    checkpoint.check_fit(blueprint, args.checkpoint, windows)
    samples = scan.chosen_samples(windows, [find(windows.targets, name) for name in args.targets], args.strands)
    given = {name: getattr(args, name) for name in ("pseudocount", "min_sites", "background")}
    options = matrices.options(args.sites, windows, samples, args.trim, **given)
    find_motifs(model, windows, samples, args.output, options, args.sites, args.threshold)


if __name__ == "__main__":
    cli.run(main)
