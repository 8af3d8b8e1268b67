#!/usr/bin/env python3
"""Find the motifs that a model's first convolution reads.

Scans windows with the first layer's filters and stacks the sites where they fire into motifs: each filter's best
site in every sequence (DeepBind, DanQ), or all its sites (Basset). Writes filters.tsv (one row a filter),
motifs.meme (the motifs), counts.jaspar (their sites counted, before pseudocounts and trimming), instances.tsv.gz
(every site), instances.bed.gz (the same, when the windows' places are known) and sites/ (an alignment per filter).

Example: motifs.py -d data -c checkpoints/danq.DanQ.weights.h5 -o motifs
"""

from __future__ import annotations

import logging
from pathlib import Path

import cli


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with the split's windows (.h5 or .mat)")
    parser.add_argument("-c", "--checkpoint", required=True, help="checkpoint of the model")
    parser.add_argument("-o", "--output", default=".", help="folder to write into")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"), help="windows to scan")
    parser.add_argument(
        "--targets", nargs="*", default=[], help="scan windows positive for these, by number or name (default: for any)"
    )
    parser.add_argument(
        "--strands", choices=("both", "forward"), default="both", help="scan both strands or forward only"
    )
    parser.add_argument(
        "--sites", choices=("best", "all"), default="best", help="the best site of each sequence, or all sites"
    )
    parser.add_argument(
        "--threshold", type=float, default=0.5, help="a site's activation is above this times the filter's highest"
    )
    parser.add_argument("--min-sites", type=int, help="a filter with fewer sites gets no motif (default: 10)")
    parser.add_argument(
        "--pseudocount", type=float, help="added to the count of each base (default: 0; with --sites all, 1)"
    )
    parser.add_argument(
        "--background",
        choices=("uniform", "windows"),
        help="what information is measured against: equal shares of bases, or those of the windows "
        "(default: uniform; with --sites all, windows)",
    )
    parser.add_argument(
        "--trim", type=float, default=0.25, help="places at a motif's ends with less information, in bits, are cut off"
    )
    parser.add_argument("--cache", help="where to pack .mat files (default: beside them, or ~/.cache/danq)")
    parser.add_argument(
        "-g", "--gpus", type=int, choices=(0, 1), help="GPUs; an error when not there (default: one if there is)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def making(args, windows, samples):
    """How counts become motifs: the chosen way's own, where no option says otherwise."""
    from danq.meme import UNIFORM
    from danq.motifs import DEFAULTS, Making, composition

    given = {name: getattr(args, name) for name in ("pseudocount", "min_sites", "background")}
    chosen = DEFAULTS[args.sites] | {name: value for name, value in given.items() if value is not None}
    background = composition(windows, samples) if chosen.pop("background") == "windows" else UNIFORM
    return Making(trim=args.trim, background=background, **chosen)


def main() -> None:
    args = arguments()
    from danq import checkpoint, instances, motifs, scan  # Keras loads here, so that -h answers at once
    from danq.devices import Devices
    from danq.meme import filter_name, write_counts, write_meme
    from danq.tables import write_table
    from danq.targets import find
    from danq.windows import Windows

    Devices(args.gpus, args.threads)
    windows = Windows(cli.packed_folder(args.data, [args.split], args.cache) / f"{args.split}.h5")
    model, blueprint = checkpoint.load(args.checkpoint)
    checkpoint.check_fit(blueprint, args.checkpoint, windows)
    targets = [find(windows.targets, name) for name in args.targets]
    samples = scan.chosen_samples(windows, targets, args.strands)
    ways, output = making(args, windows, samples), Path(args.output)
    rows, found, counted = [], [], {}
    with (
        scan.scanned(model, windows, samples, args.sites, args.threshold, output) as sites,
        instances.writing(output, sites) as writer,
    ):
        for filter in range(sites.n_filters):
            stack = motifs.Stack(sites.width)
            for some in sites.of(filter):
                bases = sites.bases(some)
                stack.add(bases, some["activation"])
                writer.write(filter, some, bases)
            motif, row = motifs.make_motif(filter, stack, ways)
            rows.append(row)
            if motif:
                found.append(motif)
                counted[filter_name(filter)] = stack.counts
    logging.info(
        "%d of %d filters have a motif, %s sites", len(found), len(rows), f"{sum(row['sites'] for row in rows):,}"
    )
    write_table(motifs.table_of(rows), output / "filters.tsv", digits=4)
    write_counts(output / "counts.jaspar", counted)
    write_meme(output / "motifs.meme", found)


if __name__ == "__main__":
    cli.run(main)
