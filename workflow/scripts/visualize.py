#!/usr/bin/env python3
"""Draw what the other programs wrote: curves of targets, logos of filters, histories, overviews.

visualize.py -t 1                          ROC and precision-recall curves of target 1
visualize.py -t CTCF -p danq=a.h5 deepsea=b.h5     two models on the same axes
visualize.py -M -t 43                      logo of filter 43
visualize.py -M --all -o logos             every logo
visualize.py -M --all -w motifs.meme --table motifs.tsv --known known.meme     each with its known motif beneath
visualize.py --influence influence.tsv     filters by targets, as a heat map
visualize.py --history danq=a.tsv deepsea=b.tsv    losses by epoch
visualize.py --assays auc.tsv              AUROC and AUPRC of all targets by assay
visualize.py --assays auc.tsv --pairs paired.tsv   each two models against each other, into a folder
visualize.py --calibration a/calibration.tsv b/calibration.tsv     share of positives by prediction
"""

from __future__ import annotations

import argparse
import logging
import os
from itertools import combinations
from pathlib import Path

import pandas as pd

import cli
from danq.errors import UserError
from danq.tables import read_table


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
        type=cli.named,
        metavar="[NAME=]FILE",
        default=[("model", "test_results.h5")],
        help="predictions to draw (default: test_results.h5)",
    )
    parser.add_argument("-f", "--filters", type=int, help="filters that the model must have (default: any)")
    parser.add_argument(
        "-w", "--motif-file", default="motifs.txt", help="motifs to draw: of predict.py -M, or a MEME file"
    )
    parser.add_argument("--table", metavar="FILE", help="motifs.tsv of annotate.py: names the known motifs")
    parser.add_argument("--known", metavar="FILE", help="with -M: known.meme of annotate.py, to draw them beneath")
    parser.add_argument("--sheet", help="with -M --all, also a sheet of the ten most informative")
    parser.add_argument("--pages", help="with -M --all, also all in pages, by information, into this folder")
    parser.add_argument("--title", default="", help="heading of the sheet, the pages or the heat map")
    parser.add_argument("--influence", metavar="FILE", help="table of influence.py to draw as a heat map")
    parser.add_argument("--history", nargs="+", type=cli.named, metavar="NAME=FILE", help="training histories to draw")
    parser.add_argument(
        "--assays",
        metavar="FILE",
        help="AUC table to draw by assay; with --all, to choose targets by; with --pairs, the values",
    )
    parser.add_argument(
        "--pairs", metavar="FILE", help="paired tests of models, to draw each two against each other, into a folder"
    )
    parser.add_argument("--calibration", nargs="+", metavar="FILE", help="calibration tables to draw, one a model")
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

    predictions = {name: Predictions.open(path) for name, path in cli.distinct(args.predictions).items()}
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


def draw_pairs(args: argparse.Namespace) -> None:
    from danq import pictures, scatters
    from danq.evaluate import read_auc
    from danq.files import replacing

    if not args.assays:
        raise UserError("--pairs draws the values of an AUC table; give it by --assays")
    auc, tests = read_auc(args.assays), read_table(args.pairs, "table of paired tests")
    with replacing(args.output or "models") as folder:
        folder.mkdir()
        for first, second in combinations(auc["model"].unique(), 2):
            pictures.save(scatters.two_models(auc, tests, first, second), folder / f"{first}.vs.{second}.png")


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
        draw_all_logos(args, motifs)
        return
    wanted = args.target.lstrip("0")
    fits = [motif for motif in motifs if args.target == motif.name or wanted == _number(motif.name)]
    if not fits:
        number = f"there are 1 to {len(every)}" if every else "motifs.tsv tells of filters without one"
        dead = args.target.isdigit() and 0 < int(args.target) <= len(every)
        why = "no sequence of it is active enough" if dead else number
        raise UserError(f"{path}: has no motif for filter {args.target}; {why}")
    path = args.output or f"{fits[0].name}.png"
    pictures.save(logo.logo(_drawings(args, fits[:1])[0]), path)
    logging.info("the logo of %s, %d sites, is in %s", fits[0].name, fits[0].sites, path)


def draw_all_logos(args: argparse.Namespace, motifs: list) -> None:
    from danq import logo, pictures

    every = _drawings(args, motifs)
    logo.save_all(every, args.output or "logos", args.processes)
    if args.sheet:
        best = logo.most_informative(every, 10)
        title = f"{args.title}: the {len(best)} most informative filters".removeprefix(": ")
        pictures.save(logo.page(best, title, columns=2), args.sheet)
    if args.pages:
        logo.save_pages(every, args.title, args.pages, args.processes)


def _drawings(args: argparse.Namespace, motifs: list) -> list:
    """The motifs, with their known ones where --table and --known tell of them."""
    from danq import logo
    from danq.meme import read_meme

    if bool(args.table) != bool(args.known):
        raise UserError("known motifs are drawn from two files; give both --table and --known")
    table = read_table(args.table, "table of motifs") if args.table else None
    return logo.drawings(motifs, table, read_meme(args.known) if args.known else [])


def draw_influence(args: argparse.Namespace) -> None:
    from danq import heatmap, pictures

    table = read_table(args.influence, "table of influence")
    names = read_table(args.table, "table of motifs").set_index("filter")["name"] if args.table else None
    pictures.save(heatmap.influence(table, names, args.title), args.output or "influence.png")


def main() -> None:
    args = arguments()
    if args.history:
        from danq import pictures, plots

        tables = {name: read_table(path, "history") for name, path in cli.distinct(args.history).items()}
        pictures.save(plots.histories(tables), args.output or "history.png")
    elif args.calibration:
        from danq import pictures, plots

        table = pd.concat([read_table(path, "calibration") for path in args.calibration])
        pictures.save(plots.calibration(table), args.output or "calibration.png")
    elif args.pairs:
        draw_pairs(args)
    elif args.influence:
        draw_influence(args)
    elif args.assays and not (args.target or args.targets or args.all):
        from danq import pictures, plots
        from danq.evaluate import read_auc

        pictures.save(plots.assays(read_auc(args.assays)), args.output or "assays.png")
    elif not (args.target or args.targets or args.all):
        raise UserError("say what to draw: a target by -t, a filter by -M -t, --all, --history, --assays ... (see -h)")
    elif args.motifs:
        draw_logos(args)
    else:
        draw_curves(args)


if __name__ == "__main__":
    cli.run(main)
