#!/usr/bin/env python3
"""Train one trial of a search and write its history (history.tsv) and record (trial.json); weights are not kept.

Takes the options of a training. A training that diverges is recorded and is no error. Ctrl-C and SIGTERM save the
state of the training; the same command resumes it.

Example: search_trial.py -d results/demo/windows -m DanQ --learning-rate 0.002 --epochs 3 -o trial
"""

from __future__ import annotations

import cli
from danq.models import registry
from train import add_recipe, recipe_of


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with train and valid windows (.h5)")
    parser.add_argument("-o", "--output", default="trial", help="folder to write into")
    parser.add_argument("--name", default="trial", help="name of the trial in the lines on its epochs")
    parser.add_argument("--below", help="folder of the same trial with fewer epochs, to resume from its last state")
    parser.add_argument("--keep-state", choices=("true", "false"), default="false", help="keep the last state for more")
    add_recipe(parser)
    parser.add_argument("-g", "--gpus", type=int, help="number of GPUs (default: one if any)")
    parser.add_argument("--threads", type=int, help="number of CPU threads (default: all)")
    parser.add_argument("--scratch", help="fast local disk to copy the windows to (default: read them where they are)")
    args = parser.parse_args()
    registry.default_sizes(args.architecture)  # an unknown architecture is an error before any file is read
    recipe = recipe_of(args)
    outputs = cli.inside(args.output, "history.tsv", "trial.json", "state.h5", "last_state.h5")
    cli.check_outputs(cli.windows_in(args.data, ("train", "valid")), outputs)
    with cli.quiet_loading():  # Keras loads here, so that -h answers at once
        from danq.runtime.devices import Devices
        from danq.runtime.staging import staged
        from danq.search.trial import run
        from danq.training.epochs import EPOCH_LOG

    cli.also_to_stdout(EPOCH_LOG)
    devices = Devices(args.gpus, args.threads)
    devices.check_batch(recipe.batch_size)
    keep = args.keep_state == "true"
    with staged(args.data, ("train.h5", "valid.h5"), args.scratch) as folder:
        run(folder, recipe, args.output, name=args.name, devices=devices, below=args.below, keep_state=keep)


if __name__ == "__main__":
    cli.run(main)
