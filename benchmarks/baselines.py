#!/usr/bin/env python3
"""Time and memory of baseline.py: each baseline fitted to random windows, with predictions of test windows.

The windows and labels are random, so every prediction is at chance. A tenth as many windows as for training are for
validation, and as many for testing. The CPU time tells more than the time on a machine that does other work, too.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import common
from memory import peak_of_program

from cli import parser
from danq.baselines.registry import BASELINES


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--windows", type=int, default=100_000, help="number of training windows")
    options.add_argument("--length", type=int, default=common.LENGTH, help="length of a window in bp")
    options.add_argument("--targets", type=int, default=common.TARGETS, help="number of targets")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    return options.parse_args()


def write_case(folder: Path, windows: int, length: int, targets: int) -> None:
    from simulated import write_windows

    for seed, (split, share) in enumerate({"train": 1, "valid": 10, "test": 10}.items()):
        write_windows(folder / f"{split}.h5", max(windows // share, 1), length, targets, seed)


def main() -> None:
    args = arguments()
    needed = args.windows * (0.6 * args.length + 5 * args.targets)
    rows = []
    with common.scratch(args.folder, needed) as folder:
        common.say(f"making {args.windows:,} windows of {args.length} bp with {args.targets} targets")
        common.apart(write_case, folder, args.windows, args.length, args.targets)
        for name in BASELINES:
            common.say(name)
            words = [name, "--data", folder, "--output", folder / "p.h5", "--table", folder / "t.tsv"]
            begin, used = time.perf_counter(), cpu_seconds()
            peak = peak_of_program([sys.executable, str(common.SCRIPTS / "baseline.py"), *map(str, words)])
            rows.append({
                "": name,
                "seconds": f"{time.perf_counter() - begin:.0f}",
                "CPU seconds": f"{cpu_seconds() - used:.0f}",
                "peak memory, GB": f"{peak / common.GB:.2f}",
            })  # fmt: skip
    common.print_table(f"baselines: {args.windows:,} training windows x {args.targets} targets", rows)


def cpu_seconds() -> float:
    """CPU time of all finished child processes."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
