#!/usr/bin/env python3
"""Predict sequences with a trained model, or list the sequences of its filters' sites.

The sequences are the windows of a split (-d), the records of a FASTA file, or regions of a genome. Predictions are
averaged over both strands. If -c names several checkpoints, their mean and standard deviation are written. The output
is an HDF5 file, or a table if its name ends in .tsv or .tsv.gz.

With -d, the file also has the labels (test_results.h5); with -M, the sequences of every filter's sites are listed
instead (motifs.txt). The data folder holds packed windows, or the .mat files of the published bundle, which are packed
at the first use. Records and regions that are longer than a window are cut into windows at a stride; the last window is
moved back to end where they end. A region that is shorter than a window gets one window centred on it.

predict.py -d data                                                predictions of the test split
predict.py -d data -M                                             motif sequences of every filter
predict.py --fasta enhancers.fa -o enhancers.h5                   records of a FASTA file
predict.py --bed peaks.bed --genome hg38.fa -o peaks.h5           regions of a BED file
predict.py --regions chr8:1000-9000 --genome hg38.fa --stride 50 --targets CTCF DNase -o region.tsv
"""

from __future__ import annotations

import logging
from pathlib import Path

import cli
from danq.errors import UserError

KINDS = ("data", "fasta", "bed", "regions")  # of sequences
# Options that only some kinds of sequences have.
OF_KIND = {
    "split": ("data",),
    "cache": ("data",),
    "scratch": ("data",),
    "motifs": ("data",),
    "genome": ("bed", "regions"),
    "stride": ("fasta", "bed", "regions"),
    "pad": ("fasta",),
    "account": ("fasta", "bed", "regions"),
}


