"""Descriptions of the windows in words, from the settings that made them (`made_by` of a windows file)."""

from __future__ import annotations

from pathlib import Path


def kept(rule: dict) -> str:
    """A description of the bins that became windows, which decide what the negatives are."""
    kind, _, what = rule.get("keep", "").partition(":")
    return {
        "any": "bins with at least one target",
        "any+matched": f"bins with at least one target, and {what} times as many without a peak, of the same GC and "
        "repeat content",
        "all": "all bins",
        "assay": f"bins with at least one {what} target",
        "bed": f"bins in {Path(what).name}",
    }.get(kind, "")


def held_out(labelled: dict) -> str:
    """A description of the test windows of labelled sequences."""
    test, by = labelled["split"]["test"], labelled["by"]
    if isinstance(test, float):
        return f"{test:.0%} of the sequences, in whole groups of near-duplicates (of {labelled['shared']} bp or more)"
    names = ", ".join(Path(one).name if by in ("file", "name") else str(one) for one in test)
    return {
        "file": f"sequences of {names}",
        "name": f"sequences that {names} lists",
        "contig": f"sequences on {names}",
        "column": f"sequences with {names} in the column {labelled['column']}",
    }[by]
