#!/usr/bin/env python3
"""Write the report: one self-contained HTML page of a dataset's results.

Example: report.py -r results/demo -w results/demo/windows -m danq deepsea --logs logs/demo
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.errors import UserError
from danq.report.page import ModelResults, write_report

TEMPLATE = Path(__file__).parents[1] / "report" / "page.html.j2"


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument(
        "-r", "--results", required=True, help="folder with the tables, the pictures and the folder models"
    )
    parser.add_argument(
        "-w",
        "--windows",
        nargs="+",
        action="extend",
        required=True,
        help="folder that prepare.py wrote; with folds, one per fold",
    )
    parser.add_argument(
        "-m",
        "--models",
        nargs="+",
        required=True,
        help="names of the models, as those of their folders, with a colon for danq-ensemble (danq:ensemble)",
    )
    parser.add_argument(
        "--runs",
        nargs="+",
        action="extend",
        type=cli.named,
        default=[],
        metavar="MODEL=RUN",
        help="the run whose training and motifs are shown of a model with several",
    )
    parser.add_argument("--replicates", action="store_true", help="show what compare_replicates.py wrote, too")
    parser.add_argument("-o", "--output", help="page to write (default: report.html among the results)")
    parser.add_argument("-l", "--logs", help="folder of logs whose warnings the page shows")
    parser.add_argument("--published", action="store_true", help="show what compare_published.py wrote, too")
    parser.add_argument("--influence", action="store_true", help="show what influence.py wrote, too")
    parser.add_argument("--baselines", nargs="*", default=[], help="names of the baselines' folders")
    parser.add_argument("--controls", nargs="*", default=[], help="names of the folders in controls to show")
    parser.add_argument("--variants", nargs="+", action="extend", default=[], help="names of lists of variants to show")
    parser.add_argument(
        "--variant-models", nargs="+", action="extend", default=[], help="models that scored them (default: all)"
    )
    parser.add_argument("--explain", nargs="+", action="extend", default=[], help="methods whose attributions to show")
    parser.add_argument(
        "--explain-models", nargs="+", action="extend", default=[], help="folders of models that they explain"
    )
    parser.add_argument("--searches", nargs="+", action="extend", default=[], help="names of the searches to show")
    parser.add_argument(
        "--explain-marks",
        nargs="+",
        action="extend",
        type=cli.named,
        default=[],
        metavar="NAME=FILE",
        help="BED files of places to mark in the explained windows, each with a name",
    )
    parser.add_argument("--hits", action="store_true", help="show the hits of motifs that hits.py found in them, too")
    parser.add_argument(
        "--embed", nargs="+", action="extend", default=[], help="folders of models with inserted motifs"
    )
    parser.add_argument("--embed-pairs", action="store_true", help="show their pairs of inserted motifs, too")
    parser.add_argument(
        "--patterns", nargs="+", action="extend", default=[], help="folders of searches for patterns, of these models"
    )
    parser.add_argument("--title", default="", help="heading (default: the folder's name)")
    args = parser.parse_args()
    if bool(args.explain) != bool(args.explain_models):
        raise UserError("--explain and --explain-models belong together; give both or none")
    if args.patterns and not args.explain:
        raise UserError("--patterns needs --explain and --explain-models, which name the models; give these, too")
    results, runs, marks = Path(args.results), cli.distinct(args.runs), cli.distinct(args.explain_marks)
    page = Path(args.output or results / "report.html")
    if page.suffix != ".html":
        raise UserError(f"{page}: the name of a page ends in .html, so that no result is lost; choose another name")
    cli.check_outputs([TEMPLATE, *marks.values()], [page])
    write_report(
        page,
        template=TEMPLATE,
        title=args.title or results.resolve().name,
        results=results,
        windows=args.windows,
        models=[
            ModelResults(
                name,
                results / "models" / name.replace(":", "-"),
                results / "models" / runs[name] if name in runs else None,
            )
            for name in args.models
        ],
        logs=args.logs,
        against_published=args.published,
        influence=args.influence,
        baselines=[ModelResults(name, results / "models" / name) for name in args.baselines],
        controls=args.controls,
        lists=args.variants,
        variant_models=args.variant_models or args.models,
        replicates=args.replicates,
        explained=args.explain_models,
        methods=args.explain,
        searches=args.searches,
        marks=marks,
        with_hits=args.hits,
        embedded=args.embed,
        embedded_pairs=args.embed_pairs,
        searched=args.patterns,
    )


if __name__ == "__main__":
    cli.run(main)
