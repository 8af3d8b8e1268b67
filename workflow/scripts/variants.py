#!/usr/bin/env python3
"""Predict what sequence variants change: both alleles of each variant, their difference, and how unusual it is.

Reads VCF, compressed VCF, BCF, or a table (tab-separated: contig, position from 1, ref, alt and, optionally,
id). Writes an HDF5 file of effects (variants x targets) and, beside it, the number of skipped alleles by reason.
Several checkpoints are averaged.

variants.py -c model.weights.h5 -g genome.fa -v variants.vcf.gz -o effects.h5 --table effects.tsv
variants.py ... --background common.vcf.gz                   z-scores and E-values against common variants
variants.py ... --block 0 --block-size 100000                one block; join_variants.py joins the files of all blocks
variants.py -c ... -g ... --random-background 10000 -o b.h5  score random variants only, for --background b.h5
"""

from __future__ import annotations

from pathlib import Path

import cli


def arguments():
    parser = cli.parser(__doc__)
    cli.add_checkpoints(parser)
    parser.add_argument("-g", "--genome", required=True, help="FASTA file of the genome, plain or bgzip")
    parser.add_argument("-v", "--variants", help="VCF, BCF or table of variants")
    parser.add_argument("-o", "--output", default="effects.h5", help="file of effects to write (HDF5)")
    parser.add_argument(
        "--table", help="table to write, with the target of the largest effect of each variant (.tsv[.gz])"
    )
    parser.add_argument("--vcf", help="VCF to write, with the same in INFO fields (.vcf[.gz])")
    parser.add_argument(
        "--skipped", help="table to write of skipped alleles (default: OUTPUT with .skipped.tsv; of a block: none)"
    )
    parser.add_argument(
        "-t", "--targets", nargs="+", default=[], help="targets by number, name or assay (default: all of the model)"
    )
    parser.add_argument(
        "--scores",
        nargs="+",
        choices=("difference", "log_odds", "z", "e_value"),
        help="scores to write for every target (default: difference and log_odds; with a background, all)",
    )
    parser.add_argument(
        "--background", help="other variants to measure effects against: VCF, BCF, table, or effects of this program"
    )
    parser.add_argument(
        "--random-background", type=int, metavar="N", help="measure effects against N random SNVs of the genome"
    )
    parser.add_argument("--seed", type=int, default=1, help="random seed of these SNVs")
    parser.add_argument(
        "--ref-mismatch",
        choices=("skip", "swap", "keep"),
        default="skip",
        help="reference alleles that are not the genome's: skip them, swap the alleles where the other one is the "
        "genome's (and skip the rest), or keep them, in place of the genome's bases",
    )
    parser.add_argument(
        "--strands",
        choices=("both", "forward"),
        default="both",
        help="average both strands before alleles are compared, or predict the forward strand only",
    )
    parser.add_argument("--block", type=int, help="number, from 0, of the only block of records to score")
    parser.add_argument("--block-size", type=int, default=100_000, help="records that are scored at a time")
    parser.add_argument(
        "--gpus", type=int, help="number of GPUs; an error if not available (default: one if available)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    check(args)
    paths = cli.checkpoints(args.checkpoint)
    skipped = args.skipped
    if args.block is None and skipped is None:  # of blocks, join_variants.py writes the table of all
        skipped = Path(args.output).with_suffix(".skipped.tsv")
    inputs = [*paths, args.genome, args.variants, args.background]
    cli.check_outputs(inputs, [args.output, args.table, args.vcf, skipped])
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.data.chosen_targets import choose
        from danq.runtime.devices import Devices
        from danq.runtime.ensembles import Ensemble
        from danq.variants import read, results, score, tables
        from danq.variants.contigs import Contigs
        from danq.variants.random_variants import random_variants
        from danq.variants.scorer import Scorer
        from danq.variants.survey import survey

    ensemble = Ensemble(paths, args.strands, Devices(args.gpus, args.threads))
    chosen = choose(ensemble.targets, args.targets) if args.targets else ensemble.targets
    contigs = Contigs(args.genome, ensemble.length, index_folder=Path(args.output).parent)
    if args.variants and args.block is None:  # of a block alone, join_variants.py checks the whole
        survey(args.variants, contigs, ensemble.length, args.ref_mismatch)
    scorer = Scorer(ensemble, contigs, [target.index - 1 for target in chosen], args.ref_mismatch, args.block_size)
    background = None
    if args.background:
        background = score.background_of(scorer, chosen, args.background)
    elif args.random_background and args.variants:
        background = score.random_background(scorer, args.random_background, args.seed)
    found = (
        read.records(args.variants) if args.variants else random_variants(contigs, args.random_background, args.seed)
    )
    wanted = args.scores or [name for name in results.SCORES if background or name not in results.OF_BACKGROUND]
    score.score(scorer, found, args.output, chosen, wanted, background, args.block)
    with results.reading(args.output) as made:
        tables.write_all(made, skipped, args.table, args.vcf)


def check(args) -> None:
    """Refuse options that contradict each other."""
    from danq.errors import UserError

    if not args.variants and not args.random_background:
        raise UserError("no variants are given; name a file with --variants")
    if args.background and args.random_background:
        raise UserError("--background and --random-background exclude each other; give one of them")
    for name in ("random_background", "block_size"):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise UserError(f"--{name.replace('_', '-')} must be at least 1, not {value}")
    if args.block is not None and args.block < 0:
        raise UserError(f"--block must be at least 0, not {args.block}")


if __name__ == "__main__":
    cli.run(main)
