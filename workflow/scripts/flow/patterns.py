"""The searches for patterns (TF-MoDISco) that the config asks for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from danq.data.chosen_targets import choose
from danq.data.targets import Target
from danq.errors import UserError
from danq.explain.discovery import check_installed
from danq.file_names import file_names

# Of each search, besides the places of the seqlets.
FILES = ("patterns.h5", "patterns.tsv", "matches.tsv", "control.tsv", "positive.meme", "negative.meme", "known.meme")


def searches(config: dict) -> dict[str, str]:
    """The target or assay of each search, by the name of its folder."""
    words = [str(word) for word in config["patterns"]["targets"]]
    return dict(zip(file_names(words), words, strict=True))


def have_places(config: dict) -> bool:
    """Whether the places of all explained windows are known."""
    explain = config["explain"]
    return bool(config["source"] == "peaks" or explain["bed"] or explain["fasta"])


def discover_options(config: dict, search: str) -> dict:
    """The options of discover.py for one search."""
    patterns = config["patterns"]
    return {"targets": searches(config)[search], "max_seqlets": patterns["max_seqlets"], "window": patterns["window"]}


def name_options(config: dict) -> dict:
    """The options of patterns.py. The JASPAR release matters only without a file of known motifs."""
    motifs = config["motifs"]
    keys = ("max_evalue",) if motifs["known"] else ("max_evalue", "release", "taxa")
    return {key: motifs[key] for key in keys}


def check(config: dict) -> None:
    """Check that there are contributions to search, of windows that are long enough."""
    patterns, explain = config["patterns"], config["explain"]
    if not patterns["targets"]:
        return
    if patterns["method"] not in explain["methods"]:
        raise UserError(
            f"patterns.method: {patterns['method']} is not among explain.methods; add it there, or choose one of them"
        )
    test = not (explain["bed"] or explain["fasta"])
    if test and config["source"] == "peaks" and (patterns["window"] or 0) > config["windows"]["window"]:
        raise UserError(
            f"patterns.window ({patterns['window']} bp) is larger than windows.window "
            f"({config['windows']['window']} bp); make it smaller"
        )


def check_targets(config: dict, targets: list[Target]) -> None:
    """Check that the targets of each search exist, and that some of them are explained."""
    wanted = config["explain"]["targets"]
    explained = choose(targets, wanted) if wanted else targets
    for word in searches(config).values():
        try:
            chosen = choose(targets, [word])
        except UserError as error:
            raise UserError(f"patterns.targets: {error}") from None
        if not set(chosen) & set(explained):
            raise UserError(f"patterns.targets: {word} is not explained; add it to explain.targets")


def check_software(wanted: Iterable[str], conda: bool) -> None:
    """Raise a UserError if patterns are still to be found and modisco-lite, which finds them, is not installed.

    wanted : files of patterns
    conda : whether conda installs it for the rule
    """
    if conda or all(Path(path).exists() for path in wanted):
        return
    try:
        check_installed()
    except UserError as error:
        raise UserError(f"patterns.targets: {error}; or leave patterns.targets empty") from None
