#!/usr/bin/env python3
"""Speed of AUROC and AUPRC of many targets: danq.evaluation.metrics.each_target and a loop over scikit-learn.

"evaluate.py, all of it" is what the workflow runs: it also computes 95 % intervals, curves and calibration.
"compare_models.py, 2 models" tests their differences in AUROC and AUPRC. Both leave out each of 287 blocks.

The labels are random with 0.5 to 10% positives. The float32 probabilities are correlated with the labels and
have ties. Each method has its own process; all values must agree to 1e-9. The published test set has the
size --targets 919 --windows 455024.
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
SPAN = 287_000_000  # bp


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--targets", type=int, default=100, help="number of targets")
    options.add_argument("--windows", type=int, default=200_000, help="number of windows")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    return options.parse_args()


def write_case(folder: Path, windows: int, targets: int) -> None:
    """Write labels uint8 and probabilities float32, both (windows, targets), as .npy files."""
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
    way(labels[:1000], probabilities[:1000])  # excludes imports etc. from the time
    with Growth() as growth:
        begin = time.perf_counter()
        values = way(labels, probabilities)
        seconds = time.perf_counter() - begin
    return {"values": np.array(values), "seconds": seconds, "memory": growth.own}


def ours(labels: np.ndarray, probabilities: np.ndarray, threads: int | None = None) -> list[tuple[float, float]]:
    from danq.evaluation.metrics import each_target

    def columns(block: slice) -> tuple[np.ndarray, np.ndarray]:
        return labels[:, block], probabilities[:, block]

    return each_target(lambda i, counts: (counts.auroc(), counts.auprc()), columns, labels.shape[1], threads)


def ours_alone(labels: np.ndarray, probabilities: np.ndarray) -> list[tuple[float, float]]:
    return ours(labels, probabilities, threads=1)


def in_full(labels: np.ndarray, probabilities: np.ndarray) -> list[tuple[float, float]]:
    from danq.evaluation.evaluate import evaluate

    table = evaluate(opened(labels, probabilities), "danq").auc
    return list(zip(table["auroc"], table["auprc"], strict=True))


def opened(labels: np.ndarray, probabilities: np.ndarray):
    """Predictions of windows that span the published test set, chr8 and chr9, evenly."""
    from danq.published.target_list import numbered_targets
    from danq.runtime.predictions import Predictions

    places = np.zeros(len(labels), np.int32), SPAN // len(labels) * np.arange(len(labels))
    packed = np.packbits(labels, axis=1)
    return Predictions("", numbered_targets(labels.shape[1]), probabilities, packed, "both", places=places, step=200)


def two_models(labels: np.ndarray, probabilities: np.ndarray) -> list[tuple[float, float]]:
    from danq.evaluation.compare_models import paired_table, rank

    models = {"danq": opened(labels, probabilities), "other": opened(labels, probabilities[:, ::-1])}
    table = paired_table(rank(models)).set_index("measure")
    return list(zip(table.loc["auroc", "value"], table.loc["auprc", "value"], strict=True))


def scikit_learn(labels: np.ndarray, probabilities: np.ndarray) -> list[tuple[float, float]]:
    from sklearn.metrics import average_precision_score, roc_auc_score

    columns = zip(labels.T, probabilities.T, strict=True)
    return [(roc_auc_score(y, p), average_precision_score(y, p)) for y, p in columns]


WAYS = {
    "danq": ours,
    "danq, 1 thread": ours_alone,
    "evaluate.py, all of it": in_full,
    "compare_models.py, 2 models": two_models,
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
            "danq is faster by": common.times(result["seconds"] / results["danq"]["seconds"]),
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
