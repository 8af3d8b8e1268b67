#!/usr/bin/env python3
"""Draw one variant: the importance of the bases around it in both alleles, and what it changes for each target.

Importance is measured by saturation mutagenesis: the logit of the predicted probability minus the mean of the logits
that the three substitutions of the base give. Several checkpoints are averaged.

draw_variant.py -c model.weights.h5 -g genome.fa --variant chr8:12345:A:G -o variant.png
draw_variant.py -c model.weights.h5 -g genome.fa -v variants.vcf.gz --id rs123 -o variant.png
draw_variant.py -c model.weights.h5 -g genome.fa --effects effects.h5 --top 5 -o pictures   the largest effects
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import cli
from danq.errors import UserError

SHOWN = 10  # targets, if none are chosen


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-c", "--checkpoint", nargs="+", required=True, help="checkpoints; several are averaged")
    parser.add_argument("-g", "--genome", required=True, help="FASTA file of the genome, plain or bgzip")
    parser.add_argument("--variant", help="the variant as contig:position:ref:alt, position from 1")
    parser.add_argument("-v", "--variants", help="VCF, BCF or table with the variant, which --id or --row chooses")
    parser.add_argument("--id", help="id of the variant in this file")
    parser.add_argument("--row", type=int, help="number of the variant in this file, from 1")
    parser.add_argument("--effects", help="effects of variants.py, of which --top are drawn")
    parser.add_argument("--top", type=int, default=5, help="number of variants with the largest |difference| to draw")
    parser.add_argument(
        "-t",
        "--targets",
        nargs="+",
        default=[],
        help="targets to draw bars for, by number, name or assay (default: the 10 with the largest |difference|)",
    )
    parser.add_argument("--target", help="target of the logos (default: that with the largest |difference|)")
    parser.add_argument("--around", type=int, default=60, help="bases to draw on each side of the variant")
    parser.add_argument(
        "--ref-mismatch",
        choices=("skip", "swap", "keep"),
        help="for reference alleles that are not the genome's, as in variants.py (default: skip, an error; with "
        "--effects, as there)",
    )
    parser.add_argument(
        "--strands",
        choices=("both", "forward"),
        help="average both strands, or predict the forward strand only (default: both; with --effects, as there)",
    )
    parser.add_argument(
        "--gpus", type=int, help="number of GPUs; an error if not available (default: one if available)"
    )
    parser.add_argument("--threads", type=int, help="CPU threads (default: all)")
    parser.add_argument(
        "-o", "--output", default="variant.png", help="picture (.png, .pdf, .svg); with --effects, a folder of them"
    )
    return parser.parse_args()


def main() -> None:
    args = arguments()
    check(args)
    cli.check_outputs([*args.checkpoint, args.genome, args.variants, args.effects], [args.output])
    with cli.quiet_loading():  # loads Keras; imported here so that -h is fast
        from danq.data.chosen_targets import choose
        from danq.data.targets import find
        from danq.plots import pictures
        from danq.plots.variant import variant
        from danq.runtime.devices import Devices
        from danq.runtime.ensembles import Ensemble
        from danq.variants import chosen, results
        from danq.variants.closeup import Viewer, views
        from danq.variants.contigs import Contigs

    def viewer(strands: str, mode: str) -> Viewer:
        ensemble = Ensemble(args.checkpoint, args.strands or strands, Devices(args.gpus, args.threads))
        contigs = Contigs(args.genome, ensemble.length, index_folder=Path(args.output).parent)
        return Viewer(ensemble, contigs, args.around, args.ref_mismatch or mode)

    def shown(made: Viewer, default) -> tuple:
        """The targets to show, how many of them, and the one of the logos."""
        targets = made.ensemble.targets
        target = find(targets, args.target) if args.target else None
        return (choose(targets, args.targets), None, target) if args.targets else (default, SHOWN, target)

    if args.effects:
        with results.reading(args.effects) as effects:
            made = viewer(effects.facts.strands, effects.facts.ref_mismatch)
            chosen.check_model(effects, made.ensemble)
            found = views(made, chosen.largest(effects, args.top), *shown(made, effects.targets))
        pictures.save_folder({name: partial(variant, view) for name, view in found.items()}, args.output)
    else:
        made = viewer("both", "skip")
        record = chosen.parsed(args.variant) if args.variant else chosen.of_file(args.variants, args.id, args.row)
        allele = made.allele(record, args.variant or args.variants)
        pictures.save(variant(made.view(allele, *shown(made, made.ensemble.targets))), args.output)


def check(args) -> None:
    """Refuse options that contradict each other."""
    if sum(map(bool, (args.variant, args.variants, args.effects))) != 1:
        raise UserError("give one of --variant, --variants with --id or --row, and --effects")
    if (args.id is not None) + (args.row is not None) != bool(args.variants):
        raise UserError("--variants and one of --id and --row belong together; give both or none")
    if args.top < 1:
        raise UserError(f"--top must be at least 1, not {args.top}")


if __name__ == "__main__":
    cli.run(main)