def arguments():
    parser = cli.parser(__doc__)
    given = parser.add_argument_group("sequences, one of")
    given.add_argument("-d", "--data", help="folder with the split's windows (.h5 or .mat)")
    given.add_argument("--fasta", metavar="FILE", help="FASTA file (plain, gzip or bgzip)")
    given.add_argument("--bed", metavar="FILE", help="BED file of regions of --genome (plain or gzip)")
    given.add_argument(
        "--regions",
        nargs="+",
        default=[],
        metavar="REGION",
        help="regions of --genome such as chr8:1000-2000 (1-based, both ends included), or whole contigs (chr8)",
    )
    given.add_argument("--genome", metavar="FASTA", help="genome (plain or bgzip) of --bed or --regions")
    given.add_argument("--stride", type=int, help="bp between the starts of two windows (default: a window's length)")
    given.add_argument(
        "--pad", action="store_true", help="with --fasta: add unknown bases to records shorter than a window"
    )
    given.add_argument(
        "--split", choices=("train", "valid", "test"), help="with -d: windows to predict (default: test)"
    )
    given.add_argument("--cache", help="with -d: where to pack .mat files (default: their folder, or ~/.cache/danq)")
    given.add_argument("--scratch", help="with -d: scratch disk to copy the windows to (default: read them in place)")
    parser.add_argument("-m", "--model", help="architecture, to find its checkpoint (default: DanQ)")
    parser.add_argument(
        "-c",
        "--checkpoint",
        nargs="+",
        default=[],
        help="path, or folder of a shared model (default: checkpoints/danq.<model>.weights.h5); several are averaged",
    )
    parser.add_argument("-f", "--filters", type=int, help="required number of filters (default: any)")
    parser.add_argument("-k", "--kernel", type=int, help="required width of the filters in bp (default: any)")
    parser.add_argument("-M", "--motifs", action="store_true", help="list motif sequences instead of predicting")
    parser.add_argument(
        "-o",
        "--output",
        help="file to write (default: test_results.h5; with -M: motifs.txt; for other sequences: predictions.h5)",
    )
    parser.add_argument(
        "--targets", nargs="+", default=[], help="targets to write, by number, name, title or assay (default: all)"
    )
    parser.add_argument("--max-rows", type=int, default=10_000, help="largest number of rows of a table")
    parser.add_argument("--account", metavar="TSV", help="table to write of what became of records or regions")
    parser.add_argument(
        "--strands",
        choices=("both", "forward"),
        default="both",
        help="average both strands, or predict the forward strand only",
    )
    parser.add_argument(
        "--threshold", type=float, default=0.5, help="with -M: least activation of a site, as a fraction of the highest"
    )
    parser.add_argument(
        "-g", "--gpus", type=int, help="number of GPUs; an error if not available (default: one if available)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def kind_of(args) -> str:
    """The kind of sequences that are given; options that contradict it, or each other, are a UserError."""
    given = [kind for kind in KINDS if getattr(args, kind)]
    if len(given) != 1:
        raise UserError(f"give one of {', '.join(f'--{kind}' for kind in KINDS)}, not {' and '.join(given) or 'none'}")
    kind = given[0]
    for option, kinds in OF_KIND.items():
        if getattr(args, option) and kind not in kinds:
            raise UserError(f"--{option} is for --{' and --'.join(kinds)}, not for --{kind}; leave it out")
    if kind in OF_KIND["genome"] and not args.genome:
        raise UserError(f"--{kind} needs the genome that the regions lie on; add --genome FASTA")
    if args.motifs and args.targets:
        raise UserError("-M lists the filters of one model; leave out --targets and give one checkpoint")
    return kind


def main() -> None:
    args = arguments()
    kind = kind_of(args)
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.runtime import checkpoint
        from danq.runtime.devices import Devices

    split = args.split or "test"
    default = {"data": "motifs.txt" if args.motifs else "test_results.h5"}.get(kind, "predictions.h5")
    output = Path(args.output or default)
    paths = cli.checkpoints(args.checkpoint) or [checkpoint.default_path("danq", args.model or "DanQ")]
    if args.motifs and len(paths) > 1:
        raise UserError("-M lists the filters of one model; leave out --targets and give one checkpoint")
    inputs = [*cli.windows_in(args.data, [split]), *paths, args.fasta, args.bed, args.genome]
    cli.check_outputs(inputs, [output, args.account])
    sizes = {name: getattr(args, name) for name in ("filters", "kernel") if getattr(args, name) is not None}
    for path in paths:
        checkpoint.check_sizes(path, checkpoint.read_blueprint(path), args.model, sizes)
    devices = Devices(args.gpus, args.threads)
    if kind == "data":
        of_split(args, split, paths, output, devices)
    else:
        of_sequences(args, paths, output, devices)


def of_split(args, split: str, paths: list, output: Path, devices) -> None:
    """Predict the windows of a split, or list the sites of the filters in them."""
    from danq.data.windows import Windows
    from danq.runtime.predict import predict
    from danq.runtime.predictions import is_table
    from danq.runtime.staging import staged

    name = f"{split}.h5"
    with staged(cli.packed_folder(args.data, [split], args.cache), [name], args.scratch) as folder:
        windows = Windows(folder / name)
        if args.motifs:
            list_sites(args, paths[0], windows, output)
        elif is_table(output):
            from danq.runtime.ensembles import Ensemble
            from danq.runtime.predict_sequences import check_rows, predict_sequences

            check_rows(output, len(windows), args.max_rows)
            predict_sequences(
                Ensemble(paths, args.strands, devices), windows, output, args.targets, max_rows=args.max_rows
            )
        elif args.targets:
            raise UserError("--targets with --data is for tables (a name that ends in .tsv); evaluation needs all")
        else:
            predict(paths, windows, output, args.strands, devices)


def of_sequences(args, paths: list, output: Path, devices) -> None:
    """Predict records of a FASTA file or regions of a genome."""
    from danq.data.given_sequences import tiles_of, write_account
    from danq.runtime import checkpoint
    from danq.runtime.ensembles import Ensemble
    from danq.runtime.predict_sequences import check_rows, predict_sequences

    given = {name: getattr(args, name) for name in ("fasta", "bed", "regions", "genome", "stride", "pad")}
    source, account = tiles_of(checkpoint.read_blueprint(paths[0]).window, index_folder=output.parent, **given)
    check_rows(output, len(source), args.max_rows)
    predict_sequences(Ensemble(paths, args.strands, devices), source, output, args.targets, account, args.max_rows)
    if args.account:
        write_account(account, args.account)


def list_sites(args, path, windows, output: Path) -> None:
    from danq.motifs import scan
    from danq.motifs.site_list import write_sites
    from danq.runtime import checkpoint

    model, blueprint = checkpoint.load(path)
    checkpoint.check_fit(blueprint, path, windows)
    samples = scan.chosen_samples(windows, None, args.strands)
    with scan.scanned(model, windows, samples, threshold=args.threshold, folder=output.parent) as sites:
        total = write_sites(output, sites)
    logging.info("%s sites of %d filters in %s", f"{total:,}", sites.n_filters, output)


if __name__ == "__main__":
    cli.run(main)
