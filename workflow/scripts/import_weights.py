#!/usr/bin/env python3
"""Make a checkpoint of the DanQ weights that the paper's authors published, kept by Keras in 2015.

Example: import_weights.py DanQ_bestmodel.hdf5 --names predictor.names
"""

from __future__ import annotations

import cli


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("weights", help="file of old Keras weights")
    parser.add_argument("-o", "--output", default="checkpoints/published.DanQ.weights.h5", help="checkpoint to write")
    parser.add_argument("--names", help="list of its targets (default: numbers)")
    parser.add_argument("--window", type=int, default=1000, help="window that it was trained on, in bp")
    parser.add_argument("-m", "--model", choices=("DanQ", "DanQ-JASPAR"), default="DanQ", help="which of the two it is")
    parser.add_argument("--pool", type=int, help="places pooled together (default: DanQ 13, DanQ-JASPAR 15)")
    parser.add_argument("--alphabet", default="AGCT", help="order of the channels that it was trained on")
    args = parser.parse_args()

    from danq import checkpoint  # Keras loads here, so that -h answers at once
    from danq.errors import UserError
    from danq.old_weights import build_from_old_weights
    from danq.target_list import numbered_targets, read_targets

    model, sizes = build_from_old_weights(args.weights, args.window, args.model, args.pool, args.alphabet)
    n = model.output_shape[1]
    targets = read_targets(args.names) if args.names else numbered_targets(n)
    if len(targets) != n:
        raise UserError(f"{args.names} lists {len(targets)} targets, {args.weights} has {n}; give its own list")
    checkpoint.save(args.output, model, checkpoint.Blueprint(args.model, sizes, args.window, targets))


if __name__ == "__main__":
    cli.run(main)
