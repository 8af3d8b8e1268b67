#!/usr/bin/env python3
"""Whether TF-MoDISco finds the factors of targets in the contributions to them, and nothing where there is nothing.

For each target: number of explained windows, patterns of both signs, seqlets of the pattern that matches the target's
factor best, and its match (one of the factor's own matrices, or one of its family that looks like it, as for filters).
The control moves the contributions of each window along its sequence, by a random number of bases, so that other bases
have them: no pattern may have a name.

patterns.py attributions.h5 CTCF REST SRF                         targets that are named after their factors
patterns.py attributions.h5 CEBPB="GM12878|CEBPB|None" --known motifs.meme
patterns.py attributions.h5 REB1 ABF1 --taxa fungi -o patterns    keep the files of the patterns
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import common
import numpy as np
import pandas as pd

from cli import parser

sys.path.remove(str(Path(__file__).parent))  # numba imports a module `coverage`, which is not the one here


def arguments() -> argparse.Namespace:
    options = parser(__doc__)
    options.add_argument("attributions", help="attributions.h5 of attribute.py")
    options.add_argument("targets", nargs="+", metavar="FACTOR[=TARGET]", help="factors, each with its target")
    options.add_argument("--known", help="file of known motifs (default: the matrices of JASPAR)")
    options.add_argument("--release", default="JASPAR2024", help="JASPAR release")
    options.add_argument("--taxa", nargs="+", default=["vertebrates"], help="taxonomic groups of JASPAR")
    options.add_argument("--max-evalue", type=float, default=1e-3, help="a match must have an E-value below this")
    options.add_argument("--window", type=int, help="bp in the middle of each window (default: all)")
    options.add_argument("--no-control", action="store_true", help="leave out the control")
    options.add_argument("--seed", type=int, default=1, help="random seed of the control")
    options.add_argument("-o", "--output", help="folder to keep the files of patterns in (default: none)")
    return options.parse_args()


def moved(onehot: np.ndarray, hypothetical: np.ndarray, seed: int) -> np.ndarray:
    """Hypothetical contributions (n, L, 4) that belong to bases elsewhere in the same window.

    A position gets the contribution of the base at another position for its own base, and those of the three others for
    the three others; all positions of a window move by one random number of bases, at least 30.
    """
    draw = np.random.default_rng(seed)
    length = onehot.shape[1]
    bases = onehot.argmax(axis=2)[:, :, None] + np.arange(4)  # the base itself first
    by_role = np.take_along_axis(hypothetical, bases % 4, axis=2)
    by_role = np.stack([np.roll(one, draw.integers(30, length - 30), axis=0) for one in by_role])
    found = np.empty_like(hypothetical)
    np.put_along_axis(found, bases % 4, by_role, axis=2)
    return found


def found_in(
    onehot: np.ndarray, hypothetical: np.ndarray, window: int | None, path: Path, known: list, max_evalue: float
) -> tuple[list, pd.DataFrame, pd.DataFrame]:
    """The patterns, their matches, and the table of patterns."""
    from danq.explain import discovery, pattern_tables, patterns

    given = discovery.cut(onehot, hypothetical, window)
    discovery.discover(given, discovery.Settings(), path)
    patterns.describe(path, patterns.Facts((), len(given.rows), given.dropped, given.begin), given.rows, None)
    found = patterns.read(path).patterns
    table, matches, _ = pattern_tables.named(found, known, max_evalue)
    return found, matches.rename(columns={"pattern": "filter"}), table


def main() -> None:
    args = arguments()
    from danq.explain.attributions import Attributions
    from danq.motifs import annotate
    from danq.motifs.known import from_file, from_jaspar

    known = from_file(args.known) if args.known else from_jaspar(args.release, args.taxa)
    source, rows, names = Attributions(args.attributions), [], 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(args.output or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for word in args.targets:
            factor, _, name = word.partition("=")
            onehot, hypothetical, _ = source.of(source.target(name or factor))
            found, matches, _ = found_in(
                onehot, hypothetical, args.window, folder / f"{factor}.h5", known, args.max_evalue
            )
            best = annotate.recovered([factor], known, matches, args.max_evalue).iloc[0]
            row = {"factor": factor, "windows": len(onehot)}
            row |= {sign: sum(one.sign == sign for one in found) for sign in ("positive", "negative")}
            if pd.notna(best["filter"]):
                pattern = found[int(best["filter"]) - 1]
                row |= {"pattern": pattern.number, "seqlets": pattern.seqlets, "consensus": pattern.motif().consensus}
                row |= {"match": f"{best['name']} ({best['known']})", "by": best["by"], "E": f"{best['evalue']:.1e}"}
            else:
                row |= dict.fromkeys(("pattern", "seqlets", "consensus", "match", "by"), "") | {"E": "not found"}
            if not args.no_control:
                path = folder / f"{factor}.control.h5"
                shifted = moved(onehot, hypothetical, args.seed)
                others, _, table = found_in(onehot, shifted, args.window, path, known, args.max_evalue)
                row |= {"control: patterns": len(others), "named": int((table["known"] != "").sum())}
                names += row["named"]
            rows.append(row)
            common.say(", ".join(f"{key} {value}" for key, value in row.items()))
    common.print_table(f"Patterns in {args.attributions}, E < {args.max_evalue:g}", rows)
    count = sum(row["E"] != "not found" for row in rows)
    control = "no control" if args.no_control else f"{names} names in the control"
    common.say(f"{count} of {len(rows)} factors found; {control}")


if __name__ == "__main__":
    main()
