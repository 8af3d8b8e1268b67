#!/usr/bin/env python3
"""Write a config and a sheet of targets for a genome and peak files of your own.

Names, assays and cell types are guessed from the names of the files. Bin, window, the contigs to hold out, and the
models follow from the genome and from the peaks; the program says what it chose and why. Check the sheet and the
config, edit them as you like, and run the workflow with the command that is printed.

Examples:
  new.py --genome hg38.fa --peaks peaks/
  new.py --genome sacCer3.fa.gz --peaks 'chip/*.narrowPeak.gz' atac/peaks.bed.gz --name yeast
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cli
from danq.errors import UserError
from danq.files import existing, replacing

UNTELLING = ("peaks", "peak", "data", "bed", "narrowpeak", "broadpeak", "genome", "reference", "ref", "fasta", "")
ROWS = 40  # files shown; the sheet has all


def arguments():
    parser = cli.parser(__doc__)
    parser.add_argument("-g", "--genome", required=True, help="genome: FASTA (plain, gzip or bgzip) or 2bit")
    parser.add_argument(
        "-p", "--peaks", required=True, nargs="+", help="folders with peak files, files, or globs in quotes"
    )
    parser.add_argument(
        "-n", "--name", help="name of the dataset, and of both files; default: the name of the peaks' folder"
    )
    parser.add_argument("-o", "--output", default="config", help="folder of the config and the sheet")
    parser.add_argument("--force", action="store_true", help="replace a config and a sheet of this name")
    parser.add_argument(
        "--replicates",
        choices=("separate", "merge"),
        default="separate",
        help="replicates: a target each, or one with the regions where at least two have a peak",
    )
    parser.add_argument("--bin", type=int, help="size of the bins in bp; default: by the lengths of the peaks")
    parser.add_argument("--window", type=int, help="length of the windows in bp; default: by the size of the genome")
    parser.add_argument("--keep", help="bins to use: any, all, assay:NAME; default: by the targets")
    parser.add_argument("--valid", nargs="+", help="contigs or regions for validation; default: by their sizes")
    parser.add_argument("--test", nargs="+", help="contigs or regions for the test; default: by their sizes")
    parser.add_argument("--taxa", nargs="+", default=[], help="JASPAR's groups of known motifs; default: by the genome")
    parser.add_argument(
        "--aliases",
        metavar="TABLE",
        help="other names of the genome's contigs, such as UCSC's chromAlias.txt; default: a built-in rule",
    )
    parser.add_argument(
        "--skip-unknown-contigs",
        action="store_true",
        help="leave out peaks on contigs that the genome does not have, also if more than 5 %% of a file's peaks are",
    )
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count(), help="number of processes that read peak files"
    )
    return parser.parse_args()


def main() -> None:
    args = arguments()
    if bool(args.valid) != bool(args.test):
        raise UserError("--valid and --test belong together; give both, or none to have them proposed")
    from danq.data.genome import Genome
    from danq.starting import assemblies, decide, guesses, peak_files, survey
    from danq.starting.config_text import Start

    if "://" in args.genome:
        raise UserError(f"{args.genome}: download the genome first, and name the file on disk")
    fasta = existing(Path(args.genome).expanduser(), "genome FASTA")
    aliases = str(existing(Path(args.aliases).expanduser(), "table of aliases")) if args.aliases else None
    paths, left = peak_files.find(args.peaks, fasta)
    name = args.name or default_name(paths, fasta)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}", name):
        raise UserError(f"--name {name!r}: use at most 100 letters, digits, '-', '_' and '.', without spaces")
    config, sheet = Path(args.output, f"{name}.yaml"), Path(args.output, f"{name}_targets.tsv")
    merged = Path("resources", name, "merged")
    check_free(config, sheet, args.force)
    cli.check_outputs([fasta, aliases, *paths], [config, sheet])
    with tempfile.TemporaryDirectory() as index:
        genome = Genome(fasta, index_folder=index)
    assembly = assemblies.recognised(genome.contigs)
    taxa = args.taxa or ([assembly.taxon] if assembly else [])
    show_genome(genome, assembly, fasta)
    targets, dropped = guesses.guess(paths, factors(taxa))
    measured = survey.measure(
        paths, genome.contigs, aliases=aliases, skip_unknown=args.skip_unknown_contigs, processes=args.processes
    )
    show_peaks(targets, measured, left, dropped)
    if args.replicates == "merge":
        targets = merge(targets, genome.contigs, merged, aliases)
        paths = [target.path for target in targets]
        measured = survey.measure(paths, genome.contigs, aliases=aliases, skip_unknown=True)
    else:
        say_replicates(targets)
    wishes = decide.Wishes(args.bin, args.window, args.keep, args.valid, args.test, args.skip_unknown_contigs, aliases)
    chosen = decide.decide(genome.contigs, assembly, targets, measured, wishes, args.processes)
    wanted = expected(targets, taxa)
    show_choices(chosen, wanted, taxa)
    known = assembly.name if assembly else ""
    start = Start(
        name, str(fasta), known, str(sheet), targets, chosen, taxa, wanted, wishes.skip_unknown, wishes.aliases
    )
    write(start, config, sheet)


def default_name(paths: list[Path], fasta: Path) -> str:
    """The name of the folder of the peaks, of the genome, or of the folder above, the first that says something."""
    folder = paths[0].resolve().parent
    names = (folder.name, fasta.name.split(".")[0], folder.parent.name, "mine")
    name = next(name for name in names if name.lower() not in UNTELLING)
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_-")[:100] or "mine"


def check_free(config: Path, sheet: Path, force: bool) -> None:
    """Refuse to replace what is there, unless told to."""
    for path in (config, sheet):
        if path.exists() and not force:
            raise UserError(f"{path}: exists already; choose another --name, or give --force to replace it")


def factors(taxa: list[str]) -> list[str]:
    """The names of factors with a known motif."""
    from danq.motifs import jaspar, names

    known = jaspar.core_names("JASPAR2024", taxa or ["vertebrates", "fungi", "insects", "nematodes", "plants"])
    return [factor for name in known for factor in names.factors_of(name)]


def show_genome(genome, assembly, fasta: Path) -> None:
    known = (
        f"{assembly.name}, recognised by the lengths of its contigs"
        if assembly
        else "an assembly that this program does not know"
    )
    print(f"Genome   {fasta}: {len(genome.contigs)} contigs, {genome.size:,} bp; {known}")


def show_peaks(targets, measured, left: dict[str, str], dropped: list[str]) -> None:
    """A table of the files with what was guessed and measured."""
    print(f"Peaks    {len(targets)} files, {sum(one.number for one in measured):,} peaks on the genome\n")
    rows = [("file", "name", "assay", "cell", "treatment", "peaks", "median bp")]
    rows += [
        (t.path.name, t.name, t.assay, t.cell, t.treatment, f"{one.number:,}", f"{one.width:,}")
        for t, one in zip(targets, measured, strict=True)
    ][:ROWS]
    columns = [i for i in range(len(rows[0])) if any(row[i] for row in rows[1:])]
    widths = {i: max(len(row[i]) for row in rows) for i in columns}
    for row in rows:
        print(
            "  " + "  ".join(f"{row[i]:>{widths[i]}}" if i > 4 else f"{row[i]:<{widths[i]}}" for i in columns).rstrip()
        )
    if len(targets) > ROWS:
        print(f"  ... and {len(targets) - ROWS} more")
    print()
    if dropped:
        print(f"Names    without {', '.join(map(repr, dropped))}, which all files have")
    unknown = [t.path.name for t in targets if t.assay == "unknown"]
    if unknown:
        print(f"Names    of {', '.join(unknown[:5])}{' and more' * (len(unknown) > 5)} say nothing: fill in the sheet")
    for reason, number in Counter(left.values()).items():
        some = [file for file, why in left.items() if why == reason]
        print(
            f"Left out {number} file{'s' * (number > 1)}, {reason}: {', '.join(some[:5])}{' and more' * (number > 5)}"
        )
    lost = {name: one for name, one in zip([t.name for t in targets], measured, strict=True) if one.lost}
    if lost:
        contigs = sorted({contig for one in lost.values() for contig in one.unknown})
        where = f" on contigs that the genome does not have ({', '.join(contigs[:5])}{', ...' * (len(contigs) > 5)})"
        print(
            f"Left out {sum(one.lost for one in lost.values()):,} peaks of {len(lost)} files{where if contigs else ''}"
        )


def say_replicates(targets) -> None:
    counts = Counter(target.experiment for target in targets)
    several = ["|".join(filter(None, experiment)) for experiment, count in counts.items() if count > 1]
    if several:
        print(
            f"Replicates of {', '.join(several[:5])}{' and more' * (len(several) > 5)} are targets of their own; "
            "--replicates merge joins them"
        )


def merge(targets, contigs: dict[str, int], folder: Path, aliases: str | None):
    """One target for each experiment with replicates, with the regions in which at least two of them have a peak."""
    from danq.file_names import file_names
    from danq.starting import replicates

    experiments: dict = {}
    for target in targets:
        experiments.setdefault(target.experiment, []).append(target)
    stems = file_names("_".join(filter(None, experiment)) for experiment in experiments)
    found = []
    for members, stem in zip(experiments.values(), stems, strict=True):
        if len(members) == 1:
            found += members
            continue
        path = folder / f"{stem}.bed.gz"
        regions, single = replicates.consensus([one.path for one in members], contigs, aliases)
        if not regions:
            raise UserError(f"{members[0].path}: shares no peak with its replicate; keep them --replicates separate")
        replicates.write_bed(regions, path)
        print(
            f"Merged   {len(members)} replicates to {path}: {len(regions):,} regions, "
            f"without {single:,} of one replicate only"
        )
        found.append(replace(members[0], path=path, name=members[0].factor, replicate=""))
    return found


def show_choices(chosen, wanted: list[str], taxa: list[str]) -> None:
    """What was chosen and why."""
    split, models = chosen.split, chosen.models
    print(f"Bin      {chosen.bin.value} bp: {chosen.bin.reason}")
    print(f"Window   {chosen.window.value} bp: {chosen.window.reason}")
    print(f"Keep     {chosen.keep.value}: {chosen.keep.reason}")
    test, valid = (", ".join(regions) for regions in (split.test, split.valid))
    print(
        f"Split    test on {test} ({split.test_share:.1%} of the genome), validate on {valid} ({split.valid_share:.1%})"
    )
    print(f"         {split.reason}")
    print("Windows  " + ", ".join(f"{number:,} {part}" for part, number in chosen.windows.items()))
    print(f"Models   {', '.join(models.models)}: {models.reason}")
    print(f"         {models.time}")
    with_motif = f"{len(wanted)} of the targets {'has' if len(wanted) == 1 else 'have'} one"
    hint = "" if taxa else "; for other organisms, give --taxa (fungi, insects, nematodes, plants)"
    print(f"Motifs   of {', '.join(taxa or ['vertebrates'])} from JASPAR: {with_motif}{hint}")
    for sentence in chosen.notes:
        print(f"Note     {sentence}")


def expected(targets, taxa: list[str]) -> list[str]:
    """The factors among the targets that have a known motif in the groups that the config uses."""
    known = {factor.upper() for factor in factors(taxa or ["vertebrates"])}
    return list(dict.fromkeys(target.factor for target in targets if target.factor.upper() in known))


def write(start, config: Path, sheet: Path) -> None:
    """Write both files after the workflow's own checks of them."""
    import yaml

    from danq.starting.config_text import config_text, sheet_text
    from flow.config import check_expected, checked, listed_targets

    schema = os.path.relpath(
        Path(__file__).resolve().parents[1] / "schemas/config.schema.json", config.parent.resolve()
    )
    text = f"# yaml-language-server: $schema={schema}\n{config_text(start)}"  # editors complete and check the keys
    with replacing(sheet) as temporary_sheet, replacing(config) as temporary_config:
        temporary_sheet.write_text(sheet_text(start.targets, [str(t.path) for t in start.targets]), encoding="utf-8")
        temporary_config.write_text(text, encoding="utf-8")
        complete = checked(yaml.safe_load(text))
        listed_targets(complete | {"targets": str(temporary_sheet)})
        check_expected(complete)
    print(f"\nWrote {config} and {sheet}. Check the names and assays in the sheet, then:\n")
    given = shlex.quote(str(config))
    print(f"  make plan CONFIG={given}  # what would run")
    print(f"  make run CONFIG={given}   # or: snakemake --profile profiles/local --configfile {given}")


if __name__ == "__main__":
    cli.run(main)
