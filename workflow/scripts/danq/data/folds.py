"""Folds of a cross-validation: groups of contigs or regions, each of which is held out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..errors import UserError
from ..tables import Table
from .regions import parse_region
from .split import REST
from .windows import Windows

FOLDS = Table(
    "table of folds",
    ("fold", "test", "bp", "valid_fold", "train_windows", "valid_windows", "test_windows"),
    words=("test",),
)
FEWEST = 3  # one to test on, one to validate on, and one to train on


def even_folds(contigs: Mapping[str, int], number: int) -> list[list[str]]:
    """Divide whole contigs into folds of about the same size, in bp.

    The largest contig that is left goes to the smallest fold (longest processing time first; Graham 1969, SIAM J. Appl.
    Math. 17:416-429). Of equal ones, the first is taken, so the folds follow from the genome alone. Fewer contigs than
    folds, or fewer than 3 folds, are a UserError.

    contigs : names and lengths in bp
    """
    if number < FEWEST:
        raise UserError(f"{number} folds are too few to test, validate and train on; choose at least {FEWEST}")
    if len(contigs) < number:
        raise UserError(
            f"the genome has {len(contigs)} contigs, too few for {number} folds; choose fewer, or list regions"
        )
    folds: list[list[str]] = [[] for _ in range(number)]
    sizes = [0] * number
    for name in sorted(contigs, key=contigs.__getitem__, reverse=True):
        smallest = sizes.index(min(sizes))
        folds[smallest].append(name)
        sizes[smallest] += contigs[name]
    order = list(contigs)
    return [sorted(fold, key=order.index) for fold in folds]


def parts(folds: Sequence[Sequence[str]], fold: int) -> dict[str, list[str]]:
    """What fold number `fold`, from 1, is tested on, validated on (the next fold) and trained on (the rest)."""
    if not 1 <= fold <= len(folds):
        raise UserError(f"there is no fold {fold}; choose one from 1 to {len(folds)}")
    return {"train": [REST], "valid": list(folds[fold % len(folds)]), "test": list(folds[fold - 1])}


def folds_table(contigs: Mapping[str, int], sets: Sequence[Mapping[str, Windows]]) -> pd.DataFrame:
    """One row per fold, columns of `FOLDS`.

    contigs : names and lengths in bp, in the order of the genome
    sets : the windows of each fold, by part
    """
    rows = []
    for number, windows in enumerate(sets, 1):
        regions = windows["test"].made_by["rule"]["split"]["test"]
        bp = sum(end - start for _, start, end in (parse_region(region, dict(contigs)) for region in regions))
        row = {"fold": number, "test": " ".join(regions), "bp": bp, "valid_fold": number % len(sets) + 1}
        rows.append(row | {f"{part}_windows": len(one) for part, one in windows.items()})
    return pd.DataFrame(rows)
