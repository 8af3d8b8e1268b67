#!/usr/bin/env python3
"""What each part of the recipe of Compact adds: config/models/compact.yaml, with one thing changed at a time.

FOLDER holds train.h5 and valid.h5 of the workflow (results/<dataset>/windows); test windows are never read. TABLE gets
a row for each variant and seed: AUROC and AUPRC on the validation windows, means over the targets, and minutes of
training. Rows that it already has, of the same windows, are kept: the same command resumes a stopped run.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import common
import numpy as np
import pandas as pd
import yaml
from common import say

from cli import parser

RECIPE = Path(__file__).parents[1] / "config/models/compact.yaml"
COLUMNS = ("variant", "seed", "auroc", "auprc", "best_epoch", "minutes", "parameters", "windows")
FUNGI = {"first_filters": "jaspar", "jaspar_release": "JASPAR2024", "jaspar_taxa": ["fungi"], "jaspar_scale": 0.3}
PLAIN_ADAM = {"optimizer": "adam", "weight_decay": 0.0, "warm_up": 0.0, "clip": None}

# Changes of the recipe; those of `sizes` are changes of the network.
VARIANTS = {
    "as it is": {},
    "first activation GELU": {"sizes": {"first": "gelu"}},
    "first activation ReLU": {"sizes": {"first": "relu"}},
    "one residual block": {"sizes": {"blocks": 1}},
    "96 channels, 5 blocks": {"sizes": {"channels": 96, "blocks": 5}},
    "64 filters": {"sizes": {"filters": 64}},
    "256 filters": {"sizes": {"filters": 256}},
    "no dropout": {"sizes": {"dropout": 0.0, "last_dropout": 0.0}},
    "Adam, without decay, warm-up and clipping": {
        "optimizer": "adam",
        "weight_decay": 0.0,
        "warm_up": 0.0,
        "clip": None,
    },
    "cosine schedule": {"schedule": "cosine"},
    "learning rate .003": {"learning_rate": 0.003},
    "batches of 128": {"batch_size": 128},
    "without average of weights": {"ema": None},
    "without shifts": {"shift": 0},
    "forward strand only": {"strands": "none"},
    "mutations of 2 %": {"mutate": 0.02},
    "without class weights": {"class_weighting": "none"},
    "balanced class weights": {"class_weighting": "balanced"},
    "label smoothing .02": {"label_smoothing": 0.02},
    "focal loss, gamma 2": {"focal_gamma": 2.0},
    "192 filters that start as fungal motifs": {"sizes": {"filters": 192}} | FUNGI,
}


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("folder", type=Path, metavar="FOLDER", help="folder with train.h5 and valid.h5")
    options.add_argument("table", type=Path, metavar="TABLE", help="table (TSV) with a row for each variant and seed")
    options.add_argument("--only", nargs="+", metavar="NAME", choices=list(VARIANTS), help="variants (default: all)")
    options.add_argument("--seeds", nargs="+", type=int, default=[1], help="random seeds")
    options.add_argument("--epochs", type=int, help="number of epochs (default: that of the recipe)")
    options.add_argument("--threads", type=int, default=2, help="number of CPU threads")
    return options.parse_args()


def measured(folder: Path, changes: dict, seed: int, epochs: int | None, threads: int) -> dict:
    """Train one variant; its row of the table without variant, seed and windows."""
    from danq.runtime.devices import Devices
    from danq.training.recipe import Recipe
    from danq.training.train import train

    settings = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))["models"]["compact"]
    recipe = Recipe(**settings | changes | {"seed": seed} | ({"epochs": epochs} if epochs else {}))
    devices = Devices(threads=threads)
    with common.scratch(None, 1e8) as scratch:
        path = scratch / "model.weights.h5"
        history = train(folder, recipe, path, devices=devices)
        auroc, auprc, parameters = validated(folder, path, devices)
    return {
        **{"auroc": auroc, "auprc": auprc, "best_epoch": int(history["best"].argmax()) + 1},
        **{"minutes": history["seconds"].sum() / 60, "parameters": parameters},
    }


def validated(folder: Path, path: Path, devices) -> tuple[float, float, int]:
    """Mean AUROC and AUPRC on the validation windows, predicted on both strands, and the number of parameters."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    from danq.data.windows import Windows
    from danq.runtime.ensembles import Ensemble

    valid, ensemble = Windows(folder / "valid.h5"), Ensemble([path], devices=devices)
    predicted = np.concatenate([part for _, part in ensemble.means(valid)])
    labels = valid.labels()
    both = [target for target in range(labels.shape[1]) if 0 < labels[:, target].mean() < 1]
    auroc = np.mean([roc_auc_score(labels[:, target], predicted[:, target]) for target in both])
    auprc = np.mean([average_precision_score(labels[:, target], predicted[:, target]) for target in both])
    return auroc, auprc, ensemble.models[0].count_params()


def main() -> None:
    args = arguments()
    from danq.data.windows import Windows

    windows = Windows(args.folder / "train.h5").fingerprint[:12]
    table = pd.read_csv(args.table, sep="\t") if args.table.exists() else pd.DataFrame(columns=COLUMNS)
    for seed in args.seeds:
        for variant in args.only or VARIANTS:
            key = (variant, seed, windows)
            if key in set(table[["variant", "seed", "windows"]].itertuples(index=False, name=None)):
                continue
            row = common.apart(measured, args.folder, VARIANTS[variant], seed, args.epochs, args.threads)
            say(f"{variant}, seed {seed}: AUROC {row['auroc']:.4f}, AUPRC {row['auprc']:.4f}, {row['minutes']:.1f} min")
            table.loc[len(table)] = row | {"variant": variant, "seed": seed, "windows": windows}
            table.to_csv(args.table, sep="\t", index=False, float_format="%.5g")
    means = table.groupby("variant", sort=False)[["auroc", "auprc", "minutes", "parameters"]].mean()
    rows = means.sort_values("auprc", ascending=False).reset_index()
    common.print_table("validation windows, means over seeds", rows.round(4).to_dict("records"))


if __name__ == "__main__":
    main()
