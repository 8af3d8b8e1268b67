#!/usr/bin/env python3
"""Accuracy and cost of every architecture: each is trained for the same time on the same windows.

FOLDER holds train.h5, valid.h5 and test.h5 of the workflow (results/<dataset>/windows). Each architecture has a small
size (`SMALL`) and its own process. The speed of its training steps is measured first; the number of epochs, or of
windows in a single epoch, is what fits into the time, and the learning rate falls to zero over them. The test windows
are then predicted on both strands. An architecture whose pools need longer windows is left out, with a message.

TABLE gets a row for each architecture: mean AUROC and AUPRC over the targets of the test windows, minutes of training,
windows predicted per second, and parameters. Rows that it already has, of the same windows, time and seed, are kept
and not measured again. --draw makes a picture of accuracy against cost.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import common
import numpy as np
import pandas as pd
from common import say

from cli import parser

COLUMNS = ("architecture", "auroc", "auprc", "targets", "minutes", "epochs", "best_epoch", "training_windows")
COLUMNS += ("predicted_per_second", "parameters", "window", "budget", "seed", "windows", "sizes")
KEY = ["architecture", "budget", "seed", "windows"]
BATCH = 100
WARM_UP, STEPS = 5, 20  # training steps before the measurement and within it

# Small sizes: a first layer of 64 filters and a few hundred thousand parameters, as the ready configs have.
DEEPSEA = {"filters": 64, "filters2": 96, "filters3": 128, "dense": 128}
PAIRS = DEEPSEA | {"filters2": 64, "filters3": 96, "kernel2": 6, "kernel3": 4}
RECURRENT = {"filters": 64, "kernel": 20, "pool": 10, "lstm": 32}
SMALL = {
    "DanQ": RECURRENT | {"dense": 64},
    "DeepSEA": DEEPSEA | {"kernel": 12, "kernel2": 8, "kernel3": 4},
    "DanQ-JASPAR": RECURRENT | {"filters": 128, "dense": 64},
    "Basset": {"filters": 64, "filters2": 64, "filters3": 64, "kernel2": 7, "kernel3": 3, "dense": 128, "dense2": 128},
    "Compact": {},
    "DeepBind": {"filters": 128, "kernel": 20, "network": "M2", "dense": 64},
    "DeepMotif-CNN": {"filters": 64, "kernel": 12, "dropout": 0.2},
    "DeepMotif-CNN-RNN": {"filters": 64, "kernel": 12, "lstm": 16},
    "DeepCpG-CnnL2h128": {"filters": 64, "filters2": 64, "kernel": 14, "dense": 64, "dropout": 0.2},
    "DeepCpG-CnnRnn01": {"filters": 64, "filters2": 64, "kernel": 14, "gru": 32, "dropout": 0.2},
    "Basenji-Basset": {"filters": 64, "filters2": 64, "filters3": 96, "filters4": 64, "blocks": 4, "dense": 128},
    "BPNet": {"filters": 64, "blocks": 5},
    "TBiNet": RECURRENT | {"dense": 64},
    "DeepATT": RECURRENT | {"heads": 4, "head_size": 16, "dense": 64},
    "DeeperDeepSEA": PAIRS,
    "Beluga": PAIRS,
    "Sei": {"filters": 64, "filters2": 64, "filters3": 96, "splines": 8, "dense": 128},
}
RECIPE = {"batch_size": BATCH, "schedule": "cosine", "class_weighting": "sqrt", "monitor": "auprc", "patience": 1000}
RATES = {"DeepBind": 0.01, "TBiNet": 0.005}  # learning rates; 0.002 for the others
# The start of DanQ-JASPAR: at full scale, known motifs saturate a small LSTM.
OPTIONS = {"DanQ-JASPAR": {"jaspar_scale": 0.3}}


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("folder", type=Path, metavar="FOLDER", help="folder with train.h5, valid.h5 and test.h5")
    options.add_argument("table", type=Path, metavar="TABLE", help="table (TSV) that gets a row for each architecture")
    options.add_argument("--minutes", type=float, default=2, help="training time of each architecture")
    options.add_argument("--only", nargs="+", metavar="NAME", help="architectures (default: all)")
    options.add_argument("--size", nargs="+", default=[], metavar="NAME=VALUE", help="sizes instead of the small ones")
    options.add_argument("--seed", type=int, default=1, help="random seed")
    options.add_argument("--threads", type=int, default=2, help="number of CPU threads")
    options.add_argument("--draw", type=Path, metavar="PICTURE", help="draw the table: accuracy against cost")
    return options.parse_args()


def measured(folder: Path, recipe: dict, minutes: float, threads: int) -> dict:
    """Train and test one architecture; the row of the table without its key."""
    from danq.data.windows import Windows
    from danq.runtime.devices import Devices
    from danq.training.recipe import Recipe

    devices = Devices(threads=threads)
    data = Windows(folder / "train.h5")
    rate, parameters = training_rate(data, Recipe(**recipe))
    samples = rate * 60 * minutes
    epochs = int(samples // (2 * len(data)))  # both strands
    plan = {"epochs": epochs} if epochs else {"epochs": 1, "max_windows": max(int(samples // 2), BATCH)}
    say(f"{recipe['architecture']}: {parameters:,} parameters, {rate:,.0f} windows/s, {plan}")
    with common.scratch(None, 20 * parameters) as scratch:
        from danq.training.train import train

        path = scratch / "model.weights.h5"
        history = train(folder, Recipe(**recipe | plan), path, devices=devices)
        auroc, auprc, targets, speed = tested(folder, path, devices)
    return {
        **{"auroc": auroc, "auprc": auprc, "targets": targets, "minutes": history["seconds"].sum() / 60},
        **{"epochs": len(history), "best_epoch": history["val_auprc"].idxmax() + 1},
        "training_windows": plan.get("max_windows", len(data)),
        **{"predicted_per_second": speed, "parameters": parameters, "window": data.length},
    }


def training_rate(data, recipe) -> tuple[float, int]:
    """Windows trained on per second, without the first steps, which compile; and the number of parameters."""
    import keras

    from danq.models import registry
    from danq.runtime.batches import Batches, on_packed, sample_order
    from danq.training.objective import make_loss, make_optimizer

    model = registry.build(recipe.architecture, data.length, len(data.targets), **recipe.sizes)
    trainer = on_packed(model, data.length)
    trainer.compile(make_optimizer(recipe, STEPS), make_loss(recipe, data.positives(), len(data)))
    whole = len(data) * 2 // BATCH * BATCH
    batches = list(Batches(data, sample_order(len(data), "both", 1, 0)[: min(WARM_UP * BATCH, whole)], BATCH))
    for sequence, labels in batches:
        trainer.train_on_batch(sequence, labels)
    begin = time.perf_counter()
    for step in range(STEPS):
        trainer.train_on_batch(*batches[step % len(batches)])
    rate = STEPS * BATCH / (time.perf_counter() - begin)
    parameters = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    keras.utils.clear_session()
    return rate, parameters


def tested(folder: Path, checkpoint: Path, devices) -> tuple[float, float, int, float]:
    """Mean AUROC and AUPRC over the targets that have both classes, their number, and windows predicted per second."""
    from danq.data.sources import PackedArray
    from danq.data.windows import Windows
    from danq.evaluation.metrics import each_target
    from danq.runtime.ensembles import BATCH, Ensemble

    windows = Windows(folder / "test.h5")
    ensemble = Ensemble([checkpoint], "both", devices)
    some = np.arange(BATCH + len(windows) % BATCH) % len(windows)  # a whole batch and a last one: both are compiled
    list(ensemble.means(PackedArray(windows.packed(some), windows.length)))
    begin = time.perf_counter()
    found = np.concatenate([one for _, one in ensemble.means(windows)])
    speed = len(windows) / (time.perf_counter() - begin)
    labels = windows.labels()

    def areas(_, counts):
        return (counts.auroc(), counts.auprc()) if not counts.one_class else (np.nan, np.nan)

    values = np.array(each_target(areas, lambda part: (labels[:, part], found[:, part]), labels.shape[1]))
    kept = ~np.isnan(values).any(axis=1)
    return *values[kept].mean(axis=0), int(kept.sum()), speed


def read(path: Path) -> pd.DataFrame:
    table = pd.read_csv(path, sep="\t") if path.exists() else pd.DataFrame(columns=COLUMNS)
    if tuple(table.columns) != COLUMNS:
        raise SystemExit(f"error: {path} is not a table of this program; give another path")
    return table


def write(table: pd.DataFrame, path: Path) -> None:
    from danq.files import replacing

    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        table.to_csv(temporary, sep="\t", index=False, float_format="%.4g")


def draw(table: pd.DataFrame, path: Path) -> None:
    """Mean AUROC and AUPRC against the time of a prediction; the area of a dot grows with the parameters."""
    from danq.plots import pictures

    drawn = pictures.figure(11, 5.5)
    cost = 1000 / table["predicted_per_second"]
    area = 20 + 60 * np.log10(table["parameters"] / 1e3).clip(0)
    for axes, column in zip(drawn.subplots(1, 2), ("auroc", "auprc"), strict=True):
        axes.scatter(cost, table[column], s=area, alpha=0.6, edgecolors="none")
        for x, y, name in zip(cost, table[column], table["architecture"], strict=True):
            level = abs(table[column] - y) < 0.05 * np.ptp(table[column])  # labels of these could overlap
            right, left = (level & cost.between(*span, inclusive="neither") for span in ((x, 4 * x), (x / 1.3, x)))
            place = {"xytext": (-7, 14 if left.any() else 4), "ha": "right"} if right.any() else {"xytext": (7, 4)}
            axes.annotate(name, (x, y), textcoords="offset points", fontsize=8, **place)
        axes.set(xscale="log", xlabel="ms per predicted window (both strands)", ylabel=f"mean {column.upper()}")
        axes.margins(0.6, 0.1)
        pictures.plain(axes)
    minutes = ", ".join(f"{budget:g}" for budget in sorted(table["budget"].unique()))
    drawn.suptitle(f"{minutes} minutes of training each; dot: number of parameters", fontsize=10)
    pictures.save(drawn, path)


def main() -> None:
    from danq.data.windows import Windows
    from danq.errors import UserError
    from danq.models import registry
    from train import size

    args = arguments()
    table = read(args.table)
    fingerprint = Windows(args.folder / "test.h5").fingerprint
    sizes = dict(size(text) for text in args.size)
    for name in args.only or registry.ARCHITECTURES:
        key = {"architecture": name, "budget": args.minutes, "seed": args.seed, "windows": fingerprint}
        if (table[KEY] == pd.Series(key)).all(axis=1).any():
            say(f"{name}: already in {args.table}")
            continue
        small = SMALL.get(name, {}) | sizes
        recipe = {"architecture": name, "sizes": small, "seed": args.seed, "learning_rate": RATES.get(name, 0.002)}
        recipe |= RECIPE
        try:
            row = common.apart(measured, args.folder, recipe | OPTIONS.get(name, {}), args.minutes, args.threads)
        except UserError as error:
            say(f"{name} is left out: {error}")
            continue
        row |= key | {"sizes": " ".join(f"{size}={value}" for size, value in small.items())}
        table = pd.DataFrame([*table.to_dict("records"), row], columns=COLUMNS)
        write(table, args.table)
    mine = table[(table["windows"] == fingerprint) & (table["budget"] == args.minutes) & (table["seed"] == args.seed)]
    shown = mine[list(COLUMNS[:12])].round({"auroc": 4, "auprc": 4, "minutes": 2, "predicted_per_second": 0})
    common.print_table(f"{args.minutes:g} minutes of training on {args.folder}", shown.to_dict("records"))
    if args.draw:
        draw(mine, args.draw)


if __name__ == "__main__":
    main()
