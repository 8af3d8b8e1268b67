"""What is too little to rest a figure on: sentences on splits and targets with few windows or positives.

`prepare` and `import_bundle` log them, and the report shows them.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

FEW_POSITIVES = 20  # of the test windows
FEW_WINDOWS = 200  # of validation
LOST = 0.05  # share of a target's peaks that make no bin positive
MOST = 10  # targets named in a sentence


def listed(items: Sequence[str]) -> str:
    """The first items, and how many more there are."""
    more = len(items) - MOST
    return ", ".join(items[:MOST]) + (f" and {more} more" if more > 0 else "")


def findings(table: pd.DataFrame) -> list[str]:
    """Sentences on what rests on little, and what to change.

    table : one row per target and split, columns of `targets.TARGETS`; a split may be missing
    """
    part = dict(list(table.groupby("split", sort=False)))
    found = _one_class(part)
    for split, judge in (("valid", _of_validation), ("test", _of_test)):
        found += judge(part[split]) if split in part else []
    return found


def _named(rows: pd.DataFrame, column: str | None = None) -> str:
    """The targets of some rows, with the value of a column in brackets."""
    names = [f"{index} {name}" for index, name in zip(rows["index"], rows["name"], strict=True)]
    if column:
        names = [f"{name} ({value})" for name, value in zip(names, rows[column], strict=True)]
    return listed(names)


def _one_class(part: dict[str, pd.DataFrame]) -> list[str]:
    """Targets that are positive, or negative, in every window of a split."""
    consequence = {
        "train": "nothing can be learned there",
        "valid": "the validation loss says little about this",
        "test": "there are no values",
    }
    found = []
    for split, rows in part.items():
        never, always = rows[rows["positives"] == 0], rows[rows["positives"] == rows["windows"]]
        for kind, one, change in (
            ("negative", never, f"add contigs to split.{split}"),
            ("positive", always, "use windows.keep: all, which adds negative windows"),
        ):
            if len(one):
                found.append(f"every {split} window is {kind} for {_named(one)}: {consequence[split]}; {change}")
    return found


def _of_validation(rows: pd.DataFrame) -> list[str]:
    windows = int(rows["windows"].iloc[0])
    if windows >= FEW_WINDOWS:
        return []
    return [
        f"there are only {windows} validation windows: the best epoch and the end of training rest on little; "
        "add contigs to split.valid"
    ]


def _of_test(rows: pd.DataFrame) -> list[str]:
    few = rows[(rows["positives"] > 0) & (rows["positives"] < FEW_POSITIVES)]
    if few.empty:
        return []
    return [
        f"fewer than {FEW_POSITIVES} test windows are positive for {_named(few, 'positives')}: "
        "values of the test rest on little; add contigs to split.test"
    ]


def between_bins(targets: Sequence[str], peaks: Sequence[int], lost: Sequence[int], bin: int) -> list[str]:
    """A sentence on the targets many of whose peaks make no bin positive.

    targets : titles
    peaks, lost : number of peaks, and of those of them that make no bin positive
    bin : size of the bins in which they would, in bp; 0 if there is none
    """
    many = [i for i in range(len(targets)) if lost[i] > LOST * peaks[i]]
    if not many:
        return []
    named = listed([f"{i + 1} {targets[i]} ({lost[i]:,} of {peaks[i]:,})" for i in many])
    change = f"windows.bin: {bin} would keep nearly all of them" if bin else "extend the peaks"
    return [f"peaks that make no bin positive, because they are short or lie across two bins: {named}; {change}"]
