#!/usr/bin/env python3
"""Predict a split with a trained model.

Reads <split>.h5 from the data folder and a checkpoint, and writes the predictions, averaged over
both strands, with the labels beside them.

Example: predict.py -d data -m DeepSEA -o test_results.h5
"""

from __future__ import annotations

from pathlib import Path

import cli


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("-d", "--data", required=True, help="folder with the split's windows")
    parser.add_argument(
        "-m", "--model", default="DanQ", help="architecture, to find checkpoints/danq.<model>.weights.h5"
    )
    parser.add_argument("-c", "--checkpoint", help="path of the checkpoint, when it lies elsewhere")
    parser.add_argument("-o", "--output", default="test_results.h5", help="where to write the predictions")
    parser.add_argument("--split", default="test", choices=("train", "valid", "test"), help="what to predict")
    parser.add_argument("--strands", choices=("both", "forward"), default="both", help="average both, or forward only")
    parser.add_argument("-g", "--gpus", type=int, help="GPUs; an error when not there (default: one if there is one)")
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    args = parser.parse_args()

    from danq.checkpoint import default_path  # Keras loads here, so that -h answers at once
    from danq.devices import Devices
    from danq.predict import predict
    from danq.windows import Windows

    Devices(args.gpus, args.threads)
    windows = Windows(Path(args.data) / f"{args.split}.h5")
    predict(args.checkpoint or default_path("danq", args.model), windows, args.output, args.strands)


if __name__ == "__main__":
    cli.run(main)
