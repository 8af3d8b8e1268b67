#!/usr/bin/env python3
"""Test export, import and training at the size of the published set, without a download.

Makes random windows of the published size (2,200,000 + 4,000 + 227,512 windows of 1,000 bp, 919 labels of
which 1 in 64 is positive), and writes them as a .mat bundle (4,400,000, 8,000 and 455,024 samples). Imports the
bundle, checks that the imported windows are identical, and trains DanQ of the published size for some batches.
Prints time, memory (PSS, including children) and disk space.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import common
import memory
from common import GB, LENGTH, SCRIPTS, TARGETS
from simulated import write_windows

import cli
from danq.data.windows import Windows

PUBLISHED = {"train": 2_200_000, "valid": 4_000, "test": 227_512}  # forward windows
HALVINGS = 6
DISK = 2.2e6 * (500 + 115) * 2.4 + 4.4e6 * 1200  # bytes at scale 1: packed twice, and the compressed bundle


def measured(name: str, samples: int, command: list, folder: Path | None = None) -> dict:
    """Run a program and return a row of the table."""
    common.say(" ".join(map(str, command)))
    begin = time.monotonic()
    peak = memory.peak_of_program([sys.executable, *map(str, command)])
    seconds = time.monotonic() - begin
    disk = sum(file.stat().st_size for file in folder.iterdir()) if folder else 0
    return {
        "step": name,
        "samples": f"{samples:,}",
        "seconds": f"{seconds:.0f}",
        "samples/s": f"{samples / seconds:,.0f}",
        "peak memory": f"{peak / GB:.2f} GB",
        "disk": f"{disk / GB:.2f} GB" if folder else "",
    }


def rehearse(folder: Path, scale: float, steps: int, batch: int) -> list[dict]:
    made, bundle, packed = (folder / name for name in ("made", "bundle", "packed"))
    made.mkdir()
    sizes = {split: n if split == "valid" else round(n * scale) for split, n in PUBLISHED.items()}
    for seed, (split, n) in enumerate(sizes.items()):
        write_windows(made / f"{split}.h5", n, LENGTH, TARGETS, seed, HALVINGS)
    samples = 2 * sum(sizes.values())
    rows = [measured("export", samples, [SCRIPTS / "export_bundle.py", made, "-o", bundle], bundle)]
    rows += [measured("import", samples, [SCRIPTS / "import_bundle.py", bundle, "-o", packed], packed)]
    for split in sizes:
        assert same_windows(made / f"{split}.h5", packed / f"{split}.h5"), f"{split} differs after the import"
    common.say("the imported windows are identical")
    words = ["-d", packed, "-o", folder / "a.weights.h5", "-e", 1, "-b", batch, "-n", steps * batch // 2]
    rows += [measured(f"train {steps} batches of {batch}", steps * batch, [SCRIPTS / "train.py", *words])]
    return rows


def same_windows(one: Path, other: Path) -> bool:
    first, second = Windows(one), Windows(other)
    return len(first) == len(second) and all(
        (first.packed(rows) == second.packed(rows)).all()
        and (first.packed_labels(rows) == second.packed_labels(rows)).all()
        for rows in (slice(i, i + 50_000) for i in range(0, len(first), 50_000))
    )


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the published training and test windows")
    parser.add_argument("--steps", type=int, default=20, help="training batches")
    parser.add_argument("--batch", type=int, default=100, help="samples per batch")
    parser.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    args = parser.parse_args()
    with common.scratch(args.folder, DISK * args.scale + 1e9) as folder:
        rows = rehearse(folder, args.scale, args.steps, args.batch)
    common.print_table(f"the published set at {args.scale:g} of its size", rows)


if __name__ == "__main__":
    cli.run(main)
