#!/usr/bin/env python3
"""Draw the replicates of each model: a dot for each training, the mean, and the ensemble.

Example: draw_replicates.py --replicates danq=seed1/auc.tsv danq=seed2/auc.tsv -o replicates.png
"""

from __future__ import annotations

import cli
from compare_replicates import grouped, parsed
from danq.plots import pictures
from danq.plots.replicates import replicates


def main() -> None:
    args = parsed(cli.parser(__doc__), "replicates.png")
    drawn = replicates(grouped(args.replicates), grouped(args.ensembles), grouped(args.baselines))
    pictures.save(drawn, args.output)


if __name__ == "__main__":
    cli.run(main)
