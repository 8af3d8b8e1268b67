#!/usr/bin/env python3
"""Preparation of a complete human-size data set: minutes, peak memory, windows and disk space.

Simulates a genome of 3.1 Gbp and 919 peak files of about 50,000 peaks that cluster at shared
positions, then runs workflow/scripts/prepare.py on them as a user would. The size of the windows
files is compared with that of the float32 array that other tools keep in memory.

Example: prepare.py --scale 0.01 --targets 50
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import common
import memory
import pandas as pd
import simulated

from cli import parser
from danq.data.windows import Windows

SPLITS = ("train", "valid", "test")
VALID = (30_508_751, 35_296_850)  # on chr7: the region that DeepSEA and DanQ were validated on
FACTS = "simulated.json"  # settings of the simulation in a folder


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument(
        "--scale",
        type=float,
        default=1.0,
        help="factor for the genome size and the number of peaks (0.01 or more)",
    )
    options.add_argument("--targets", type=int, default=919, help="number of peak files")
    options.add_argument("--peaks", type=int, default=50_000, help="average number of peaks per file, before scaling")
    options.add_argument("--places", type=int, default=900_000, help="positions shared by the files, before scaling")
    options.add_argument("--processes", type=int, default=os.cpu_count(), help="number of processes")
    options.add_argument(
        "--folder", help="output folder; a simulation kept there is reused (default: a temporary folder)"
    )
    options.add_argument("--keep-files", action="store_true", help="keep the output files")
    return options.parse_args()


def simulate(folder: Path, args: argparse.Namespace) -> dict[str, int]:
    """Write genome.fa, peaks/*.narrowPeak.gz and targets.tsv unless they exist; return the contigs."""
    contigs = simulated.human(args.scale)
    facts = {name: getattr(args, name) for name in ("scale", "targets", "peaks", "places")}
    if (folder / FACTS).exists() and json.loads((folder / FACTS).read_text()) == facts:
        common.say(f"using the simulation in {folder}")
        return contigs
    common.say(f"simulating a genome of {sum(contigs.values()) / 1e6:,.1f} Mbp in {folder}")
    simulated.write_genome(folder / "genome.fa", contigs)
    (folder / "genome.fa.fai").unlink(missing_ok=True)
    common.say(f"simulating {args.targets} peak files")
    (folder / "peaks").mkdir(exist_ok=True)
    write = partial(_write_share, folder, contigs, args)
    with ProcessPoolExecutor(args.processes) as pool:
        list(pool.map(write, [range(i, args.targets, args.processes) for i in range(args.processes)]))
    names = [f"target{i:03d}" for i in range(args.targets)]
    sheet = pd.DataFrame({"name": names, "assay": "ChIP-seq", "peaks": [_peak_path(i) for i in range(args.targets)]})
    sheet.to_csv(folder / "targets.tsv", sep="\t", index=False)
    (folder / FACTS).write_text(json.dumps(facts))
    return contigs


def _peak_path(target: int) -> str:
    return f"peaks/target{target:03d}.narrowPeak.gz"


def _write_share(folder: Path, contigs: dict[str, int], args: argparse.Namespace, share: range) -> None:
    """Write the peak files of a share of the targets, with 0.5 to 1.5 times the average number of peaks."""
    places = simulated.draw_places(contigs, max(1, round(args.places * args.scale)))
    for target in share:
        n = max(10, round(args.peaks * args.scale * (0.5 + target / args.targets)))
        simulated.write_peaks(folder / _peak_path(target), contigs, places, n, [1, target])


def command(folder: Path, contigs: dict[str, int], args: argparse.Namespace) -> list[str]:
    start, end = (round(position * contigs["chr7"] / simulated.HUMAN["chr7"]) for position in VALID)
    return [
        *(sys.executable, str(common.SCRIPTS / "prepare.py")),
        *("--genome", f"{folder}/genome.fa", "--targets", f"{folder}/targets.tsv", "--folder", str(folder)),
        *("--output", f"{folder}/windows", "--valid", f"chr7:{max(start, 1)}-{end}", "--test", "chr8", "chr9"),
        *("--keep", "any", "--processes", str(args.processes)),
    ]


def tidy(folder: Path) -> None:
    """Remove only the files that this program wrote."""
    for name in ("peaks", "windows"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in ("genome.fa", "genome.fa.fai", "targets.tsv", FACTS):
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def main() -> None:
    args = arguments()
    folder = Path(args.folder or tempfile.mkdtemp(prefix="danq-benchmark-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # FASTA, peak files (about 17 bytes per peak) and windows of at most half of all bins
        common.check_disk(
            folder, args.scale * (3.2e9 + 17 * args.peaks * args.targets + 8e6 * (512 + args.targets / 8))
        )
        contigs = simulate(folder, args)
        begin = time.perf_counter()
        peak = memory.peak_of_program(command(folder, contigs, args))
        seconds = time.perf_counter() - begin
        files = [Windows(folder / "windows" / f"{name}.h5") for name in SPLITS]
        report(args, contigs, seconds, peak, files)
    finally:
        if args.keep_files:
            common.say(f"the files are in {folder}")
        else:
            tidy(folder)


def report(args, contigs, seconds: float, peak: int, files: list[Windows]) -> None:
    n, disk = sum(map(len, files)), sum(windows.path.stat().st_size for windows in files)
    dense = n * 4.0 * (4 * files[0].length + args.targets)
    rows = {
        "minutes": f"{seconds / 60:.2f}",
        "genome, Mbp/s": f"{sum(contigs.values()) / seconds / 1e6:.1f}",
        f"peak memory ({memory.KIND}, children included), GB": f"{peak / common.GB:.2f}",
        "windows written": f"{n:,}  ({', '.join(f'{w.path.stem} {len(w):,}' for w in files)})",
        "windows files, GB": f"{disk / common.GB:.2f}",
        "the same as float32 arrays, GB": f"{dense / common.GB:.1f}  ({common.times(dense / disk)} the files, "
        f"{common.times(dense / peak)} the peak memory)",
    }
    title = (
        f"preparation: {sum(contigs.values()) / 1e6:,.0f} Mbp, {args.targets} peak files, {args.processes} processes"
    )
    common.print_table(title, [{"": name, "danq": value} for name, value in rows.items()])


if __name__ == "__main__":
    main()
