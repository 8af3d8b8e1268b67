#!/usr/bin/env python3
"""Draw results of the other programs: curves, logos, training histories, comparisons of models.

visualize.py -t 1                          ROC and precision-recall curves of target 1
visualize.py -t CTCF -p danq=a.h5 deepsea=b.h5     two models on the same axes
visualize.py -M -t 43                      logo of filter 43
visualize.py -M --all -o logos             logos of all filters
visualize.py -M --all -w motifs.meme --table motifs.tsv --known known.meme     with the known motifs they match
visualize.py --influence influence.tsv     heat map of filters by targets
visualize.py --history danq=a.tsv deepsea=b.tsv    losses and AUPRC by epoch
visualize.py --assays auc.tsv              AUROC and AUPRC of all targets by assay
visualize.py --assays auc.tsv --pairs paired.tsv   each pair of models, into a folder
visualize.py --calibration a/calibration.tsv b/calibration.tsv     fraction of positives by predicted probability
visualize.py --published published.tsv     models against published figures
"""

from __future__ import annotations

import argparse
import logging
import os

import pandas as pd

import cli
from danq.errors import UserError
from danq.file_names import file_name


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-t", "--target", help="target by number or name; with -M, filter by number")
    parser.add_argument("-M", "--motifs", action="store_true", help="draw logos of motifs")
    parser.add_argument(
        "--all", action="store_true", help="all filters, or all targets (a choice of them with --assays), into a folder"
    )
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
    parser.add_argument("-f", "--filters", type=int, help="expected number of filters; another number is an error")
    parser.add_argument(
        "-w", "--motif-file", default="motifs.txt", help="motifs to draw: motifs.txt of predict.py -M, or a MEME file"
    )
    parser.add_argument("--table", metavar="FILE", help="motifs.tsv of annotate.py, which names the known motifs")
    parser.add_argument("--known", metavar="FILE", help="with -M: known.meme of annotate.py, the motifs drawn beneath")
    parser.add_argument("--sheet", help="with -M --all: also draw the ten most informative filters on this sheet")
    parser.add_argument("--pages", help="with -M --all: also draw all filters on pages, most informative first, here")
    parser.add_argument("--title", default="", help="title of the sheet, the pages or the heat map")
    parser.add_argument("--influence", metavar="FILE", help="table of influence.py to draw as a heat map")
    parser.add_argument("--history", nargs="+", type=cli.named, metavar="NAME=FILE", help="training histories to draw")
    parser.add_argument(
        "--assays",
        metavar="FILE",
        help="AUC table to draw by assay; with --all, used to choose targets; with --pairs, the values to draw",
    )
    parser.add_argument(
        "--pairs", metavar="FILE", help="paired tests of compare_models.py: draw each pair of models, into a folder"
    )
    parser.add_argument("--calibration", nargs="+", metavar="FILE", help="calibration tables to draw, one per model")
    parser.add_argument("--published", metavar="FILE", help="published.tsv of compare_published.py to draw")
    parser.add_argument(
        "-o", "--output", help="picture (.png, .pdf, .svg) or folder to write (default: named after its content)"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="logos drawn at the same time")
    return parser.parse_args()


def check_outputs(args: argparse.Namespace) -> None:
    """Refuse outputs that are also inputs, before anything is drawn."""
    named = [path for _, path in [*args.predictions, *(args.history or [])]]
    tables = [args.table, args.known, args.influence, args.assays, args.pairs, args.published]
    read = [*named, *tables, args.motif_file, *(args.calibration or [])]
    replaced = args.pairs or (args.motifs and args.all)  # a folder that is written anew
    several = args.all or args.targets  # pictures in a folder, which may hold other files
    files = [] if replaced or several else [args.output]
    cli.check_outputs(read, [*files, args.sheet], [args.output if replaced else None, args.pages])


def draw_curves(args: argparse.Namespace) -> None:
    from danq.data.targets import find
    from danq.evaluation.evaluate import AUC
    from danq.plots.curves import curve_name, curves, worth_drawing
    from danq.plots.pictures import save, save_each
    from danq.plots.target_curves import open_all, target_curves

    predictions = open_all(cli.distinct(args.predictions))
    targets = next(iter(predictions.values())).targets
    if args.all:
        chosen = worth_drawing(AUC.read(args.assays), targets) if args.assays else targets
        save_each(target_curves(chosen, predictions), args.output or "curves")
    elif args.targets:
        chosen = [find(targets, wanted) for wanted in args.targets]
        save_each(target_curves(chosen, predictions), args.output or "curves")
    else:
        target = find(targets, args.target)
        path = args.output or f"{curve_name(target)}.png"
        save(curves(target, predictions), path)
        logging.info("wrote the curves of target %d, %s, to %s", target.index, target.title, path)


def draw_pairs(args: argparse.Namespace) -> None:
    from danq.evaluation.compare_models import PAIRED
    from danq.evaluation.evaluate import AUC
    from danq.plots.model_pairs import pairs
    from danq.plots.pictures import save_folder

    if not args.assays:
        raise UserError("--pairs needs the AUC table of the models; give it with --assays")
    save_folder(pairs(AUC.read(args.assays), PAIRED.read(args.pairs)), args.output or "models")


