#!/usr/bin/env python3
"""AUROC and AUPRC of many targets: danq.metrics.each_target against a loop over scikit-learn's functions.

"evaluate.py, all of it" is what the workflow runs: also the 95 % intervals, the curves' points and the calibration.

Random labels of 0.5 to 10% positives, and float32 probabilities that know something of them and
hold ties. Each contender has its own process; all values must agree to 1e-9. The published test
set is --targets 919 --windows 455024.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import common
import numpy as np
from memory import Growth

from cli import parser

TOLERANCE = 1e-9


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--targets", type=int, default=100, help="targets")
    options.add_argument("--windows", type=int, default=200_000, help="windows")
    options.add_argument("--folder", help="where the temporary folder is made (default: the system's)")
    return options.parse_args()


def write_case(folder: Path, windows: int, targets: int) -> None:
    """Labels uint8 and probabilities float32, both (windows, targets), as .npy files."""
    draw = np.random.default_rng(1)
    labels = np.lib.format.open_memmap(folder / "labels.npy", "w+", np.uint8, (windows, targets))
    probabilities = np.lib.format.open_memmap(folder / "probabilities.npy", "w+", np.float32, (windows, targets))
    prevalence = np.geomspace(0.005, 0.1, targets)
    for begin in range(0, windows, 10_000):
        rows = slice(begin, min(begin + 10_000, windows))
        shape = (rows.stop - begin, targets)
        labels[rows] = draw.random(shape, np.float32) < prevalence
        logits = draw.standard_normal(shape, np.float32) + 1.5 * labels[rows] - 3
        probabilities[rows] = 1 / (1 + np.exp(-logits))
        probabilities[rows, ::10] = probabilities[rows, ::10].round(3)  # ties in every tenth target


def measured(name: str, folder: Path) -> dict:
    labels, probabilities = (np.load(folder / f"{part}.npy") for part in ("labels", "probabilities"))
    way = WAYS[name]
    way(labels[:1000], probabilities[:1000])  # imports and the like are no part of the time
    with Growth() as growth:
        begin = time.perf_counter()
        values = way(labels, probabilities)
        seconds = time.perf_counter() - begin
    return {"values": np.array(values), "seconds": seconds, "memory": growth.own}


def ours(labels: np.ndarray, probabilities: np.ndarray, threads: int | None = None) -> list[tuple[float, float]]:
    from danq.metrics import each_target

    def columns(block: slice) -> tuple[np.ndarray, np.ndarray]:
        return labels[:, block], probabilities[:, block]

    return each_target(lambda i, counts: (counts.auroc(), counts.auprc()), columns, labels.shape[1], threads)


def ours_alone(labels: np.ndarray, probabilities: np.ndarray) -> list[tuple[float, float]]:
    return ours(labels, probabilities, threads=1)


def in_full(labels: np.ndarray, probabilities: np.ndarray) -> list[tuple[float, float]]:
    from danq.evaluate import evaluate
    from danq.predictions import Predictions
    from danq.target_list import numbered_targets

    predictions = Predictions("", numbered_targets(labels.shape[1]), probabilities, np.packbits(labels, axis=1), "both")
    table = evaluate(predictions, "ours").auc
    return list(zip(table["auroc"], table["auprc"], strict=True))


def scikit_learn(labels: np.ndarray, probabilities: np.ndarray) -> list[tuple[float, float]]:
    from sklearn.metrics import average_precision_score, roc_auc_score

    columns = zip(labels.T, probabilities.T, strict=True)
    return [(roc_auc_score(y, p), average_precision_score(y, p)) for y, p in columns]


WAYS = {
    "ours": ours,
    "ours, 1 thread": ours_alone,
    "evaluate.py, all of it": in_full,
    "scikit-learn": scikit_learn,
}


def main() -> None:
    args = arguments()
    with common.scratch(args.folder, 5 * args.windows * args.targets) as folder:
        common.say(f"making {args.targets} x {args.windows:,} probabilities")
        common.apart(write_case, folder, args.windows, args.targets)
        results = {name: common.apart(measured, name, folder) for name in WAYS}
    truth = results["scikit-learn"]["values"]
    for name, result in results.items():
        assert np.allclose(result["values"], truth, rtol=0, atol=TOLERANCE), f"{name} differs from scikit-learn"
    rows = [
        {
            "": name,
            "seconds": f"{result['seconds']:.2f}",
            "ours is faster by": common.times(result["seconds"] / results["ours"]["seconds"]),
            "peak memory, MB": f"{result['memory'] / 1e6:.0f}",
        }
        for name, result in results.items()
    ]
    off = max(np.abs(result["values"] - truth).max() for result in results.values())
    common.print_table(
        f"metrics: {args.targets} targets x {args.windows:,} windows (largest difference {off:.0e})", rows
    )


if __name__ == "__main__":
    main()
