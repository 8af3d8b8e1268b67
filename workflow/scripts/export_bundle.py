#!/usr/bin/env python3
"""Export packed windows as a .mat bundle for other tools: train.mat (v7.3), valid.mat and test.mat (v5).

Each file lists the forward windows and then the reverse complements of all of them, one-hot, uint8.

Example: export_bundle.py results/demo/windows -o bundle
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.data.split import SPLITS
from danq.data.windows import Windows
from danq.published.bundle import ALPHABET
from danq.published.export_bundle import export_split


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("windows", help="folder with train.h5, valid.h5 and test.h5")
    parser.add_argument("-o", "--output", default="bundle", help="output folder")
    parser.add_argument("--splits", nargs="+", choices=SPLITS, default=list(SPLITS), help="splits to write")
    parser.add_argument("--alphabet", default=ALPHABET, help="order of the channels in the .mat files")
    args = parser.parse_args()
    written = cli.inside(args.output, *(f"{split}.mat" for split in args.splits))
    cli.check_outputs(cli.windows_in(args.windows, args.splits), written)
    for split in args.splits:
        windows = Windows(Path(args.windows) / f"{split}.h5")
        export_split(windows, split, Path(args.output) / f"{split}.mat", args.alphabet)


if __name__ == "__main__":
    cli.run(main)
