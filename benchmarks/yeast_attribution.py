#!/usr/bin/env python3
"""Are the bases that decide on a factor's predictions those of its binding site? Attributions on yeast test windows.

For each factor, the positive test windows with the highest predictions are explained for the factor's own target. The
stretch of a window is its `--width` neighbouring bases with the highest summed contribution; the site is the best match
of the factor's JASPAR matrix in the window. A window has a site if the match scores higher than the best matches in
90 % of the windows after shuffling their dinucleotides. Prints the share of windows with a site whose stretch overlaps
it, and what to compare it with:

chance           the stretch lies anywhere in the window
other windows    the stretches of the factor's other windows, which keeps their places within a window
random weights   the same windows, explained by a model with the weights of each layer permuted (Adebayo 2018)
all positives    the share of all explained windows whose stretch overlaps the best match, whatever its score

    python benchmarks/yeast_attribution.py -c results/yeast_coarse/models/compact-seed1/training/model.weights.h5 \\
        -d results/yeast_coarse/windows
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import common
import numpy as np

from cli import parser, quiet_loading
from danq.data import dinucleotide, onehot
from danq.data.windows import Windows
from danq.explain.attributions import METHODS, Attributions
from danq.motifs.jaspar import core_motifs, counts
from danq.motifs.log_odds import log_odds
from danq.motifs.meme import UNIFORM, Motif

SHUFFLES = 1000  # shuffled windows whose best matches say what a site scores
UNLIKELY = 0.9  # the quantile of these scores that a site exceeds


def arguments():
    options = parser(__doc__)
    options.add_argument("-c", "--checkpoint", required=True, nargs="+", help="trained models; several are averaged")
    options.add_argument("-d", "--data", required=True, type=Path, help="folder with the test windows")
    options.add_argument("--factors", nargs="+", default=["Reb1", "Abf1", "Rap1", "Cbf1", "Ume6"])
    options.add_argument("--method", choices=METHODS, default="mutagenesis", help="method of attribution")
    options.add_argument("--windows", type=int, default=500, help="most windows of each factor")
    options.add_argument("--width", type=int, default=10, help="bases of a stretch")
    options.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return options.parse_args()


def explained(args, folder: Path) -> tuple[Attributions, Attributions]:
    """The attributions of the trained models, and of the same models with permuted weights."""
    with quiet_loading():
        from danq.data.chosen_targets import choose
        from danq.explain.attribute import attribute
        from danq.explain.chosen_windows import highest
        from danq.runtime.devices import Devices
        from danq.runtime.ensembles import Ensemble

    ensemble = Ensemble(args.checkpoint, "both", Devices(None, args.threads))
    windows, few = Windows(args.data / "test.h5"), {}
    if args.method == "integrated_gradients":
        few = {"references": 5, "steps": 20, "tolerance": 0.05}  # enough for the place of a stretch
    targets = choose(ensemble.targets, args.factors)
    chosen = highest(ensemble.means(windows), windows, targets, args.windows, "positives")
    attribute(ensemble, windows, chosen, args.method, folder / "trained.h5", **few)
    draw = np.random.default_rng(0)
    for model in ensemble.models:
        for layer in model.layers:
            layer.set_weights([draw.permutation(one.ravel()).reshape(one.shape) for one in layer.get_weights()])
    attribute(ensemble, windows, chosen, args.method, folder / "permuted.h5", **few)
    return Attributions(folder / "trained.h5"), Attributions(folder / "permuted.h5")


def best_matches(bases: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Score (n,) and start (n,) of the best match of a matrix (width, 4) in one-hot windows (n, L, 4), both strands."""
    places = np.lib.stride_tricks.sliding_window_view(bases, len(matrix), axis=1)  # (n, places, 4, width)
    scores = np.maximum(*(np.einsum("npcw,wc->np", places, one) for one in (matrix, matrix[::-1, ::-1])))
    return scores.max(axis=1), scores.argmax(axis=1)


def stretches(found: Attributions, factor: str, width: int) -> np.ndarray:
    """The start (n,) of the highest stretch of each window of a factor."""
    heights = found.of(found.target(factor))[2].sum(axis=2)
    return np.lib.stride_tricks.sliding_window_view(heights, width, axis=1).sum(axis=2).argmax(axis=1)


def row_of(factor: str, motif: Motif, real: Attributions, permuted: Attributions, width: int) -> Mapping:
    """The row of a factor in the table."""
    target, matrix, draw = real.target(factor), log_odds(motif, np.array(UNIFORM)), np.random.default_rng(1)
    packed = real.packed(real.windows(target))
    score, match = best_matches(onehot.unpack(packed, real.length), matrix)
    repeated = packed[np.arange(SHUFFLES) % len(packed)]
    shuffled = onehot.unpack(dinucleotide.shuffle(repeated, real.length, draw), real.length)
    site = score > np.quantile(best_matches(shuffled, matrix)[0], UNLIKELY)

    def overlap(starts: np.ndarray) -> np.ndarray:
        return (starts < match + len(matrix)) & (match < starts + width)

    own = overlap(stretches(real, factor, width))
    starts, places = stretches(real, factor, width), np.arange(real.length - width + 1)
    anywhere = np.mean([overlap(np.full(len(match), place))[site] for place in places])
    others = np.mean([overlap(np.roll(starts, by))[site].mean() for by in range(1, len(starts))])
    return {
        "factor": factor,
        "matrix": motif.name,
        "positives": len(match),
        "with a site": int(site.sum()),
        "overlap": f"{own[site].mean():.0%}",
        "chance": f"{anywhere:.1%}",
        "other windows": f"{others:.1%}",
        "random weights": f"{overlap(stretches(permuted, factor, width))[site].mean():.1%}",
        "all positives": f"{own.mean():.0%}",
    }


def main() -> None:
    args = arguments()
    motifs = {
        one.name.upper(): Motif.from_counts(one.matrix_id, counts(one)) for one in core_motifs("JASPAR2024", ["fungi"])
    }
    with tempfile.TemporaryDirectory() as folder:
        files = explained(args, Path(folder))
        rows = [row_of(factor, motifs[factor.upper()], *files, args.width) for factor in args.factors]
    title = f"{args.method}, stretches of {args.width} bp"
    common.print_table(title, rows)


if __name__ == "__main__":
    main()
