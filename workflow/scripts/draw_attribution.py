#!/usr/bin/env python3
"""Draw what bases contribute to a prediction: a logo with letters as high as their contributions.

Draws a window of a file of attribute.py, whole or around its largest contribution, a region, or several windows.
Hits of motifs (of hits.py) and peaks or other places (BED) are marked beneath.

draw_attribution.py attributions.h5 -t CTCF -o window.png           the window with the highest prediction
draw_attribution.py attributions.h5 -t CTCF --window 3 --around 40 --mark peaks=CTCF.narrowPeak.gz -o window.png
draw_attribution.py attributions.h5 -t CTCF --region chr8:1001-1100 --hits hits.bed.gz -o region.png
draw_attribution.py attributions.h5 --top 3 -o pictures             three windows of every target, into a folder
"""

from __future__ import annotations

from functools import partial

import cli
from danq.errors import UserError


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("attributions", help="file of attribute.py")
    parser.add_argument("-t", "--target", help="target by number, name or title (default: the only one)")
    parser.add_argument("--window", type=int, default=1, help="number of the window, from 1, the highest prediction")
    parser.add_argument("--around", type=int, help="bases on each side of the largest contribution (default: all)")
    parser.add_argument("--region", help="region instead of a window, such as chr8:1001-1100 (both ends included)")
    parser.add_argument("--top", type=int, help="draw this number of windows of each target, or of --target")
    parser.add_argument(
        "--mark",
        nargs="+",
        action="extend",
        default=[],
        type=cli.named,
        metavar="NAME=FILE",
        help="BED files of places to mark, each with a name (default: none)",
    )
    parser.add_argument("--hits", help="hits.bed.gz of hits.py: mark the hits in the contributions to the drawn target")
    parser.add_argument(
        "-o", "--output", default="attribution.png", help="picture (.png, .pdf, .svg); with --top, a folder of them"
    )
    return parser.parse_args()


def main() -> None:
    args = arguments()
    if args.region and (args.window != 1 or args.around is not None or args.top):
        raise UserError("--region is without --window, --around and --top; leave these out")
    for name in ("around", "top"):
        if getattr(args, name) is not None and getattr(args, name) < 1:
            raise UserError(f"--{name} must be at least 1, not {getattr(args, name)}")
    marked = cli.distinct(args.mark)
    cli.check_outputs([args.attributions, args.hits, *marked.values()], [args.output])
    from danq.explain.attributions import Attributions
    from danq.explain.stretches import hits_of, of_region, of_window, read_marks
    from danq.file_names import file_names
    from danq.plots import pictures
    from danq.plots.attribution import attribution

    found = Attributions(args.attributions)
    targets = [found.target(args.target)] if args.target else found.targets
    marks, hits = read_marks(marked, found), read_marks({"hits": args.hits} if args.hits else {}, found)

    def marks_of(target):
        return {name: hits_of(regions, target) for name, regions in hits.items()} | marks

    if args.top:
        wanted = [(target, i) for target in targets for i in range(1, min(args.top, len(found.windows(target))) + 1)]
        names = file_names(f"{target.index:03d}_{target.title}_{i}" for target, i in wanted)

        def drawing(target, number):
            return attribution(of_window(found, target, number, marks_of(target), args.around))

        made = {name: partial(drawing, *one) for name, one in zip(names, wanted, strict=True)}
        pictures.save_folder(made, args.output)
        return
    if len(targets) > 1:
        raise UserError(f"{args.attributions}: explains {len(targets)} targets; choose one with --target")
    if args.region:
        view = of_region(found, targets[0], args.region, marks_of(targets[0]))
    else:
        view = of_window(found, targets[0], args.window, marks_of(targets[0]), args.around)
    pictures.save(attribution(view), args.output)


if __name__ == "__main__":
    cli.run(main)
