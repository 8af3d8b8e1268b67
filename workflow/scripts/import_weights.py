#!/usr/bin/env python3
"""Convert the DanQ weights that the authors published (saved by Keras in 2015) to a checkpoint.

Example: import_weights.py DanQ_bestmodel.hdf5 --names predictor.names
"""

from __future__ import annotations

import cli


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("weights", help="file of Keras weights from 2015")
    parser.add_argument("-o", "--output", default="checkpoints/published.DanQ.weights.h5", help="output checkpoint")
    parser.add_argument("--names", help="list of its targets (default: targets are numbered)")
    parser.add_argument("--window", type=int, default=1000, help="window size of its training, in bp")
    parser.add_argument(
        "-m", "--model", choices=("DanQ", "DanQ-JASPAR"), default="DanQ", help="architecture of the weights"
    )
    parser.add_argument("--pool", type=int, help="positions pooled together (default: DanQ 13, DanQ-JASPAR 15)")
    parser.add_argument("--alphabet", default="AGCT", help="order of the channels in its training data")
    args = parser.parse_args()
    cli.check_outputs([args.weights, args.names], [args.output])

    from danq.errors import UserError
    from danq.published.old_weights import build_from_old_weights
    from danq.published.target_list import numbered_targets, read_targets
    from danq.runtime import checkpoint  # not at the top: loading Keras would delay -h

    model, sizes = build_from_old_weights(args.weights, args.window, args.model, args.pool, args.alphabet)
    n = model.output_shape[1]
    targets = read_targets(args.names) if args.names else numbered_targets(n)
    if len(targets) != n:
        raise UserError(
            f"{args.names} lists {len(targets)} targets, {args.weights} has {n}; use the list of these weights"
        )
    checkpoint.save(args.output, model, checkpoint.Blueprint(args.model, sizes, args.window, targets))


if __name__ == "__main__":
    cli.run(main)
