#!/usr/bin/env python3
"""Speed of attributions, by models of published size with random weights on random windows; both strands.

DanQ
  raw          predictions of windows in memory (danq.runtime.ensembles), the upper limit of mutagenesis
  mutagenesis  danq.explain.methods.mutagenesis: sequences per second, 3 L + 1 for each window
  gradient     danq.explain.methods.gradient: windows per second, for one target of each window
DeepSEA, Basset
  whole        mutants predicted as whole sequences
  incremental  mutagenesis: of each layer, only what a substitution reaches (danq.explain.incremental)
memory
  danq.explain.attribute by small models, of some windows and of four times as many

Each model has its own process, in which the methods take turns. Both methods of DeepSEA and Basset must give the same
logits. Ratios are those of CPU time, which other programs on the machine change less than elapsed time. --quick
measures small models, to test this program.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import common
import numpy as np
from common import LENGTH, TARGETS
from memory import Growth

from cli import parser

SMALL = {
    "DanQ": {"filters": 8, "kernel": 8, "pool": 10, "lstm": 4, "dense": 8},
    "DeepSEA": {"filters": 8, "filters2": 8, "filters3": 8, "kernel2": 3, "kernel3": 3, "dense": 8},
    "Basset": {"filters": 8, "filters2": 8, "filters3": 8, "kernel2": 3, "kernel3": 2, "pool3": 2, "dense": 8},
}
SMALL_LENGTH, SMALL_TARGETS = 100, 5
Rates = dict[str, list[tuple[float, float]]]  # per second and per second of CPU time, in each round


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--windows", type=int, default=2, help="windows of DanQ whose bases are all substituted")
    options.add_argument("--gradients", type=int, default=512, help="windows of the gradients")
    options.add_argument("--incremental", type=int, default=8, help="windows of DeepSEA and of Basset")
    options.add_argument("--whole", type=int, default=1024, help="mutants of these that are predicted as a whole")
    options.add_argument("--many", type=int, default=1024, help="windows for which memory is measured")
    options.add_argument("--repeats", type=int, default=3, help="rounds; medians over rounds are compared")
    options.add_argument("--only", nargs="+", choices=(*SMALL, "memory"), default=[*SMALL, "memory"], help="parts")
    options.add_argument("--quick", action="store_true", help="measure small models in seconds")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    return options.parse_args()


def write_checkpoint(path: Path, architecture: str, length: int, n_targets: int, sizes: dict) -> None:
    import keras

    from danq.data.targets import Target
    from danq.models import registry
    from danq.runtime import checkpoint

    keras.utils.set_random_seed(1)
    targets = [Target(i, f"target{i}", "random") for i in range(1, n_targets + 1)]
    sizes = registry.default_sizes(architecture) | sizes
    blueprint = checkpoint.Blueprint(architecture, sizes, length, targets)
    checkpoint.save(path, blueprint.build(), blueprint)


def random_windows(n: int, length: int) -> np.ndarray:
    """Packed sequences uint8 (n, L/2) without unknown bases."""
    codes = np.uint8(8) >> np.random.default_rng(1).integers(0, 4, (n, length), dtype=np.uint8)
    return (codes[:, 0::2] << 4) | codes[:, 1::2]


def in_turns(repeats: int, methods: dict[str, tuple[int, Callable]]) -> Rates:
    """Rates of methods, each with the number of sequences or windows that it works on, after one round to compile."""
    rates: Rates = {name: [] for name in methods}
    for number in range(repeats + 1):
        for name, (n, run) in methods.items():
            begin, used = time.perf_counter(), time.process_time()
            run()
            if number:
                rates[name].append((n / (time.perf_counter() - begin), n / (time.process_time() - used)))
        if number:
            last = [f"{name} {one[-1][0]:,.1f}/s ({one[-1][1]:,.1f}/s of CPU time)" for name, one in rates.items()]
            common.say(f"round {number}: " + ", ".join(last))
    return rates


def danq(path: Path, length: int, args: argparse.Namespace) -> Rates:
    from danq.data.sources import PackedArray
    from danq.explain.methods import gradient, mutagenesis
    from danq.runtime.ensembles import Ensemble
    from danq.runtime.gradients import Logits

    ensemble, n = Ensemble([path]), args.windows * (1 + 3 * length)
    logits, source = Logits.of(ensemble), PackedArray(random_windows(n, length), length)
    some, many = random_windows(args.windows, length), random_windows(args.gradients, length)
    return in_turns(
        args.repeats,
        {
            "raw": (n, lambda: list(ensemble.means(source))),
            "mutagenesis": (n, lambda: mutagenesis(logits, some, np.zeros((1, len(some)), int))),
            "gradient": (len(many), lambda: gradient(logits, many, np.zeros((1, len(many)), int))),
        },
    )


def convolutional(path: Path, length: int, args: argparse.Namespace) -> Rates:
    from danq.data import onehot
    from danq.data.sources import PackedArray
    from danq.explain.incremental import Incremental
    from danq.explain.mutants import Mutants
    from danq.runtime.ensembles import Ensemble
    from danq.runtime.gradients import Logits

    logits = Logits.of(Ensemble([path]))
    computed = Incremental(logits)
    packed, columns = random_windows(args.incremental, length), np.zeros((1, args.incremental), int)
    mutants = Mutants(PackedArray(packed, length))
    number = np.arange(min(args.whole, len(mutants)))
    some = PackedArray(mutants.packed(number), length)
    found = {}

    def whole() -> None:
        found["whole"] = np.concatenate([part for _, part in logits.means(some)])[:, 0]

    def incremental() -> None:
        found["incremental"] = computed.mutants(packed, columns)[0]

    methods = {"whole": (len(some), whole), "incremental": (len(mutants), incremental)}
    rates = in_turns(args.repeats, methods)
    window, rest = np.divmod(number, mutants.size)  # the first is the window itself, then three for each position
    place, turn = np.divmod(np.maximum(rest - 1, 0), 3)
    own = onehot.unpack(packed, length).argmax(axis=2)[window, place]
    base = (own + np.where(rest > 0, turn + 1, 0)) % 4
    np.testing.assert_allclose(found["incremental"][window, place, base], found["whole"], rtol=0, atol=1e-5)
    return rates


def memory(path: Path, length: int, n: int, method: str, output: Path) -> int:
    """Peak growth of memory in bytes while n windows are explained."""
    from danq.data.sources import PackedArray
    from danq.explain.attribute import attribute
    from danq.runtime.ensembles import Ensemble

    ensemble = Ensemble([path])
    first, source = (PackedArray(random_windows(count, length), length) for count in (128, n))
    attribute(ensemble, first, {1: np.arange(128)}, method, output)  # compiles
    with Growth() as growth:
        attribute(ensemble, source, {1: np.arange(n)}, method, output)
    return growth.own


def row(name: str, rates: list[tuple[float, float]], unit: str, reference: list[tuple[float, float]] | None) -> dict:
    elapsed, used = (statistics.median(column) for column in zip(*rates, strict=True))
    ratio = f"{used / statistics.median(one for _, one in reference):.2f}" if reference else ""
    return {"": name, unit: f"{elapsed:,.0f}/s", "by CPU time": f"{used:,.0f}/s", "ratio": ratio}


def main() -> None:
    args = arguments()
    length, targets = (SMALL_LENGTH, SMALL_TARGETS) if args.quick else (LENGTH, TARGETS)
    with common.scratch(args.folder, 1e9) as folder:
        for name, sizes in SMALL.items():
            if name not in args.only:
                continue
            path = folder / f"{name}.weights.h5"
            common.apart(write_checkpoint, path, name, length, targets, sizes if args.quick else {})
            title = f"{name}, windows of {length} bp, {targets} targets, both strands"
            if name == "DanQ":
                rates = common.apart(danq, path, length, args)
                rows = [
                    row("raw", rates["raw"], "sequences", None),
                    row("mutagenesis", rates["mutagenesis"], "sequences", rates["raw"]),
                    row("gradient (windows)", rates["gradient"], "sequences", None),
                ]
            else:
                rates = common.apart(convolutional, path, length, args)
                rows = [
                    row("whole", rates["whole"], "sequences", None),
                    row("incremental", rates["incremental"], "sequences", rates["whole"]),
                ]
            common.print_table(title, rows)
        if "memory" in args.only:
            rows = []
            for name, method in (("DanQ", "gradient"), ("DeepSEA", "mutagenesis")):
                path = folder / "small.weights.h5"
                common.apart(write_checkpoint, path, name, SMALL_LENGTH, SMALL_TARGETS, SMALL[name])
                counts = (args.many // 4, args.many)
                found = [
                    common.apart(memory, path, SMALL_LENGTH, n, method, folder / "attributions.h5") for n in counts
                ]
                cells = {f"{n:,} windows": f"{one / 1e6:,.0f} MB" for n, one in zip(counts, found, strict=True)}
                rows.append({"": f"{method} by a small {name}"} | cells)
            common.print_table("growth of memory", rows)


if __name__ == "__main__":
    main()
