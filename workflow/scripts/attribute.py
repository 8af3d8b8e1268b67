#!/usr/bin/env python3
"""Explain predictions: what every base of some windows contributes to the logit of each chosen target.

The windows are those of a split with the highest predictions (-d), regions of a BED file, or records of a FASTA file.
Both strands and several checkpoints are averaged before the logit is taken. Methods: mutagenesis (all substitutions),
gradient (minus its mean over the four bases), integrated_gradients (from dinucleotide-shuffled references).

attribute.py -c model.weights.h5 -d data -t CTCF REST -o attributions.h5
attribute.py -c model.weights.h5 --bed peaks.bed --genome hg38.fa -t CTCF --method gradient -o attributions.h5
attribute.py ... --npz folder                pairs ohe.npz and hyp.npz for other tools, in a folder for each target
"""

from __future__ import annotations

from pathlib import Path

import cli
from danq.errors import UserError


def arguments():
    parser = cli.parser(__doc__)
    cli.add_checkpoints(parser)
    given = parser.add_argument_group("windows, one of")
    given.add_argument("-d", "--data", help="folder with the split's windows (.h5)")
    given.add_argument("--bed", metavar="FILE", help="BED file of regions of --genome (plain or gzip)")
    given.add_argument("--fasta", metavar="FILE", help="FASTA file (plain, gzip or bgzip)")
    parser.add_argument("--genome", metavar="FASTA", help="genome (plain or bgzip) of --bed")
    parser.add_argument("--split", choices=("train", "valid", "test"), default="test", help="with -d: the split")
    parser.add_argument("--windows", type=int, default=500, help="with -d: number of windows of each target")
    parser.add_argument(
        "--choose",
        choices=("positives", "top"),
        default="positives",
        help="with -d: positive windows with the highest predictions, or windows with the highest predictions",
    )
    parser.add_argument(
        "--predictions", metavar="FILE", help="with -d: predictions of these windows (default: predict)"
    )
    parser.add_argument(
        "-t", "--targets", nargs="+", default=[], help="targets by number, name, title or assay (default: all)"
    )
    parser.add_argument(
        "--method",
        choices=("mutagenesis", "gradient", "integrated_gradients"),
        default="integrated_gradients",
        help="method of attribution",
    )
    parser.add_argument("--references", type=int, default=20, help="shuffles of integrated_gradients")
    parser.add_argument("--steps", type=int, default=50, help="points between a reference and the window")
    parser.add_argument(
        "--tolerance", type=float, default=0.01, help="completeness error above which further points are taken"
    )
    parser.add_argument("--seed", type=int, default=1, help="random seed of the shuffles")
    parser.add_argument(
        "--strands",
        choices=("both", "forward"),
        default="both",
        help="average both strands, or explain the forward strand only",
    )
    parser.add_argument(
        "--gpus", type=int, help="number of GPUs; an error if not available (default: one if available)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    parser.add_argument("--account", metavar="TSV", help="table to write of what became of regions or records")
    parser.add_argument("--npz", metavar="FOLDER", help="folder for pairs of .npz files, one folder for each target")
    parser.add_argument("-o", "--output", default="attributions.h5", help="file to write (HDF5)")
    return parser.parse_args()


def check(args) -> None:
    """Refuse options that contradict each other."""
    if sum(map(bool, (args.data, args.bed, args.fasta))) != 1:
        raise UserError("give one of --data, --bed and --fasta")
    if bool(args.bed) != bool(args.genome):
        raise UserError("--bed and --genome belong together; give both or none")
    if args.account and args.data:
        raise UserError("--account is for --bed and --fasta; leave it out")
    if args.predictions and not args.data:
        raise UserError("--predictions is for --data; leave it out")
    for name in ("windows", "references", "steps"):
        if getattr(args, name) < 1:
            raise UserError(f"--{name} must be at least 1, not {getattr(args, name)}")
    if args.tolerance <= 0:
        raise UserError(f"--tolerance must be above 0, not {args.tolerance}")


def main() -> None:
    args = arguments()
    check(args)
    paths = cli.checkpoints(args.checkpoint)
    inputs = [*paths, args.bed, args.genome, args.fasta, args.predictions]
    cli.check_outputs([*inputs, *cli.windows_in(args.data, [args.split])], [args.output, args.account], [args.npz])
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.data.chosen_targets import choose
        from danq.data.given_sequences import tiles_of, write_account
        from danq.data.windows import Windows
        from danq.explain import chosen_windows
        from danq.explain.attribute import attribute
        from danq.explain.attributions import Attributions
        from danq.explain.pairs import write_pairs
        from danq.runtime.devices import Devices
        from danq.runtime.ensembles import Ensemble

    ensemble = Ensemble(paths, args.strands, Devices(args.gpus, args.threads))
    targets = choose(ensemble.targets, args.targets) if args.targets else ensemble.targets
    if args.data:
        source = Windows(Path(args.data, f"{args.split}.h5"))
        ensemble.check_fit(source)
        parts = chosen_windows.predicted(args.predictions, source) if args.predictions else ensemble.means(source)
        chosen = chosen_windows.highest(parts, source, targets, args.windows, args.choose)
    else:
        source, account = tiles_of(
            ensemble.length,
            fasta=args.fasta,
            bed=args.bed,
            genome=args.genome,
            index_folder=Path(args.output).parent,
        )
        if args.account:
            write_account(account, args.account)
        chosen = chosen_windows.every(source, targets)
    settings = {name: getattr(args, name) for name in ("references", "steps", "tolerance", "seed")}
    if args.method != "integrated_gradients":
        settings = {}
    attribute(ensemble, source, chosen, args.method, args.output, **settings)
    if args.npz:
        write_pairs(Attributions(args.output), args.npz)


if __name__ == "__main__":
    cli.run(main)
