#!/usr/bin/env python3
"""Measure what each target's prediction loses when a filter's output is held at its mean.

Writes a table, a row for each filter and a column for each target.

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
        "--windows", type=int, default=1000, help="how many windows, shared out among the targets' positive ones"
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of their choice")
    parser.add_argument("--cache", help="where to pack .mat files (default: beside them, or ~/.cache/danq)")
    parser.add_argument(
        "-g", "--gpus", type=int, choices=(0, 1), help="GPUs; an error when not there (default: one if there is)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    from danq import checkpoint, influence  # Keras loads here, so that -h answers at once
    from danq.devices import Devices
    from danq.tables import write_table
    from danq.windows import Windows

    Devices(args.gpus, args.threads)
    windows = Windows(cli.packed_folder(args.data, [args.split], args.cache) / f"{args.split}.h5")
    model, blueprint = checkpoint.load(args.checkpoint)
    checkpoint.check_fit(blueprint, args.checkpoint, windows)
    samples = influence.sampled(windows, args.windows, args.seed)
    logging.info("holding each of %d filters at its mean, in %d windows", blueprint.sizes["filters"], len(samples))
    lost = influence.influence(model, windows, samples)
    write_table(influence.table_of(lost, windows.targets), args.output, digits=4)


if __name__ == "__main__":
    cli.run(main)
