#!/usr/bin/env python3
"""List the folds of a cross-validation: what each is tested on, its size, and its numbers of windows.

Example: list_folds.py windows/fold1 windows/fold2 windows/fold3 --genome genome.fa -o folds.tsv
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.data.folds import FOLDS, folds_table
from danq.data.genome import Genome
from danq.data.split import SPLITS
from danq.data.windows import Windows


def main() -> None:
    parser = cli.parser(__doc__)
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="folder that prepare.py wrote, one per fold")
    parser.add_argument("-g", "--genome", required=True, help="FASTA file of the genome, plain or bgzip")
    parser.add_argument("-o", "--output", default="folds.tsv", help="table to write")
    args = parser.parse_args()
    inputs = [path for folder in args.folders for path in cli.windows_in(folder, SPLITS)]
    cli.check_outputs([args.genome, *inputs], [args.output])
    sets = [{split: Windows(Path(folder) / f"{split}.h5") for split in SPLITS} for folder in args.folders]
    genome = Genome(args.genome, index_folder=args.folders[0])
    FOLDS.write(folds_table(genome.contigs, sets), args.output)


if __name__ == "__main__":
    cli.run(main)
