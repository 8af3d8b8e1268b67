#!/usr/bin/env python3
"""Find the motifs that a model's first convolution reads.

Scans windows with the first layer's filters, takes each filter's best site in every sequence, and
writes instances.tsv.gz (the sites), motifs.meme (the matrices) and motifs.tsv (one row a filter).

Example: motifs.py -d data -c checkpoints/danq.DanQ.weights.h5 -o motifs
"""

from __future__ import annotations

import logging
from pathlib import Path

import cli


def main() -> None:
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
        "--threshold", type=float, default=0.5, help="a site's activation is above this times the filter's highest"
    )
    parser.add_argument("--cache", help="where to pack .mat files (default: beside them, or ~/.cache/danq)")
    parser.add_argument("--min-sites", type=int, default=10, help="a filter with fewer sites gets no motif")
    parser.add_argument(
        "-g", "--gpus", type=int, choices=(0, 1), help="GPUs; an error when not there (default: one if there is)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    args = parser.parse_args()

    from danq import checkpoint, motifs  # Keras loads here, so that -h answers at once
    from danq.devices import Devices
    from danq.files import replacing
    from danq.meme import write_meme
    from danq.targets import find
    from danq.windows import Windows

    Devices(args.gpus, args.threads)
    windows = Windows(cli.packed_folder(args.data, [args.split], args.cache) / f"{args.split}.h5")
    model, blueprint = checkpoint.load(args.checkpoint)
    checkpoint.check_fit(blueprint, args.checkpoint, windows)
    targets = [find(windows.targets, name) for name in args.targets]
    samples = motifs.chosen_samples(windows, targets, args.strands)
    instances = motifs.find_instances(model, windows, samples, args.threshold)
    found, table = motifs.make_motifs(instances, blueprint.sizes["filters"], args.min_sites)
    logging.info("%d of %d filters have a motif", len(found), len(table))
    output = Path(args.output)
    motifs.write_instances(output / "instances.tsv.gz", instances, windows)
    with replacing(output / "motifs.tsv") as temporary:
        table.to_csv(temporary, sep="\t", index=False, na_rep="NA", float_format="%.4g")
    write_meme(output / "motifs.meme", found)


if __name__ == "__main__":
    cli.run(main)
