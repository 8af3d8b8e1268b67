#!/usr/bin/env python3
"""Join the predictions of the folds of a cross-validation to one file, in the order of the genome.

Example: join_predictions.py fold1/test.h5 fold2/test.h5 fold3/test.h5 -o test.h5
"""

from __future__ import annotations

import cli
from danq.runtime.join_predictions import join_predictions


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("predictions", nargs="+", help="predictions that predict.py wrote, one file per fold")
    parser.add_argument("-o", "--output", default="test_results.h5", help="file to write")
    args = parser.parse_args()
    cli.check_outputs(args.predictions, [args.output])
    join_predictions(args.predictions, args.output)


if __name__ == "__main__":
    cli.run(main)
