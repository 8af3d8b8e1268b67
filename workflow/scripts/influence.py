#!/usr/bin/env python3
"""Measure how much each target's predicted probability decreases when a filter's output is replaced by its mean.

The output is replaced where the next layer reads it, after pooling. Writes a table with one row per filter and one
column per target.

Example: influence.py -d data -c checkpoints/danq.DanQ.weights.h5 -o influence.tsv
"""

from __future__ import annotations

import logging

import cli


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with the split's windows (.h5 or .mat)")
    parser.add_argument("-c", "--checkpoint", required=True, help="checkpoint of the model")
    parser.add_argument("-o", "--output", default="influence.tsv", help="table to write")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"), help="windows to predict")
    parser.add_argument(
        "--windows", type=int, default=1000, help="number of positive windows, about equally many per target"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of the choice of windows")
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
    cli.check_outputs([*cli.windows_in(args.data, [args.split]), args.checkpoint], [args.output])
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.data.windows import Windows
        from danq.explain import influence
        from danq.explain.influence_table import INFLUENCE
        from danq.runtime import checkpoint
        from danq.runtime.devices import Devices

    Devices(args.gpus, args.threads)
    windows = Windows(cli.packed_folder(args.data, [args.split], args.cache) / f"{args.split}.h5")
    model, blueprint = checkpoint.load(args.checkpoint)
    checkpoint.check_fit(blueprint, args.checkpoint, windows)
    samples = influence.sampled(windows, args.windows, args.seed)
    logging.info("measuring the influence of %d filters in %d windows", blueprint.sizes["filters"], len(samples))
    lost = influence.influence(model, windows, samples, windows.labels(samples))
    INFLUENCE.write(influence.table_of(lost, windows.targets), args.output)


if __name__ == "__main__":
    cli.run(main)
