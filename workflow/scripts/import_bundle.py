#!/usr/bin/env python3
"""Import the published .mat bundle: pack train.mat, valid.mat and test.mat into windows files.

Writes train.h5, valid.h5 and test.h5 (an eighth of the size) and a table of targets, targets.tsv. Keeps the
forward strands, after checking that the other half of each file is their reverse complement.

Example: import_bundle.py deepsea_train -o data --names predictor.names
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.data.split import SPLITS
from danq.data.targets import TARGETS
from danq.published.bundle import ALPHABET
from danq.published.import_bundle import import_split, targets_table


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("bundle", help="folder with train.mat, valid.mat and test.mat")
    parser.add_argument("-o", "--output", default="data", help="output folder")
    parser.add_argument(
        "--names",
        help="list of the targets: one cell|target|treatment or cell_target_treatment per line, or a table "
        "(default: targets are numbered; if there are 919, they have the published assays)",
    )
    parser.add_argument("--alphabet", default=ALPHABET, help="order of the channels in the .mat files")
    parser.add_argument("--assembly", default="", help="name of the genome assembly, stored in the output")
    args = parser.parse_args()

    read = [*cli.inside(args.bundle, *(f"{split}.mat" for split in SPLITS)), args.names]
    cli.check_outputs(read, cli.inside(args.output, *(f"{split}.h5" for split in SPLITS), "targets.tsv"))
    cli.warnings_to_stdout()
    packed = {}
    for split in SPLITS:
        mat, output = Path(args.bundle) / f"{split}.mat", Path(args.output) / f"{split}.h5"
        settings = {"alphabet": args.alphabet, "names": args.names, "assembly": args.assembly}
        packed[split] = import_split(mat, split, output, **settings)
    TARGETS.write(targets_table(packed), Path(args.output) / "targets.tsv")


if __name__ == "__main__":
    cli.run(main)
