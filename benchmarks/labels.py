#!/usr/bin/env python3
"""Speed of labelling: positive bins of tracks of random peaks, by three methods that must agree.

danq       danq.data.peaks.read_peaks and Grid.positive
loop       plain Python: a pointer moves along the sorted peaks, bin by bin
bedtools   `bedtools intersect -f` with bins from a prepared BED file (skipped if not installed)

Each method reads plain narrowPeak files in one process and returns the numbers of the positive bins of
each track (more than half of the bin lies in one peak). Medians over several rounds are compared.
"""

from __future__ import annotations

import argparse
import io
import shutil
import statistics
import subprocess
import time
from collections import defaultdict
from pathlib import Path

import common
import numpy as np
import pandas as pd
import simulated

from cli import parser
from danq.data.grid import Grid
from danq.data.peaks import read_peaks


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--genome", type=float, default=100.0, help="length in Mbp")
    options.add_argument("--contigs", type=int, default=5, help="number of contigs")
    options.add_argument("--tracks", type=int, default=20, help="number of peak files")
    options.add_argument("--peaks", type=int, default=5000, help="peaks per file")
    options.add_argument("--bin", type=int, default=200, help="bin size in bp")
    options.add_argument("--repeats", type=int, default=3, help="rounds; medians over rounds are compared")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    return options.parse_args()


def ours(grid: Grid, tracks: list[Path]) -> list[np.ndarray]:
    return [grid.positive(read_peaks(path, grid.contigs)) for path in tracks]


def loop(grid: Grid, tracks: list[Path]) -> list[np.ndarray]:
    return [np.array(_loop_one(grid.contigs, grid.bin, path)) for path in tracks]


def _loop_one(contigs: dict[str, int], size: int, path: Path) -> list[int]:
    peaks = defaultdict(list)
    with path.open() as file:
        for line in file:
            contig, start, end = line.split("\t", 3)[:3]
            peaks[contig].append((int(start), int(end)))
    positive, number, needed = [], 0, size // 2 + 1
    for contig, length in contigs.items():
        intervals = sorted(peaks[contig])
        n, first = len(intervals), 0
        for start in range(0, length - size + 1, size):
            end = start + size
            while first < n and intervals[first][1] <= start:  # peaks that end before the bin
                first += 1
            i = first
            while i < n and intervals[i][0] < end:
                if min(intervals[i][1], end) - max(intervals[i][0], start) >= needed:
                    positive.append(number)
                    break
                i += 1
            number += 1
        number += length % size > 0  # an incomplete last bin has a number, but is never positive
    return positive


def write_bins(path: Path, grid: Grid) -> None:
    bins = np.flatnonzero(grid.whole)
    contig, start = grid.locate(bins)
    names = np.array(list(grid.contigs), dtype=object)[contig]
    table = pd.DataFrame({"contig": names, "start": start, "end": start + grid.bin, "number": bins})
    table.to_csv(path, sep="\t", header=False, index=False)


def bedtools(bins: Path, grid: Grid, tracks: list[Path]) -> list[np.ndarray]:
    # One sweep over the bins for all tracks takes less than half the time of one sweep per track. -f applies to each
    # peak separately; half a bin plus half a base separates too few from enough bases.
    fraction = f"{(grid.bin // 2 + 0.5) / grid.bin:.6f}"
    command = ["bedtools", "intersect", "-sorted", "-wa", "-wb", "-f", fraction, "-a", bins, "-b", *tracks]
    lines = io.BytesIO(subprocess.run(command, check=True, capture_output=True).stdout)
    number, track = 3, 4  # columns; the track's exists only for several tracks
    table = pd.read_csv(lines, sep="\t", header=None, usecols=[number, track])
    which = table[track] if len(tracks) > 1 else np.ones(len(table), int)
    return [np.unique(table[number][which == i]) for i in range(1, len(tracks) + 1)]


def main() -> None:
    args = arguments()
    length = round(args.genome * 1e6 / args.contigs)
    # Contigs of unequal length, most of them not a multiple of the bin; names are sorted as bedtools requires.
    grid = Grid({f"chr{chr(ord('A') + i)}": length + 37 * i for i in range(args.contigs)}, args.bin)
    with common.scratch(args.folder, 50 * len(grid) + 100 * args.tracks * args.peaks) as folder:
        tracks = [folder / f"track{i:02d}.narrowPeak" for i in range(args.tracks)]
        for i, path in enumerate(tracks):
            places = simulated.draw_places(grid.contigs, 10 * args.peaks, seed=i)
            simulated.write_peaks(path, grid.contigs, places, args.peaks, seed=i)
        ways = {"danq": ours, "loop": loop}
        if shutil.which("bedtools"):
            write_bins(folder / "bins.bed", grid)
            ways["bedtools"] = lambda *case: bedtools(folder / "bins.bed", *case)
        else:
            common.say("bedtools is not installed; its row is left out")
        seconds, found = {name: [] for name in ways}, {}
        for _ in range(args.repeats):
            for name, way in ways.items():
                begin = time.perf_counter()
                found[name] = way(grid, tracks)
                seconds[name].append(time.perf_counter() - begin)
    for name in ways:
        for theirs, right in zip(found[name], found["danq"], strict=True):
            assert np.array_equal(theirs, right), f"{name} and danq differ"
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    rows = [
        {"": name, "seconds": f"{value:.3f}", "danq is faster by": common.times(value / medians["danq"])}
        for name, value in medians.items()
    ]
    positive = sum(map(len, found["danq"]))
    common.print_table(
        f"labels: {len(grid):,} bins, {args.tracks} tracks of {args.peaks:,} peaks, {positive:,} positive bins", rows
    )


if __name__ == "__main__":
    main()
