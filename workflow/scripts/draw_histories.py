#!/usr/bin/env python3
"""Draw the training and validation loss of models by epoch.

Example: draw_histories.py danq=danq/history.tsv deepsea=deepsea/history.tsv -o history.png
"""

from __future__ import annotations

import cli
from danq.plots import pictures
from danq.plots.histories import HISTORY, histories


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument(
        "histories", nargs="+", type=cli.named, metavar="NAME=FILE", help="training history (history.tsv) of a model"
    )
    parser.add_argument("-o", "--output", default="history.png", help="picture (.png, .pdf, .svg)")
    args = parser.parse_args()
    cli.check_outputs([path for _, path in args.histories], [args.output])
    tables = {name: HISTORY.read(path) for name, path in cli.distinct(args.histories).items()}
    pictures.save(histories(tables), args.output)


if __name__ == "__main__":
    cli.run(main)
