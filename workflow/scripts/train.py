#!/usr/bin/env python3
"""Train DanQ, DeepSEA or DanQ-JASPAR on packed windows.

Reads train.h5 and valid.h5 from the data folder (or train.mat and valid.mat of the published bundle, which
are packed once), trains until the validation loss has stopped
improving, and writes the best weights to checkpoints/<prefix>.<model>.weights.h5, with the history
(.history.tsv) and a record of the run (.run.json) beside them. Ctrl-C and SIGTERM save where training
stands; a run that was stopped or killed goes on from there when the same command is given again.

Example: train.py -d data -m DeepSEA -e 20 -b 100 --size filters=64
"""

from __future__ import annotations

import argparse
from typing import Any

import cli
from danq import models
from danq.recipe import CLASS_WEIGHTINGS, FIRST_FILTERS, OPTIMIZERS, PRECISIONS, SCHEDULES, STRANDS, XLA, Recipe

PREFIX, SUFFIX = "danq", ".weights.h5"


def size(text: str) -> tuple[str, Any]:
    """`filters=64` or `gates=sigmoid` as a pair."""
    name, separator, value = text.partition("=")
    if not (name and separator and value):
        raise argparse.ArgumentTypeError(f"{text!r}: write a size as name=value, such as filters=64")
    try:
        return name, int(value) if value.lstrip("-").isdigit() else float(value)
    except ValueError:
        return name, value


def arguments():
    default = Recipe()
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with train and valid windows (.h5 or .mat)")
    parser.add_argument("-m", "--model", default=default.architecture, help=f"one of {', '.join(models.ARCHITECTURES)}")
    parser.add_argument("-o", "--output", default=PREFIX, help=f"prefix of the checkpoint, or its path (*{SUFFIX})")
    parser.add_argument(
        "-b", "--batch-size", type=int, default=default.batch_size, help="windows a batch, all GPUs together"
    )
    parser.add_argument("-e", "--epochs", type=int, default=default.epochs, help="at most")
    parser.add_argument(
        "-p", "--patience", type=int, default=default.patience, help="epochs without a better validation loss"
    )
    parser.add_argument(
        "-f", "--filters", type=int, help="filters of the first convolution (default: 320; DanQ-JASPAR: 1024)"
    )
    parser.add_argument(
        "-k", "--kernel", type=int, help="their width in bp (default: DanQ 26, DeepSEA 8, DanQ-JASPAR 30)"
    )
    parser.add_argument(
        "--size",
        type=size,
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="any hyperparameters of the architecture",
    )
    parser.add_argument("-O", "--optimizer", choices=OPTIMIZERS, default=default.optimizer, help="optimizer")
    parser.add_argument("-l", "--learning-rate", type=float, default=default.learning_rate, help="learning rate")
    parser.add_argument("-s", "--schedule", choices=SCHEDULES, default=default.schedule, help="of the learning rate")
    parser.add_argument("--decay", type=float, default=default.decay, help="a batch, for the schedule inverse")
    parser.add_argument("--weight-decay", type=float, default=default.weight_decay, help="for sgd")
    parser.add_argument("--momentum", type=float, default=default.momentum, help="for sgd")
    parser.add_argument("--precision", choices=PRECISIONS, default=default.precision, help="of the arithmetic")
    parser.add_argument("--xla", choices=XLA, default=default.xla, help="compile with XLA (auto: Keras decides)")
    parser.add_argument(
        "--strands",
        choices=STRANDS,
        default=default.strands,
        help="reverse complements: each window's both strands, one at random, or forward only",
    )
    parser.add_argument(
        "--class-weighting", choices=CLASS_WEIGHTINGS, default=default.class_weighting, help="weight of positives"
    )
    parser.add_argument(
        "-w",
        "--weights",
        nargs="?",
        const="",
        metavar="FILE",
        help="go on from the weights of a checkpoint (without FILE: the one that this command writes)",
    )
    parser.add_argument(
        "--first-filters",
        choices=FIRST_FILTERS,
        help="start of the first convolution: random, or known motifs (default: random; DanQ-JASPAR: jaspar)",
    )
    parser.add_argument("--jaspar-release", default=default.jaspar_release, help="release of those motifs")
    parser.add_argument("--jaspar-taxa", nargs="+", default=list(default.jaspar_taxa), help="their taxonomic groups")
    parser.add_argument(
        "--jaspar-scale", type=float, default=default.jaspar_scale, help="what their values are multiplied by"
    )
    parser.add_argument("-n", "--max-windows", type=int, help="use so many training windows only, for debugging")
    parser.add_argument("--seed", type=int, default=default.seed, help="of initial weights, shuffling and dropout")
    parser.add_argument(
        "-g", "--gpus", type=int, help="GPUs; an error when they are not there (default: one if there is one)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    parser.add_argument("--history", help="path of the history table (default: beside the checkpoint)")
    parser.add_argument("--run", help="path of the record of the run (default: beside the checkpoint)")
    parser.add_argument("--cache", help="where to pack .mat files (default: beside them, or ~/.cache/danq)")
    parser.add_argument("--state", help="path of the state to resume from (default: beside the checkpoint)")
    parser.add_argument(
        "--save-every", type=float, default=600, metavar="SECONDS", help="between two savings within an epoch"
    )
    parser.add_argument("--scratch", help="fast disk of this job, to copy the windows to (default: read them in place)")
    parser.add_argument("--tensorboard", help="folder for TensorBoard logs (default: none)")
    parser.add_argument("-v", "--verbose", action="store_true", help="show the layers, and the loss within each epoch")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    models.default_sizes(args.model)  # an unknown architecture is said before anything is read
    sizes = dict(args.size)
    for name in ("filters", "kernel"):
        if getattr(args, name) is not None:
            sizes[name] = getattr(args, name)
    recipe = Recipe(
        architecture=args.model,
        sizes=sizes,
        optimizer=args.optimizer,
        learning_rate=args.learning_rate,
        schedule=args.schedule,
        decay=args.decay,
        momentum=args.momentum,
        weight_decay=args.weight_decay,
        first_filters=args.first_filters,
        jaspar_release=args.jaspar_release,
        jaspar_taxa=args.jaspar_taxa,
        jaspar_scale=args.jaspar_scale,
        batch_size=args.batch_size,
        epochs=args.epochs,
        patience=args.patience,
        precision=args.precision,
        xla=args.xla,
        strands=args.strands,
        class_weighting=args.class_weighting,
        max_windows=args.max_windows,
        seed=args.seed,
    )
    from danq.checkpoint import default_path  # Keras loads here, so that -h answers at once
    from danq.devices import Devices
    from danq.staging import staged
    from danq.train import train

    output = args.output if args.output.endswith(SUFFIX) else default_path(args.output, args.model)
    devices = Devices(args.gpus, args.threads)
    devices.check_batch(recipe.batch_size)
    folder = cli.packed_folder(args.data, ("train", "valid"), args.cache)
    with staged(folder, ("train.h5", "valid.h5"), args.scratch) as folder:
        train(
            folder,
            recipe,
            output,
            initial_weights=output if args.weights == "" else args.weights,
            devices=devices,
            history_path=args.history,
            run_path=args.run,
            state_path=args.state,
            save_every=args.save_every,
            tensorboard=args.tensorboard,
            verbose=args.verbose,
        )


if __name__ == "__main__":
    cli.run(main)
