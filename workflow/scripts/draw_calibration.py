#!/usr/bin/env python3
"""Draw calibration curves: observed fraction of positives against mean predicted probability.

Example: draw_calibration.py danq/calibration.tsv deepsea/calibration.tsv -o calibration.png
"""

from __future__ import annotations

import pandas as pd

import cli
from danq.evaluation.calibration import CALIBRATION
from danq.plots import pictures
from danq.plots.calibration import calibration


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("tables", nargs="+", help="calibration tables of evaluate.py, one per model")
    parser.add_argument("-o", "--output", default="calibration.png", help="picture (.png, .pdf, .svg)")
    parser.add_argument("--baselines", nargs="*", default=[], metavar="NAME", help="which of the models are baselines")
    args = parser.parse_args()
    cli.check_outputs(args.tables, [args.output])
    table = pd.concat([CALIBRATION.read(path) for path in args.tables])
    pictures.save(calibration(table, args.baselines), args.output)


if __name__ == "__main__":
    cli.run(main)
