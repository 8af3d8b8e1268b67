#!/usr/bin/env python3
"""Sites of 320 filters of 26 bp in 1,000-bp windows: danq.scan against a plain loop that keeps all activations.

The plain way is what a notebook does: `predict` of the first convolution, all activations (n, 975, 320) in memory,
then NumPy's highest place of each filter in each window; 1.2 MB a window. Both must find the same sites. Then ours
alone on more windows, best sites and all sites, with the time that the published test set of 455,024 samples takes at
that speed. Filters are random, of the size that a trained model's have.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import common
import numpy as np
import simulated
from memory import Growth

from cli import parser

FILTERS, KERNEL, THRESHOLD = 320, 26, 0.5
PUBLISHED = 455_024  # test samples


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("--windows", type=int, default=1000, help="windows that both scan")
    options.add_argument("--more", type=int, default=10_000, help="windows that ours scans alone")
    options.add_argument("--folder", help="where the temporary folder is made (default: the system's)")
    return options.parse_args()


def model():
    import keras

    from danq import models

    keras.utils.set_random_seed(1)
    made = models.build("DanQ", common.LENGTH, 1, filters=FILTERS, kernel=KERNEL, lstm=1, dense=1)
    layer = made.get_layer("first_convolution")
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel * 5, bias - 1])
    return made


def ours(path: Path, windows: int, places: str) -> dict:
    from danq.scan import scanned
    from danq.windows import Windows

    network, data = model(), Windows(path)
    with scanned(network, data, np.arange(600), places, THRESHOLD, path.parent):
        pass  # compiles, and lets TensorFlow take its working memory
    with Growth() as growth:
        begin = time.perf_counter()
        with scanned(network, data, np.arange(windows), places, THRESHOLD, path.parent) as sites:
            seconds = time.perf_counter() - begin
            found = [some for f in range(FILTERS) for some in sites.of(f)] if windows <= 2000 else []
    keys = {(int(one["filter"]), int(one["sample"]), int(one["position"])) for some in found for one in some}
    return {"seconds": seconds, "memory": growth.own, "keys": keys}


def plain(path: Path, windows: int) -> dict:
    import keras

    from danq.windows import Windows

    network, data = model(), Windows(path)
    first = keras.Model(network.inputs, network.get_layer("first_convolution").output)
    first.predict(data.onehot(np.arange(600)), batch_size=512, verbose=0)
    with Growth() as growth:
        begin = time.perf_counter()
        activations = first.predict(data.onehot(np.arange(windows)), batch_size=512, verbose=0)
        place = activations.argmax(axis=1)
        best = activations.max(axis=1)
        rows, filters = np.nonzero(best > THRESHOLD * best.max(axis=0))
        seconds = time.perf_counter() - begin
    keys = {(int(f), int(row), int(place[row, f])) for row, f in zip(rows, filters, strict=True)}
    return {"seconds": seconds, "memory": growth.own, "keys": keys}


def main() -> None:
    args = arguments()
    with common.scratch(args.folder, 700 * args.more) as folder:
        path = folder / "windows.h5"
        common.apart(simulated.write_windows, path, args.more, common.LENGTH, 1)
        results = {
            "best sites": (args.windows, common.apart(ours, path, args.windows, "best")),
            "plain loop": (args.windows, common.apart(plain, path, args.windows)),
            "best sites, more windows": (args.more, common.apart(ours, path, args.more, "best")),
            "all sites, more windows": (args.more, common.apart(ours, path, args.more, "all")),
        }
    both = results["best sites"][1]["keys"] ^ results["plain loop"][1]["keys"]
    assert len(both) <= 1e-4 * len(results["plain loop"][1]["keys"]), f"{len(both)} sites differ"  # ties by rounding
    rate = {name: windows / result["seconds"] for name, (windows, result) in results.items()}
    rows = [
        {
            "": name,
            "windows": f"{windows:,}",
            "windows/s": f"{rate[name]:,.0f}",
            "ours is faster by": common.times(rate["best sites"] / rate[name]) if name == "plain loop" else "",
            "peak memory, MB": f"{result['memory'] / 1e6:,.0f}",
            "published test set, minutes": f"{PUBLISHED / rate[name] / 60:.1f}",
        }
        for name, (windows, result) in results.items()
    ]
    common.print_table(f"scan: {FILTERS} filters of {KERNEL} bp", rows)


if __name__ == "__main__":
    main()
