#!/usr/bin/env python3
"""Time of TOMTOM: motifs as wide as DanQ's filters against the vertebrate matrices of a JASPAR release.

Also counts how many matrices of noise get a name at E < .01 in each of four releases: about 1 in 100 are expected.
"""

from __future__ import annotations

import statistics
import time

import common
import numpy as np

from cli import parser
from danq.motifs import tomtom
from danq.motifs.known import from_jaspar

RELEASES = ("JASPAR2016", "JASPAR2020", "JASPAR2024", "JASPAR2026")


def noise(count: int, draw: np.random.Generator, width: int | None = None) -> list[np.ndarray]:
    """Matrices whose columns are from Dirichlet distributions of 1, 2 and 4; 8 to 26 columns without a width."""
    concentrations = [(1.0, 2.0, 4.0)[i % 3] for i in range(count)]
    return [draw.dirichlet([one] * 4, width or draw.integers(8, 27)) for one in concentrations]


def matrices(release: str) -> list[np.ndarray]:
    return [one.motif.probabilities for one in from_jaspar(release, ["vertebrates"])]


def main() -> None:
    options = parser(__doc__)
    options.add_argument("--motifs", type=int, default=320, help="number of motifs")
    options.add_argument("--width", type=int, default=26, help="their width")
    options.add_argument("--repeats", type=int, default=3, help="rounds")
    args = options.parse_args()
    draw = np.random.default_rng(1)
    queries, known, seconds = noise(args.motifs, draw, args.width), matrices("JASPAR2024"), []
    for _ in range(args.repeats):
        begin = time.perf_counter()
        tomtom.align(queries, known)
        seconds.append(time.perf_counter() - begin)
    common.print_table(
        f"TOMTOM: {args.motifs} motifs of {args.width} columns against {len(known)} matrices, {args.repeats} rounds",
        [{"": "seconds", "median": f"{statistics.median(seconds):.1f}", "most": f"{max(seconds):.1f}"}],
    )
    rows = []
    for release in RELEASES:
        known = matrices(release)
        evalues = tomtom.align(noise(200, draw), known).pvalue.min(axis=1) * len(known)
        rows.append({"": release, "matrices": len(known), "of 200 named": int((evalues < 0.01).sum())})
    common.print_table("matrices of noise with a match at E < .01", rows)


if __name__ == "__main__":
    main()
