#!/usr/bin/env python3
"""Fit a baseline and predict the test windows: what a network must beat.

composition  share of G and C and CpG of the window, by ridge regression
motif        per target, the best score of the known motif with the highest training AUROC
kmer         counts of canonical k-mers, by ridge regression

Reads train.h5, valid.h5 and test.h5 from the data folder (or the .mat files of the published bundle, which are packed
once). Writes predictions as predict.py does, and a table of how the baseline was fitted: for motif, the chosen motif of
each target; for the others, all settings that were tried.

Example: baseline.py kmer -d results/demo/windows -o kmer.h5 --table kmer.tsv
"""

from __future__ import annotations

import cli
from danq.baselines.contract import Data
from danq.baselines.predict_baseline import predict_baseline
from danq.baselines.registry import BASELINES, fitter
from danq.data.windows import Windows

SPLITS = ("train", "valid", "test")


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("baseline", choices=list(BASELINES), help="baseline to fit")
    parser.add_argument("-d", "--data", required=True, help="folder with train, valid and test windows (.h5 or .mat)")
    parser.add_argument("-o", "--output", default="baseline.h5", help="predictions to write")
    parser.add_argument("--table", default="baseline.tsv", help="table of the fit to write")
    parser.add_argument("--seed", type=int, default=1, help="random seed of the samples of windows")
    parser.add_argument("--known", help="for motif: MEME file of known motifs (default: those of JASPAR)")
    parser.add_argument("--release", default="JASPAR2024", help="for motif: JASPAR release")
    parser.add_argument("--taxa", nargs="+", default=["vertebrates"], help="for motif: taxonomic groups of JASPAR")
    parser.add_argument("--cache", help="where to pack .mat files (default: next to them, or ~/.cache/danq)")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    args = parser.parse_args()

    cli.check_outputs([*cli.windows_in(args.data, SPLITS), args.known], [args.output, args.table])
    folder = cli.packed_folder(args.data, SPLITS, args.cache)
    train, valid, test = (Windows(folder / f"{split}.h5") for split in SPLITS)
    data = Data(train, valid, args.seed, args.release, args.taxa, args.known, args.threads)
    with cli.limited_threads(args.threads):
        predict_baseline(fitter(args.baseline), data, test, args.output, args.table)


if __name__ == "__main__":
    cli.run(main)
