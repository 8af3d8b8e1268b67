#!/usr/bin/env python3
"""Speed of DanQ and DeepSEA at published size on a GPU: samples per second, by batch size and precision.

Training and prediction run as in the workflow: packed windows from a file are unpacked inside the model, and
prediction averages both strands, which are two samples per window. "waiting" is the share of the training time spent
waiting for input; it is measured by training on one prepared batch repeatedly. The projected times are for an epoch of
the 4,400,000 published training samples and for the prediction of the 455,024 test samples. The reference programs
took 50 minutes and 982 s on one V100 (DanQ, batch 500).

Runs on any Keras backend: KERAS_BACKEND=jax gpu.py. Quick test without a GPU: gpu.py --batch 20 --steps 2
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import common
import simulated
from common import LENGTH, PARAMETERS, TARGETS

from cli import parser

EPOCH, TEST = 4_400_000, 455_024  # samples
V100 = {"train": 1355, "predict": 463}  # samples/s of the reference programs


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument(
        "--models", nargs="+", default=list(PARAMETERS), choices=list(PARAMETERS), help="architectures"
    )
    options.add_argument("--batch", nargs="+", type=int, default=[500, 2000], help="samples per batch")
    options.add_argument(
        "--precision",
        nargs="+",
        default=["float32", "mixed_bfloat16"],
        choices=["float32", "mixed_bfloat16", "mixed_float16"],
        help="floating-point precision",
    )
    options.add_argument("--steps", type=int, default=100, help="measured batches, after two for warm-up")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    args = options.parse_args()
    if min(args.steps, *args.batch) < 1:
        options.error("--steps and --batch must be at least 1")
    return args


def measure(architecture: str, path: Path, batch: int, precision: str, steps: int) -> dict:
    """Samples per second of training and prediction, and the share of the training time spent waiting for input."""
    import keras
    import numpy as np

    from danq.data.windows import Windows
    from danq.models import registry
    from danq.runtime.batches import Batches, on_packed
    from danq.runtime.devices import Devices, feed
    from danq.runtime.ensembles import on_strands
    from danq.training.objective import make_loss, make_optimizer
    from danq.training.recipe import Recipe

    devices, windows = Devices(), Windows(path)
    keras.config.set_dtype_policy(precision)
    recipe = Recipe(architecture=architecture, batch_size=batch, precision=precision)
    model = registry.build(architecture, LENGTH, TARGETS)
    assert model.count_params() == PARAMETERS[architecture]
    trainer, predictor = on_packed(model, windows.length), on_strands(model, "both")
    trainer.compile(make_optimizer(recipe, steps), make_loss(recipe, windows.positives(), len(windows)))
    samples = np.random.default_rng(1).integers(0, 2 * len(windows), batch * steps)

    def seconds(method, batches) -> float:
        options = {"shuffle": False} if method == trainer.fit else {}
        begin = time.perf_counter()
        feed(method, batches, **options)  # returns when the last result is on the host
        return time.perf_counter() - begin

    again = Again(Batches(windows, samples[:batch], batch)[0], steps)
    seconds(trainer.fit, Again(again[0], 2))
    train, alone = seconds(trainer.fit, Batches(windows, samples, batch)), seconds(trainer.fit, again)
    forward = samples[: len(samples) // 2] % len(windows)  # both strands of each
    seconds(predictor.predict, Batches(windows, forward[: 2 * (batch // 2)], batch // 2, with_labels=False))
    predict = seconds(predictor.predict, Batches(windows, forward, batch // 2, with_labels=False))
    return {
        "device": devices.describe()[0],
        "backend": devices.backend,
        "train": len(samples) / train,
        "waiting": max(0.0, 1 - alone / train),
        "predict": 2 * len(forward) / predict,
    }


class Again:
    """Repeats one batch `steps` times, with the interface of `danq.runtime.batches.Batches`."""

    def __init__(self, batch, steps: int):
        self._batch, self._steps = batch, steps

    def __len__(self) -> int:
        return self._steps

    def __getitem__(self, index: int):
        return self._batch

    def __iter__(self):
        return (self._batch for _ in range(self._steps))


def main() -> None:
    args = arguments()
    n, rows = max(args.batch) * min(args.steps, 20), []
    with common.scratch(args.folder, 1000 * n) as folder:
        simulated.write_windows(folder / "windows.h5", n, LENGTH, TARGETS)
        for model in args.models:
            for precision in args.precision:
                for batch in args.batch:
                    found = common.apart(measure, model, folder / "windows.h5", batch, precision, args.steps)
                    row = {"model": model, "precision": precision, "batch": batch}
                    row |= {"train/s": f"{found['train']:,.0f}", "waiting": f"{found['waiting']:.0%}"}
                    row |= {"epoch": f"{EPOCH / found['train'] / 60:.1f} min"}
                    row |= {"to V100": common.times(found["train"] / V100["train"])}
                    row |= {"predict/s": f"{found['predict']:,.0f}", "test set": f"{TEST / found['predict']:.1f} s"}
                    row |= {"to V100 ": common.times(found["predict"] / V100["predict"])}
                    common.say(", ".join(f"{name} {value}" for name, value in row.items()))
                    rows.append(row)
    title = f"{found['device']}, Keras on {found['backend']}: {LENGTH} bp, {TARGETS} targets, {args.steps} batches"
    common.print_table(title, rows)


if __name__ == "__main__":
    main()
