#!/usr/bin/env python3
"""Speed and memory of the loader: windows per second in shuffled batches from a file of 2.2 million windows.

packed         danq.runtime.batches.Batches, either strand, as passed to the model
packed, cold   the same, with the file not yet in the page cache (with --cold, on Linux)
unpacked       the same windows as float32 one-hot arrays made on the CPU, as a plain Keras model needs
dense array    batches from a float32 one-hot array in memory; the array has only --dense windows,
               and its full size is what the loader replaces

Each measurement has its own process and a time limit. "Own memory" is the private memory of the
process; mapped pages are file cache, which the system frees when other processes need memory.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

import common
import numpy as np
import simulated
from memory import Growth

from cli import parser

LENGTH, TARGETS = 1000, 919
WINDOW_BYTES = LENGTH / 2 + 115
DENSE_BYTES = 4 * (4 * LENGTH + TARGETS)


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--windows", type=int, default=2_200_000, help="number of windows in the file")
    options.add_argument("--batch", type=int, default=500, help="windows per batch")
    options.add_argument("--seconds", type=float, default=10.0, help="time limit of each measurement")
    options.add_argument("--dense", type=int, default=50_000, help="number of windows in the dense array")
    options.add_argument("--cold", action="store_true", help="also measure with the file not in the page cache")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    return options.parse_args()


def packed(path: Path, args: argparse.Namespace) -> dict:
    return _measured(lambda: _batches(path, args.batch), args.seconds)


def unpacked(path: Path, args: argparse.Namespace) -> dict:
    return _measured(lambda: _onehot_batches(path, args.batch), args.seconds)


def dense(path: Path, args: argparse.Namespace) -> dict:
    from danq.data.windows import Windows

    windows = Windows(path)
    some = slice(0, min(args.dense, len(windows)))

    def batches():
        x, y = windows.onehot(some), windows.labels(some).astype(np.float32)
        while True:  # repeat, because the array may be short
            order = np.random.default_rng(1).permutation(len(x))
            for begin in range(0, len(order), args.batch):
                index = order[begin : begin + args.batch]
                yield x[index], y[index]

    return _measured(batches, args.seconds)


def _batches(path: Path, batch: int):
    from danq.data.windows import Windows
    from danq.runtime.batches import Batches, sample_order

    windows = Windows(path)
    batches = Batches(windows, sample_order(len(windows), "both", seed=1, epoch=0), batch)
    return (batches[i] for i in range(len(batches)))


def _onehot_batches(path: Path, batch: int):
    from danq.data.windows import Windows
    from danq.runtime.batches import sample_order

    windows = Windows(path)
    samples = sample_order(len(windows), "both", seed=1, epoch=0)
    for begin in range(0, len(samples), batch):
        index, reverse = samples[begin : begin + batch] % len(windows), samples[begin : begin + batch] >= len(windows)
        yield windows.onehot(index, reverse), windows.labels(index).astype(np.float32)


def _measured(make_batches, limit: float) -> dict:
    import danq.runtime.batches  # noqa: F401  loads Keras before memory is measured

    with Growth() as growth:
        batches = make_batches()
        next(batches)  # excludes opening, shuffling etc. from the rate
        n, begin = 0, time.perf_counter()
        for windows, _ in batches:
            n += len(windows)
            if time.perf_counter() - begin > limit:
                break
        seconds = time.perf_counter() - begin
    return {"rate": n / seconds, "own": growth.own, "mapped": growth.mapped}


def forget(path: Path) -> None:
    """Ask the system to drop the file from its page cache."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main() -> None:
    args = arguments()
    with common.scratch(args.folder, 1.02 * args.windows * WINDOW_BYTES) as folder:
        path = folder / "train.h5"
        common.say(f"writing {args.windows:,} windows")
        common.apart(simulated.write_windows, path, args.windows, LENGTH, TARGETS)
        results = {}
        if args.cold:
            forget(path)
            results["packed, cold"] = common.apart(packed, path, args)
        for name, way in (("packed", packed), ("unpacked", unpacked), ("dense array", dense)):
            results[name] = common.apart(way, path, args)
    ours = results["packed"]["rate"]
    rows = [
        {
            "": name,
            "windows/s": f"{result['rate']:,.0f}",
            "packed is faster by": common.times(ours / result["rate"]),
            "own memory, GB": f"{result['own'] / common.GB:.3f}",
            "mapped file, GB": f"{result['mapped'] / common.GB:.3f}",
        }
        for name, result in results.items()
    ]
    common.print_table(f"loader: {args.windows:,} windows of {LENGTH} bp, {TARGETS} targets, batch {args.batch}", rows)
    replaced, file = args.windows * DENSE_BYTES, args.windows * WINDOW_BYTES
    print(
        f"\nAs float32 arrays the windows and labels take {replaced / common.GB:.1f} GB, {replaced / file:.0f} times "
        f"the file's {file / common.GB:.2f} GB and {replaced / results['packed']['own']:,.0f} times the loader's own "
        f"memory; with both strands {(replaced + 16 * LENGTH * args.windows) / common.GB:.1f} GB."
    )


if __name__ == "__main__":
    main()
