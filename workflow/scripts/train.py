#!/usr/bin/env python3
"""Train a model on packed windows.

Reads train.h5 and valid.h5 from the data folder (or train.mat and valid.mat of the published bundle, which are packed
once). Training ends when the validation loss (or AUPRC) has stopped improving. The weights of the best epoch are
written to checkpoints/<prefix>.<model>.weights.h5, next to the history (.history.tsv) and a record of the run
(.run.json).
Ctrl-C and SIGTERM save the state of the training; the same command resumes a run that was stopped or killed.

One line per epoch goes to stdout, unless stdout and stderr are the same terminal or file; the log goes to stderr.

Example: train.py -d data -m DeepSEA -e 20 -b 100 --size filters=64
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cli
from danq.models import registry
from danq.settings import Setting
from danq.training.recipe import Recipe, settings

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


def add_setting(parser: argparse.ArgumentParser, name: str, setting: Setting) -> None:
    """The option of one field of the recipe."""
    options: dict[str, Any] = {"nargs": "+"} if setting.several else {}
    if setting.choices:
        options["choices"] = list(setting.choices)
    parser.add_argument(
        *(setting.flags or [f"--{name.replace('_', '-')}"]),
        dest=name,
        type=setting.kind,
        default=list(setting.default) if setting.several else setting.default,
        help=setting.meaning() + (f" (default: {setting.unset})" if setting.unset else ""),
        **options,
    )


def published(size: str) -> str:
    """The published values of a size that all architectures have."""
    return ", ".join(f"{name} {registry.default_sizes(name)[size]}" for name in registry.ARCHITECTURES)


def hyperparameters() -> str:
    """The sizes of each architecture, for the help text."""
    lines = []
    for name in registry.ARCHITECTURES:
        lines += [f"sizes of {name}:"]
        lines += [
            f"  {f'{size}={setting.default}':<18} {setting.meaning()}"
            for size, setting in registry.hyperparameters(name).items()
        ]
    return "\n".join(lines)


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """The options that describe a recipe, and the architectures' hyperparameters below the help text."""
    parser.epilog = hyperparameters()
    recipe = parser.add_argument_group("recipe")
    for name, setting in settings().items():
        add_setting(recipe, name, setting)
    recipe.add_argument(
        "--size",
        dest="sizes",
        type=size,
        nargs="+",
        default=[],
        metavar="NAME=VALUE",
        help="hyperparameters of the architecture; listed below",
    )
    recipe.add_argument(
        "-f",
        "--filters",
        type=int,
        help=f"filters of the first convolution (default: {published('filters')})",
    )
    recipe.add_argument("-k", "--kernel", type=int, help=f"width of the filters in bp (default: {published('kernel')})")


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with train and valid windows (.h5 or .mat)")
    parser.add_argument("-o", "--output", default=PREFIX, help=f"prefix of the checkpoint, or its path (*{SUFFIX})")
    parser.add_argument("--name", help="name of the run in the lines on its epochs (default: the architecture)")
    add_recipe(parser)
    parser.add_argument(
        "-w",
        "--weights",
        nargs="?",
        const="",
        metavar="FILE",
        help="start from the weights of a checkpoint (without FILE: the one that this command writes)",
    )
    parser.add_argument(
        "-g", "--gpus", type=int, help="number of GPUs; it is an error if fewer are available (default: one if any)"
    )
    parser.add_argument("--threads", type=int, help="number of CPU threads (default: all)")
    parser.add_argument("--history", help="path of the history table (default: next to the checkpoint)")
    parser.add_argument("--run", help="path of the record of the run (default: next to the checkpoint)")
    parser.add_argument("--cache", help="where to pack .mat files (default: next to them, or ~/.cache/danq)")
    parser.add_argument("--state", help="path of the state to resume from (default: next to the checkpoint)")
    parser.add_argument(
        "--save-every", type=float, default=600, metavar="SECONDS", help="time between two savings within an epoch"
    )
    parser.add_argument("--scratch", help="fast local disk to copy the windows to (default: read them where they are)")
    parser.add_argument("--tensorboard", help="folder for TensorBoard logs (default: none)")
    parser.add_argument("-v", "--verbose", action="store_true", help="log the layers, and the loss within each epoch")
    return parser.parse_args()


def recipe_of(args: argparse.Namespace) -> Recipe:
    """The recipe that the options describe."""
    sizes = dict(args.sizes)
    for name in ("filters", "kernel"):
        if getattr(args, name) is not None:
            sizes[name] = getattr(args, name)
    return Recipe(sizes=sizes, **{name: getattr(args, name) for name in settings()})


def main() -> None:
    args = arguments()
    registry.default_sizes(args.architecture)  # an unknown architecture is an error before any file is read
    recipe = recipe_of(args)
    with cli.quiet_loading():  # Keras loads here, so that -h answers at once
        from danq.runtime.checkpoint import default_path
        from danq.runtime.devices import Devices
        from danq.runtime.staging import staged
        from danq.training.epochs import EPOCH_LOG
        from danq.training.train import train

    cli.also_to_stdout(EPOCH_LOG)
    output = args.output if args.output.endswith(SUFFIX) else default_path(args.output, args.architecture)
    base = str(output).removesuffix(SUFFIX)
    written = [output, args.state or f"{base}.state.h5", args.history or f"{base}.history.tsv"]
    weights = args.weights if args.weights and Path(args.weights).resolve() != Path(output).resolve() else None
    read = [*cli.windows_in(args.data, ("train", "valid")), weights]  # weights may be replaced by better ones
    cli.check_outputs(read, [*written, args.run or f"{base}.run.json"], [args.tensorboard])
    devices = Devices(args.gpus, args.threads)
    devices.check_batch(recipe.batch_size)
    folder = cli.packed_folder(args.data, ("train", "valid"), args.cache)
    with staged(folder, ("train.h5", "valid.h5"), args.scratch) as folder:
        train(
            folder,
            recipe,
            output,
            name=args.name,
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
