"""Makes all choices for a first config together, since they depend on one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..data.regions import parse_region
from ..data.rule import Rule
from ..data.scarcity import between_bins, findings
from ..data.split import REST
from ..data.targets import Target
from ..errors import UserError
from . import choices, held_out
from .assemblies import Assembly
from .choices import Choice
from .counted import Counter
from .guesses import Guess
from .held_out import HeldOut
from .model_choice import Models, choose_models
from .survey import Measured

MANY = 2_000_000  # training windows, of which the published sets have about as many


@dataclass(frozen=True)
class Wishes:
    """What a person has decided; None for what is to be chosen. `valid` and `test` are given together."""

    bin: int | None = None
    window: int | None = None
    keep: str | None = None
    valid: Sequence[str] | None = None
    test: Sequence[str] | None = None
    skip_unknown: bool = False
    aliases: str | None = None


@dataclass(frozen=True)
class Decisions:
    """The choices, the number of windows of each part, and sentences on what is too little."""

    bin: Choice
    window: Choice
    keep: Choice
    split: HeldOut
    models: Models
    windows: dict[str, int]
    notes: list[str]


def decide(
    contigs: Mapping[str, int],
    assembly: Assembly | None,
    targets: Sequence[Guess],
    measured: Sequence[Measured],
    wishes: Wishes,
    processes: int | None = 1,
) -> Decisions:
    """Choose split, bin, window, bins to keep and models. Where windows are few, shorter bins are tried.

    contigs : names and lengths in bp of the genome

    A part without a window is a UserError.
    """
    split = held_out.propose(contigs, {contig for one in measured for contig in one.contigs}, assembly)
    if wishes.test and wishes.valid:
        split = replace(split, test=list(wishes.test), valid=list(wishes.valid), reason="as given")
    listed = [Target(i, t.name, t.assay, t.cell, t.treatment) for i, t in enumerate(targets, 1)]
    size = choices.choose_bin(measured, wishes.bin)
    while True:
        window = choices.choose_window(measured, sum(contigs.values()), int(size.value), wishes.window)
        rule = Rule(
            bin=int(size.value),
            window=int(window.value),
            skip_unknown_contigs=wishes.skip_unknown,
            aliases=wishes.aliases,
        )
        counter = Counter(contigs, listed, [target.path for target in targets], rule, processes)
        keep = choices.choose_keep(counter.prevalence(), wishes.keep)
        counted = counter.count(str(keep.value), {"train": [REST], "valid": split.valid, "test": split.test})
        finer = choices.finer(int(size.value), counted.windows["train"]) if wishes.bin is None else None
        if finer is None:
            break
        size = finer
    for part, number in counted.windows.items():
        if not number:
            raise UserError(f"no window is left for {part}; give contigs with peaks as --valid and --test")
    peaks = [one.number for one in measured]
    between = between_bins([t.title for t in listed], peaks, counter.between(), choices.bin_for_all(measured))
    models = choose_models(counted.windows["train"], int(window.value))
    shares = {part: _share(getattr(split, part), contigs) for part in ("test", "valid")}
    split = replace(split, test_share=shares["test"], valid_share=shares["valid"])
    notes = findings(counted.table) + between
    if keep.value == "all" and counted.windows["train"] >= MANY:
        notes.append(
            "all bins of a large genome are many windows, nearly all without a peak: with more targets, such as open "
            "chromatin of the same cells, keep: any uses the bins with peaks only"
        )
    return Decisions(size, window, keep, split, models, counted.windows, notes)


def _share(regions: Sequence[str], contigs: Mapping[str, int]) -> float:
    """The share of the genome in some contigs and regions."""
    bases = sum(end - start for _, start, end in (parse_region(region, dict(contigs)) for region in regions))
    return bases / sum(contigs.values())
