#!/usr/bin/env python3
"""Pack the published .mat bundle: train.mat, valid.mat and test.mat into windows files.

Writes train.h5, valid.h5 and test.h5, an eighth of the size, with a table of targets in targets.tsv. The
forward strands are kept and the other halves checked to be their reverse complements.

Example: import_bundle.py deepsea_train -o data --names predictor.names
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.bundle import ALPHABET
from danq.files import replacing
from danq.import_bundle import import_split, targets_table
from danq.split import SPLITS


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("bundle", help="folder with train.mat, valid.mat and test.mat")
    parser.add_argument("-o", "--output", default="data", help="folder to write into")
    parser.add_argument(
        "--names",
        help="list of the targets: cell|target|treatment or cell_target_treatment a line, or a table "
        "(default: numbers; the assays of the published 919 by row)",
    )
    parser.add_argument("--alphabet", default=ALPHABET, help="order of the channels in the files")
    parser.add_argument("--assembly", default="", help="name of the genome assembly, noted in the files")
    args = parser.parse_args()

    packed = {}
    for split in SPLITS:
        mat, output = Path(args.bundle) / f"{split}.mat", Path(args.output) / f"{split}.h5"
        settings = {"alphabet": args.alphabet, "names": args.names, "assembly": args.assembly}
        packed[split] = import_split(mat, split, output, **settings)
    with replacing(Path(args.output) / "targets.tsv") as temporary:
        targets_table(packed).to_csv(temporary, sep="\t", index=False, float_format="%.6g")


if __name__ == "__main__":
    cli.run(main)
