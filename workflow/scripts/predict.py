#!/usr/bin/env python3
"""Predict a split with a trained model, or list the sequences that its filters read.

Writes the predictions, averaged over both strands, with the labels beside them (test_results.h5); with
-M, the sequences of every filter's sites (motifs.txt). The data folder holds packed windows, or the .mat
files of the published bundle, which are packed once.

predict.py -d data                 predictions of the test split
predict.py -d data -M              motif sequences of every filter
"""

from __future__ import annotations

import logging
from pathlib import Path

import cli


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with the split's windows (.h5 or .mat)")
    parser.add_argument("-m", "--model", help="architecture, to find its checkpoint (default: DanQ)")
    parser.add_argument("-c", "--checkpoint", help="path (default: checkpoints/danq.<model>.weights.h5)")
    parser.add_argument("-f", "--filters", type=int, help="filters that the model must have (default: any)")
    parser.add_argument("-k", "--kernel", type=int, help="width in bp that they must have (default: any)")
    parser.add_argument("-M", "--motifs", action="store_true", help="list motif sequences instead of predicting")
    parser.add_argument("-o", "--output", help="what to write (default: test_results.h5; with -M, motifs.txt)")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"), help="what to predict")
    parser.add_argument("--strands", choices=("both", "forward"), default="both", help="average both, or forward only")
    parser.add_argument(
        "--threshold", type=float, default=0.5, help="with -M: a site's activation is above this times the highest"
    )
    parser.add_argument("--cache", help="where to pack .mat files (default: beside them, or ~/.cache/danq)")
    parser.add_argument("--scratch", help="fast disk of this job, to copy the windows to (default: read them in place)")
    parser.add_argument("-g", "--gpus", type=int, help="GPUs; an error when not there (default: one if there is one)")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    from danq import checkpoint  # Keras loads here, so that -h answers at once
    from danq.devices import Devices
    from danq.staging import staged
    from danq.windows import Windows

    path = args.checkpoint or checkpoint.default_path("danq", args.model or "DanQ")
    sizes = {name: getattr(args, name) for name in ("filters", "kernel") if getattr(args, name) is not None}
    checkpoint.check_sizes(path, checkpoint.read_blueprint(path), args.model, sizes)
    devices = Devices(args.gpus, args.threads)
    name = f"{args.split}.h5"
    with staged(cli.packed_folder(args.data, [args.split], args.cache), [name], args.scratch) as folder:
        windows = Windows(folder / name)
        if args.motifs:
            list_sites(args, path, windows)
        else:
            from danq.predict import predict

            predict(path, windows, args.output or "test_results.h5", args.strands, devices)


def list_sites(args, path, windows) -> None:
    from danq import checkpoint, scan
    from danq.sites import write_sites

    model, blueprint = checkpoint.load(path)
    checkpoint.check_fit(blueprint, path, windows)
    samples = scan.chosen_samples(windows, None, args.strands)
    output = Path(args.output or "motifs.txt")
    with scan.scanned(model, windows, samples, threshold=args.threshold, folder=output.parent) as sites:
        total = write_sites(output, sites)
    logging.info("%s sites of %d filters in %s", f"{total:,}", sites.n_filters, output)


if __name__ == "__main__":
    cli.run(main)