def draw_logos(args: argparse.Namespace) -> None:
    from danq.motifs.meme import is_meme, read_meme
    from danq.motifs.site_list import read_sites
    from danq.plots import logo, pictures

    if args.targets:
        raise UserError("--targets does not go with -M; choose one filter with -t, or all with --all")
    path = args.motif_file
    every = [] if is_meme(path) else read_sites(path)  # a MEME file leaves out filters without a motif
    motifs = [motif for motif in every if motif.sites] if every else read_meme(path)
    if args.filters and not every:
        raise UserError(f"{path}: a MEME file does not contain the number of filters; omit -f")
    if args.filters and len(every) != args.filters:
        raise UserError(f"{path} has {len(every)} filters, not {args.filters}; omit -f, or run predict.py -M again")
    if not args.all:
        motif = one_motif(path, motifs, args.target, len(every))
        output = args.output or f"{file_name(motif.name)}.png"
        pictures.save(logo.logo(drawings(args, [motif])[0]), output)
        logging.info("wrote the logo of %s, %d sites, to %s", motif.name, motif.sites, output)
        return
    drawn = drawings(args, motifs)
    logo.save_all(drawn, args.output or "logos", args.processes)
    if args.sheet:
        logo.save_sheet(drawn, args.title, args.sheet)
    if args.pages:
        logo.save_pages(drawn, args.title, args.pages, args.processes)


def one_motif(path: str, motifs: list, wanted: str, n_filters: int):
    """The motif of a filter given by number or name; `n_filters` is 0 if the file does not contain it."""
    number = wanted.lstrip("0")
    for motif in motifs:
        if wanted == motif.name or number == motif.name.removeprefix("filter_").lstrip("0"):
            return motif
    if wanted.isascii() and wanted.isdigit() and 0 < int(wanted) <= n_filters:
        why = "it has no sites, because no sequence activates it enough"
    else:
        why = f"there are 1 to {n_filters}" if n_filters else "motifs.tsv lists the filters without a motif"
    raise UserError(f"{path}: has no motif for filter {wanted}; {why}")


def drawings(args: argparse.Namespace, motifs: list) -> list:
    """The motifs with their known motifs, if --table and --known are given."""
    from danq.motifs.annotate import MOTIFS
    from danq.motifs.meme import read_meme
    from danq.plots import logo

    if bool(args.table) != bool(args.known):
        raise UserError("--table and --known go together; give both, or neither")
    if not args.table:
        return logo.drawings(motifs)
    return logo.drawings(motifs, MOTIFS.read(args.table), read_meme(args.known))


def draw_histories(args: argparse.Namespace) -> None:
    from danq.plots import pictures
    from danq.plots.histories import HISTORY, histories

    tables = {name: HISTORY.read(path) for name, path in cli.distinct(args.history).items()}
    pictures.save(histories(tables), args.output or "history.png")


def draw_calibration(args: argparse.Namespace) -> None:
    from danq.evaluation.calibration import CALIBRATION
    from danq.plots import calibration, pictures

    table = pd.concat([CALIBRATION.read(path) for path in args.calibration])
    pictures.save(calibration.calibration(table), args.output or "calibration.png")


def draw_published(args: argparse.Namespace) -> None:
    from danq.evaluation.compare_published import PUBLISHED
    from danq.plots import pictures, published

    compared = PUBLISHED.read(args.published)
    pictures.save(published.against_published(compared), args.output or "published.png")


def draw_influence(args: argparse.Namespace) -> None:
    from danq.explain.influence_table import INFLUENCE
    from danq.motifs.annotate import MOTIFS
    from danq.plots import heatmap, pictures

    names = MOTIFS.read(args.table).set_index("filter")["name"] if args.table else None
    table = INFLUENCE.read(args.influence)
    pictures.save(heatmap.influence(table, names, args.title), args.output or "influence.png")


def draw_assays(args: argparse.Namespace) -> None:
    from danq.evaluation.evaluate import AUC
    from danq.plots import assays, pictures

    pictures.save(assays.assays(AUC.read(args.assays)), args.output or "assays.png")


def main() -> None:
    args = arguments()
    check_outputs(args)
    chosen = args.target or args.targets or args.all
    if args.history:
        draw_histories(args)
    elif args.calibration:
        draw_calibration(args)
    elif args.published:
        draw_published(args)
    elif args.pairs:
        draw_pairs(args)
    elif args.influence:
        draw_influence(args)
    elif args.assays and not chosen:
        draw_assays(args)
    elif not chosen:
        raise UserError(
            "nothing to draw; give a target with -t, a filter with -M -t, or --all, --history, --assays ... (see -h)"
        )
    elif args.motifs:
        draw_logos(args)
    else:
        draw_curves(args)


if __name__ == "__main__":
    cli.run(main)
