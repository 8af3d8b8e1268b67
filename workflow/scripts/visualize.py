#!/usr/bin/env python3
"""Draw what the other programs wrote: curves of targets, logos of filters, histories, overviews.

visualize.py -t 1                          ROC and precision-recall curves of target 1
visualize.py -t CTCF -p danq=a.h5 deepsea=b.h5     two models on the same axes
visualize.py -M -t 43                      logo of filter 43
visualize.py -M --all -o logos             every logo
visualize.py --history danq=a.tsv deepsea=b.tsv    losses by epoch
visualize.py --assays auc.tsv              AUROC and AUPRC of all targets by assay
"""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

import pandas as pd

import cli
from danq.errors import UserError
from danq.files import existing


def named(text: str) -> tuple[str, str]:
    """`danq=results/danq.h5` as a pair; a path alone is called by its name without suffix."""
    name, separator, path = text.rpartition("=")
    return (name, path) if separator else (Path(path).stem, path)


def distinct(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The pairs as a dict; two of one name are a UserError."""
    if len(dict(pairs)) < len(pairs):
        raise UserError("two files would be called the same in the picture; write NAME=FILE for each")
    return dict(pairs)


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-t", "--target", help="target by number or name; with -M, filter by number")
    parser.add_argument("-M", "--motifs", action="store_true", help="draw logos of motifs")
    parser.add_argument("--all", action="store_true", help="all filters, or the targets worth drawing, into a folder")
    parser.add_argument("--targets", nargs="+", default=[], help="several targets, into a folder")
    parser.add_argument(
        "-p",
        "--predictions",
        nargs="+",
        type=named,
        metavar="[NAME=]FILE",
        default=[("model", "test_results.h5")],
        help="predictions to draw (default: test_results.h5)",
    )
    parser.add_argument("-f", "--filters", type=int, help="filters that the model must have (default: any)")
    parser.add_argument(
        "-w", "--motif-file", default="motifs.txt", help="motifs to draw: of predict.py -M, or a MEME file"
    )
    parser.add_argument("--sheet", help="with -M --all, also a sheet of the ten most informative")
    parser.add_argument("--title", default="", help="heading of the sheet of logos")
    parser.add_argument("--history", nargs="+", type=named, metavar="NAME=FILE", help="training histories to draw")
    parser.add_argument("--assays", metavar="FILE", help="AUC table to draw by assay; with --all, to choose targets by")
    parser.add_argument(
        "-o", "--output", help="picture (.png, .pdf, .svg) or folder to write (default: named after what it shows)"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="logos drawn at a time")
    return parser.parse_args()


def draw_curves(args: argparse.Namespace) -> None:
    from danq import pictures, plots
    from danq.evaluate import read_auc
    from danq.predictions import Predictions
    from danq.targets import find

    predictions = {name: Predictions.open(path) for name, path in distinct(args.predictions).items()}
    targets = next(iter(predictions.values())).targets
    for name, path in args.predictions:
        if predictions[name].targets != targets:
            raise UserError(f"{path}: predicts other targets than {args.predictions[0][1]}; draw them apart")
    if args.all:
        auc = read_auc(args.assays) if args.assays else pd.DataFrame()
        chosen = plots.worth_drawing(auc, targets) if args.assays else targets
    else:
        chosen = [find(targets, name) for name in args.targets or [args.target]]
    for target in chosen:
        several = args.all or args.targets
        path = Path(args.output or "curves") / f"{plots.curve_name(target)}.png"
        if not several:
            path = Path(args.output or path.name)
        pictures.save(plots.curves(target, predictions), path)
        if not several:
            logging.info("the curves of target %d, %s, are in %s", target.index, target.title, path)


def _number(name: str) -> str:
    return name.removeprefix("filter_").lstrip("0")


def draw_logos(args: argparse.Namespace) -> None:
    from danq import logo, pictures
    from danq.meme import is_meme, read_meme

    if args.targets:
        raise UserError("with -M, give one filter by -t, or --all")
    path = args.motif_file
    every = []  # a MEME file leaves out the dead filters
    if not is_meme(path):
        from danq.sites import read_sites

        every = read_sites(path)
    motifs = [motif for motif in every if motif.sites] if every else read_meme(path)
    if args.filters and not every:
        raise UserError(f"{path}: a MEME file does not tell how many filters there are; leave -f out")
    if args.filters and len(every) != args.filters:
        raise UserError(f"{path} has {len(every)} filters, not {args.filters}; leave -f out, or run predict.py -M anew")
    if args.all:
        logo.save_all(motifs, args.output or "logos", args.processes)
        if args.sheet:
            pictures.save(logo.sheet(logo.most_informative(motifs), args.title), args.sheet)
        return
    wanted = args.target.lstrip("0")
    fits = [motif for motif in motifs if args.target == motif.name or wanted == _number(motif.name)]
    if not fits:
        number = f"there are 1 to {len(every)}" if every else "motifs.tsv tells of filters without one"
        dead = args.target.isdigit() and 0 < int(args.target) <= len(every)
        why = "no sequence of it is active enough" if dead else number
        raise UserError(f"{path}: has no motif for filter {args.target}; {why}")
    path = args.output or f"{fits[0].name}.png"
    pictures.save(logo.logo(fits[0]), path)
    logging.info("the logo of %s, %d sites, is in %s", fits[0].name, fits[0].sites, path)


def main() -> None:
    args = arguments()
    if args.history:
        from danq import pictures, plots

        tables = {
            name: pd.read_csv(existing(path, "history"), sep="\t") for name, path in distinct(args.history).items()
        }
        pictures.save(plots.histories(tables), args.output or "history.png")
    elif args.assays and not (args.target or args.targets or args.all):
        from danq import pictures, plots
        from danq.evaluate import read_auc

        pictures.save(plots.assays(read_auc(args.assays)), args.output or "assays.png")
    elif not (args.target or args.targets or args.all):
        raise UserError("say what to draw: -t TARGET, -M -t FILTER, --all, --history or --assays (see -h)")
    elif args.motifs:
        draw_logos(args)
    else:
        draw_curves(args)


if __name__ == "__main__":
    cli.run(main)
