#!/usr/bin/env python3
"""Speed of training and prediction: windows per second of DanQ and DeepSEA at published size, on the available device.

danq      packed windows from a file with danq.runtime.batches; prediction with danq.runtime.ensembles.on_strands
Keras     the same compiled model on float32 one-hot arrays: model.fit and model.predict
PyTorch   both networks in plain PyTorch (torch_models.py) on float32 arrays; needs `pip install torch`

All have the same windows, batch size, optimizer (Adam) and loss (binary cross-entropy), and each run
has its own process. The implementations take turns; medians over rounds are compared. Time is measured
after some warm-up batches, so compilation is excluded.

Example, on a GPU: models.py --batch 500 --steps 100 --warm-up 10
"""

from __future__ import annotations

import argparse
import importlib.util
import signal
import statistics
from pathlib import Path

import common
import simulated
from common import LENGTH, PARAMETERS, TARGETS

from cli import parser


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument(
        "--models", nargs="+", default=list(PARAMETERS), choices=list(PARAMETERS), help="architectures"
    )
    options.add_argument("--batch", type=int, default=100, help="windows per batch")
    options.add_argument("--steps", type=int, default=6, help="measured batches")
    options.add_argument("--warm-up", type=int, default=2, help="warm-up batches")
    options.add_argument("--repeats", type=int, default=3, help="rounds; medians over rounds are compared")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    args = options.parse_args()
    if min(args.warm_up, args.steps, args.repeats) < 1:
        options.error("--warm-up, --steps and --repeats must be at least 1")
    return args


def ours(architecture: str, path: Path, args: argparse.Namespace) -> dict:
    import keras_models

    return checked(keras_models.ours(architecture, path, args.batch, args.warm_up), PARAMETERS[architecture])


def plain_keras(architecture: str, path: Path, args: argparse.Namespace) -> dict:
    import keras_models

    return checked(keras_models.plain(architecture, path, args.batch, args.warm_up), PARAMETERS[architecture])


def plain_pytorch(architecture: str, path: Path, args: argparse.Namespace) -> dict:
    import numpy as np
    import torch_models

    from danq.data.windows import Windows
    from danq.training.recipe import Recipe

    windows = Windows(path)
    x, y = windows.onehot(slice(None)), windows.labels().astype(np.float32)
    result = torch_models.measure(architecture, x, y, args.batch, args.warm_up, Recipe().learning_rate)
    return checked(result, PARAMETERS[architecture] + torch_models.SECOND_BIAS[architecture])


def checked(result: dict, parameters: int) -> dict:
    assert result["parameters"] == parameters, f"{result['parameters']:,} parameters instead of {parameters:,}"
    return result


def main() -> None:
    args = arguments()
    contenders = {"danq": ours, "Keras": plain_keras}
    if importlib.util.find_spec("torch"):
        contenders["PyTorch"] = plain_pytorch
    else:
        common.say("PyTorch is not installed; its rows are left out (pip install -r benchmarks/requirements.txt)")
    n = args.batch * (args.warm_up + args.steps)
    results = {(model, name): [] for model in args.models for name in contenders}
    with common.scratch(args.folder, 1000 * n) as folder:
        simulated.write_windows(folder / "windows.h5", n, LENGTH, TARGETS)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # `timeout` also leaves a table
        try:
            measure(contenders, results, folder / "windows.h5", args)
        except KeyboardInterrupt:
            common.say("stopped: the table has the rounds that were finished")
    print_speeds(results, list(contenders), args)


def measure(contenders: dict, results: dict, windows: Path, args: argparse.Namespace) -> None:
    """Add the speeds of all implementations to `results`, in turns."""
    for turn in range(args.repeats):
        for (model, name), found in results.items():
            found.append(common.apart(contenders[name], model, windows, args))
            common.say(
                f"round {turn + 1}, {model}, {name}: training {found[-1]['train']:.1f}, "
                f"prediction {found[-1]['predict']:.1f} windows/s"
            )


def print_speeds(results: dict, contenders: list[str], args: argparse.Namespace) -> None:
    """Print medians and ranges over the finished rounds, and the ratios of medians."""
    rows = []
    for work in ("train", "predict"):
        for model in args.models:
            speeds = {name: [r[work] for r in results[model, name]] for name in contenders if results[model, name]}
            medians = {name: statistics.median(found) for name, found in speeds.items()}
            for name, found in speeds.items():
                row = {"": f"{work} {model}", "implementation": name, "rounds": len(found)}
                row |= {"windows/s": f"{medians[name]:,.1f}", "range": f"{min(found):,.1f}-{max(found):,.1f}"}
                row |= {"parameters": f"{results[model, name][0]['parameters']:,}"}
                for other in contenders[1:]:
                    row[f"to {other}"] = common.times(medians[name] / medians[other]) if other in medians else ""
                rows.append(row)
    if not rows:
        common.say("nothing was measured")
        return
    title = f"models: {LENGTH} bp, {TARGETS} targets, batch {args.batch}, {args.steps} batches, {args.repeats} rounds"
    common.print_table(title, rows)


if __name__ == "__main__":
    main()
