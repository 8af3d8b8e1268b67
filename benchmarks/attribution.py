#!/usr/bin/env python3
"""Speed of attributions, with a DanQ of published size and random weights on random windows; both strands.

raw          predictions of windows in memory (danq.runtime.ensembles), the upper limit of mutagenesis
mutagenesis  danq.explain.methods.mutagenesis: sequences predicted per second, 3 L + 1 for each window
gradient     danq.explain.methods.gradient: windows per second, for one target of each window

Each has its own process; they take turns. --quick measures a small model, to test this program.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import common
import numpy as np
from common import LENGTH, TARGETS

from cli import parser

SMALL = {"filters": 8, "kernel": 8, "pool": 10, "lstm": 4, "dense": 8}
SMALL_LENGTH, SMALL_TARGETS = 100, 5


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--windows", type=int, default=2, help="number of windows whose bases are all substituted")
    options.add_argument("--gradients", type=int, default=512, help="number of windows of the gradients")
    options.add_argument("--repeats", type=int, default=3, help="rounds; medians over rounds are compared")
    options.add_argument("--quick", action="store_true", help="measure a small model in seconds")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    return options.parse_args()


def write_checkpoint(path: Path, length: int, n_targets: int, sizes: dict) -> None:
    import keras

    from danq.data.targets import Target
    from danq.models import registry
    from danq.runtime import checkpoint

    keras.utils.set_random_seed(1)
    targets = [Target(i, f"target{i}", "random") for i in range(1, n_targets + 1)]
    blueprint = checkpoint.Blueprint("DanQ", registry.default_sizes("DanQ") | sizes, length, targets)
    checkpoint.save(path, blueprint.build(), blueprint)


def random_windows(n: int, length: int) -> np.ndarray:
    """Packed sequences uint8 (n, L/2) without unknown bases."""
    codes = np.uint8(8) >> np.random.default_rng(1).integers(0, 4, (n, length), dtype=np.uint8)
    return (codes[:, 0::2] << 4) | codes[:, 1::2]


def raw(path: Path, length: int, n: int) -> float:
    """Windows predicted per second."""
    from danq.data.sources import PackedArray
    from danq.runtime.ensembles import Ensemble

    ensemble = Ensemble([path])
    source = PackedArray(random_windows(n, length), length)
    list(ensemble.means(source))  # compiles
    begin = time.perf_counter()
    list(ensemble.means(source))
    return n / (time.perf_counter() - begin)


def explained(path: Path, length: int, n: int, method: str) -> float:
    """Windows explained per second."""
    from danq.explain.methods import METHODS
    from danq.runtime.ensembles import Ensemble
    from danq.runtime.gradients import Logits

    logits, packed = Logits.of(Ensemble([path])), random_windows(n, length)
    columns = np.zeros((1, n), int)
    METHODS[method](logits, packed, columns)  # compiles
    begin = time.perf_counter()
    METHODS[method](logits, packed, columns)
    return n / (time.perf_counter() - begin)


def main() -> None:
    args = arguments()
    length, targets, sizes = (SMALL_LENGTH, SMALL_TARGETS, SMALL) if args.quick else (LENGTH, TARGETS, {})
    each = 1 + 3 * length  # sequences of a window's mutagenesis
    rates: dict[str, list[float]] = {"raw": [], "mutagenesis": [], "gradient": []}
    with common.scratch(args.folder, 5e8) as folder:
        path = folder / "model.weights.h5"
        common.apart(write_checkpoint, path, length, targets, sizes)
        for number in range(args.repeats):
            rates["raw"].append(common.apart(raw, path, length, args.windows * each))
            rates["mutagenesis"].append(each * common.apart(explained, path, length, args.windows, "mutagenesis"))
            rates["gradient"].append(common.apart(explained, path, length, args.gradients, "gradient"))
            common.say(f"round {number + 1}: " + ", ".join(f"{name} {found[-1]:,.0f}" for name, found in rates.items()))
    middle = {name: statistics.median(found) for name, found in rates.items()}
    rows = [
        {"": "raw", "per second": f"{middle['raw']:,.0f} sequences", "ratio to raw": ""},
        {
            "": "mutagenesis",
            "per second": f"{middle['mutagenesis']:,.0f} sequences",
            "ratio to raw": f"{middle['mutagenesis'] / middle['raw']:.2f}",
        },
        {"": "gradient", "per second": f"{middle['gradient']:,.0f} windows", "ratio to raw": ""},
    ]
    common.print_table(f"DanQ, windows of {length} bp, {targets} targets, both strands", rows)


if __name__ == "__main__":
    main()
