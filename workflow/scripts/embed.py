#!/usr/bin/env python3
"""Predict what inserting motifs does: into the middle of shuffled backgrounds, alone and in pairs at all spacings.

The backgrounds are windows of a split whose bases are shuffled so that the dinucleotides stay. An insert is a known
motif (its most probable bases, or samples) or a string. Writes a table of effects on the logit of each target and, with
--pairs, another one of pairs. Several checkpoints are averaged.

embed.py -d data -c model.weights.h5 --inserts CTCF REST site=GATTACA -o effects.tsv
embed.py -d data -c model.weights.h5 --inserts CTCF REST --pairs CTCF:REST --targets TF -o effects.tsv
embed.py -d data -c model.weights.h5 --inserts pattern_001 --known patterns.meme -o effects.tsv
"""

from __future__ import annotations

import logging
from pathlib import Path

import cli
from danq.errors import UserError


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with the split's windows (.h5 or .mat)")
    parser.add_argument("-c", "--checkpoint", nargs="+", required=True, help="checkpoints; several are averaged")
    parser.add_argument(
        "-i",
        "--inserts",
        nargs="+",
        required=True,
        help="known motifs by factor or id, strings of A, C, G, T and N (N keeps the background), or NAME=STRING",
    )
    parser.add_argument(
        "--pairs",
        nargs="+",
        default=[],
        metavar="A:B",
        help="pairs of inserts, or all (A is in the middle, B beside it)",
    )
    parser.add_argument("--max-gap", type=int, default=100, help="largest number of bases between the two of a pair")
    parser.add_argument("--step", type=int, default=5, help="difference of two gaps in bp")
    parser.add_argument(
        "-t", "--targets", nargs="+", default=[], help="targets by number, name or assay (default: all)"
    )
    parser.add_argument(
        "--bases", choices=("consensus", "samples"), default="consensus", help="the most probable bases, or samples"
    )
    parser.add_argument("--backgrounds", type=int, default=100, help="number of backgrounds")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"), help="windows to shuffle")
    parser.add_argument("--seed", type=int, default=1, help="random seed of the backgrounds and the samples")
    parser.add_argument(
        "--known", help="file of known motifs: MEME, JASPAR, HOMER or TRANSFAC (default: the matrices of JASPAR)"
    )
    parser.add_argument("--release", default="JASPAR2024", help="JASPAR release, JASPAR2014 to JASPAR2026")
    parser.add_argument("--taxa", nargs="+", default=["vertebrates"], help="taxonomic groups of JASPAR")
    parser.add_argument(
        "--strands", choices=("both", "forward"), default="both", help="average both strands, or predict forward only"
    )
    parser.add_argument("--cache", help="where .mat files are packed (default: their folder, or ~/.cache/danq)")
    parser.add_argument(
        "-g", "--gpus", type=int, help="number of GPUs; an error if not available (default: one if any)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    parser.add_argument("-o", "--output", default="effects.tsv", help="table to write (.tsv[.gz])")
    parser.add_argument("--pairs-output", help="table of pairs to write (default: OUTPUT with .pairs.tsv)")
    return parser.parse_args()


def check(args) -> None:
    """Refuse numbers that make no experiment."""
    for name, least in (("backgrounds", 2), ("max_gap", 0), ("step", 1)):
        if getattr(args, name) < least:
            raise UserError(f"--{name.replace('_', '-')} must be at least {least}, not {getattr(args, name)}")


def main() -> None:
    args = arguments()
    check(args)
    pairs_output = args.pairs_output or (Path(args.output).with_suffix(".pairs.tsv") if args.pairs else None)
    inputs = [*cli.windows_in(args.data, [args.split]), *args.checkpoint, args.known]
    cli.check_outputs(inputs, [args.output, pairs_output])
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.data.chosen_targets import choose
        from danq.data.windows import Windows
        from danq.explain import backgrounds, embedding, embedding_tables, inserts
        from danq.motifs.known import from_file, from_jaspar
        from danq.runtime.devices import Devices
        from danq.runtime.ensembles import Ensemble

    known = from_file(args.known) if args.known else from_jaspar(args.release, args.taxa)
    chosen = inserts.chosen(args.inserts, known)
    pairs = inserts.chosen_pairs(args.pairs, chosen)
    windows = Windows(cli.packed_folder(args.data, [args.split], args.cache) / f"{args.split}.h5")
    ensemble = Ensemble(args.checkpoint, args.strands, Devices(args.gpus, args.threads))
    ensemble.check_fit(windows)
    targets = choose(ensemble.targets, args.targets) if args.targets else ensemble.targets
    laboratory = embedding.Laboratory(
        ensemble,
        backgrounds.shuffled(windows, args.backgrounds, args.seed),
        targets,
        args.seed if args.bases == "samples" else None,
    )
    table = embedding.alone(laboratory, chosen)
    embedding_tables.EFFECTS.write(table, args.output)
    logging.info("effects of %d inserts on %d targets in %s", len(chosen), len(targets), args.output)
    if pairs_output:
        gaps = range(0, args.max_gap + 1, args.step)
        embedding_tables.PAIRS.write_parts(embedding.in_pairs(laboratory, pairs, gaps), pairs_output)
        logging.info("effects of %d pairs in %s", len(pairs), pairs_output)


if __name__ == "__main__":
    cli.run(main)
