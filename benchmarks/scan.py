#!/usr/bin/env python3
"""Speed of the motif scan: sites of 320 filters of 26 bp in 1,000-bp windows, by danq.motifs.scan and by a plain loop.

The plain loop calls `predict` of the first convolution, keeps all activations (n, 975, 320) in memory (1.2 MB per
window), and finds each filter's best position in each window with NumPy. Both must find the same sites.
danq.motifs.scan is then measured on more windows, for best sites and for all sites, with the projected time for the
455,024 samples of the published test set. Filters are random, with weights of about the size in a trained model.
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
    options.add_argument("--windows", type=int, default=1000, help="number of windows that both scan")
    options.add_argument("--more", type=int, default=10_000, help="number of windows that only danq.motifs.scan scans")
    options.add_argument("--folder", help="parent of the temporary folder (default: the system's)")
    return options.parse_args()


def model():
    import keras

    from danq.models import registry

    keras.utils.set_random_seed(1)
    made = registry.build("DanQ", common.LENGTH, 1, filters=FILTERS, kernel=KERNEL, lstm=1, dense=1)
    layer = made.get_layer("first_convolution")
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel * 5, bias - 1])
    return made


def ours(path: Path, windows: int, places: str) -> dict:
    from danq.data.windows import Windows
    from danq.motifs.scan import scanned

    network, data = model(), Windows(path)
    with scanned(network, data, np.arange(600), places, THRESHOLD, path.parent):
        pass  # compiles the model, and TensorFlow allocates its working memory
    with Growth() as growth:
        begin = time.perf_counter()
        with scanned(network, data, np.arange(windows), places, THRESHOLD, path.parent) as sites:
            seconds = time.perf_counter() - begin
            found = [some for f in range(FILTERS) for some in sites.of(f)] if windows <= 2000 else []
    keys = {(int(one["filter"]), int(one["sample"]), int(one["position"])) for some in found for one in some}
    return {"seconds": seconds, "memory": growth.own, "keys": keys}


def plain(path: Path, windows: int) -> dict:
    import keras

    from danq.data.windows import Windows

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
            "danq is faster by": common.times(rate["best sites"] / rate[name]) if name == "plain loop" else "",
            "peak memory, MB": f"{result['memory'] / 1e6:,.0f}",
            "published test set, minutes": f"{PUBLISHED / rate[name] / 60:.1f}",
        }
        for name, (windows, result) in results.items()
    ]
    common.print_table(f"scan: {FILTERS} filters of {KERNEL} bp", rows)


if __name__ == "__main__":
    main()
