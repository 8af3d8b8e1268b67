#!/usr/bin/env python3
"""Train a model on shuffled labels and evaluate it on the true test labels: its AUROC must be about .5.

Takes the options of a training. The training is short: at most 2 epochs of 5,000 windows. Writes the weights, the
predictions (test.h5), the AUC table (auc.tsv) and the mean AUROC with its interval (control.tsv) into a folder.

Example: shuffled_labels.py -d results/demo/windows -m DanQ -o control
"""

from __future__ import annotations

import cli
from danq.models import registry
from train import add_recipe, recipe_of


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with train, valid and test windows (.h5)")
    parser.add_argument("-o", "--output", default="shuffled_labels", help="folder to write into")
    parser.add_argument("--name", default="model", help="name of the model in the table")
    add_recipe(parser)
    parser.add_argument("-g", "--gpus", type=int, help="number of GPUs (default: one if any)")
    parser.add_argument("--threads", type=int, help="number of CPU threads (default: all)")
    args = parser.parse_args()
    names = ("model.weights.h5", "test.h5", "auc.tsv", "control.tsv")
    cli.check_outputs(cli.windows_in(args.data, ("train", "valid", "test")), cli.inside(args.output, *names))
    registry.default_sizes(args.architecture)  # an unknown architecture is an error before any file is read
    recipe = recipe_of(args)
    with cli.quiet_loading():  # Keras loads here, so that -h answers at once
        from danq.runtime.devices import Devices
        from danq.training.shuffled_labels import shuffled_labels

    devices = Devices(args.gpus, args.threads)
    devices.check_batch(recipe.batch_size)
    shuffled_labels(args.data, recipe, args.output, args.name, devices, args.threads)


if __name__ == "__main__":
    cli.run(main)
