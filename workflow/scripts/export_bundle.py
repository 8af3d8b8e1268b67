#!/usr/bin/env python3
"""Write packed windows as the .mat bundle that other tools read: train.mat (v7.3), valid.mat, test.mat (v5).

Each lists the forward windows and then the reverse complements of all of them, one-hot, uint8.

Example: export_bundle.py results/demo/windows -o bundle
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.bundle import ALPHABET
from danq.export_bundle import export_split
from danq.split import SPLITS
from danq.windows import Windows


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("windows", help="folder with train.h5, valid.h5 and test.h5")
    parser.add_argument("-o", "--output", default="bundle", help="folder to write into")
    parser.add_argument("--splits", nargs="+", choices=SPLITS, default=list(SPLITS), help="what to write")
    parser.add_argument("--alphabet", default=ALPHABET, help="order of the channels to write")
    args = parser.parse_args()
    for split in args.splits:
        windows = Windows(Path(args.windows) / f"{split}.h5")
        export_split(windows, split, Path(args.output) / f"{split}.mat", args.alphabet)


if __name__ == "__main__":
    cli.run(main)
