#!/usr/bin/env python3
"""Predict a split with a trained model, or list the sequences of its filters' sites.

Writes the predictions, averaged over both strands, and the labels (test_results.h5); with -M, the
sequences of every filter's sites (motifs.txt). The data folder holds packed windows, or the .mat
files of the published bundle, which are packed at the first use.

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
    parser.add_argument("-f", "--filters", type=int, help="required number of filters (default: any)")
    parser.add_argument("-k", "--kernel", type=int, help="required width of the filters in bp (default: any)")
    parser.add_argument("-M", "--motifs", action="store_true", help="list motif sequences instead of predicting")
    parser.add_argument("-o", "--output", help="file to write (default: test_results.h5; with -M: motifs.txt)")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"), help="windows to predict")
    parser.add_argument(
        "--strands",
        choices=("both", "forward"),
        default="both",
        help="average both strands, or predict the forward strand only",
    )
    parser.add_argument(
        "--threshold", type=float, default=0.5, help="with -M: least activation of a site, as a fraction of the highest"
    )
    parser.add_argument("--cache", help="where to pack .mat files (default: their folder, or ~/.cache/danq)")
    parser.add_argument("--scratch", help="scratch disk to copy the windows to (default: read them in place)")
    parser.add_argument(
        "-g", "--gpus", type=int, help="number of GPUs; an error if not available (default: one if available)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.data.windows import Windows
        from danq.runtime import checkpoint
        from danq.runtime.devices import Devices
        from danq.runtime.staging import staged

    path = args.checkpoint or checkpoint.default_path("danq", args.model or "DanQ")
    output = args.output or ("motifs.txt" if args.motifs else "test_results.h5")
    cli.check_outputs([*cli.windows_in(args.data, [args.split]), path], [output])
    sizes = {name: getattr(args, name) for name in ("filters", "kernel") if getattr(args, name) is not None}
    checkpoint.check_sizes(path, checkpoint.read_blueprint(path), args.model, sizes)
    devices = Devices(args.gpus, args.threads)
    name = f"{args.split}.h5"
    with staged(cli.packed_folder(args.data, [args.split], args.cache), [name], args.scratch) as folder:
        windows = Windows(folder / name)
        if args.motifs:
            list_sites(args, path, windows, Path(output))
        else:
            from danq.runtime.predict import predict

            predict(path, windows, output, args.strands, devices)


def list_sites(args, path, windows, output: Path) -> None:
    from danq.motifs import scan
    from danq.motifs.site_list import write_sites
    from danq.runtime import checkpoint

    model, blueprint = checkpoint.load(path)
    checkpoint.check_fit(blueprint, path, windows)
    samples = scan.chosen_samples(windows, None, args.strands)
    with scan.scanned(model, windows, samples, threshold=args.threshold, folder=output.parent) as sites:
        total = write_sites(output, sites)
    logging.info("%s sites of %d filters in %s", f"{total:,}", sites.n_filters, output)


if __name__ == "__main__":
    cli.run(main)
