"""Writes the config as commented YAML, and the sheet of targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from ..data.split import REST
from .decide import Decisions
from .guesses import Guess

WIDTH = 1 << 20  # of a line of YAML: lists are not broken


@dataclass(frozen=True)
class Start:
    """Everything that a first config says.

    assembly : empty if it is not known
    taxa : of the known motifs; empty for the workflow's default
    expected : factors with a known motif
    """

    dataset: str
    fasta: str
    assembly: str
    sheet: str
    targets: Sequence[Guess]
    chosen: Decisions
    taxa: Sequence[str]
    expected: Sequence[str]
    skip_unknown: bool = False
    aliases: str | None = None


def flow(value: Any) -> str:
    """A value as YAML on one line."""
    return (
        yaml.safe_dump(value, default_flow_style=True, width=WIDTH, sort_keys=False, allow_unicode=True)
        .removesuffix("\n")
        .removesuffix("\n...")
    )


def config_text(start: Start) -> str:
    """The config, each choice with its reason in a comment."""
    files, chosen = len(start.targets), start.chosen
    lines = [
        f"# Written by new.py from {files} peak file{'s' * (files > 1)}. config/README.md explains every key.",
        f"dataset: {flow(start.dataset)}",
        "seed: 1",
        "",
        "genome:",
        f"  fasta: {flow(start.fasta)}",
        *([f"  assembly: {flow(start.assembly)}"] if start.assembly else []),
        *([f"  aliases: {flow(start.aliases)}"] if start.aliases else []),
        f"targets: {flow(start.sheet)}",
        "",
        "windows:",
        f"  bin: {flow(chosen.bin.value)} # {chosen.bin.reason}",
        f"  window: {flow(chosen.window.value)} # {chosen.window.reason}",
        f"  keep: {flow(chosen.keep.value)} # {chosen.keep.reason}",
        *(["  skip_unknown_contigs: true"] if start.skip_unknown else []),
        f"  split: # {chosen.split.reason}",
        f"    train: {flow([REST])}",
        f"    valid: {flow(chosen.split.valid)} # {chosen.split.valid_share:.1%} of the genome",
        f"    test: {flow(chosen.split.test)} # {chosen.split.test_share:.1%}",
        "",
        f"models: # {chosen.models.reason}",
    ]
    for name, model in chosen.models.models.items():
        lines += _model(name, model)
    for name, model in chosen.models.offered.items():
        lines += [f"  # A {model['architecture']} at a size for this amount of data; remove the # to train it, too."]
        lines += [f"  # {line[2:]}" for line in _model(name, model)]
    motifs = {"taxa": list(start.taxa)} if start.taxa else {}
    motifs |= {"expected": list(start.expected)} if start.expected else {}
    if motifs:
        lines += ["", "motifs:", *(f"  {key}: {flow(value)}" for key, value in motifs.items())]
    return "".join(f"{line}\n" for line in lines)


def _model(name: str, model: dict[str, Any]) -> list[str]:
    return [f"  {name}:", *(f"    {key}: {flow(value)}" for key, value in model.items())]


def sheet_text(targets: Sequence[Guess], paths: Sequence[str]) -> str:
    """The sheet of targets; cell and treatment are columns if a target has one.

    paths : of the peak files, as the sheet gives them
    """
    columns = [
        "name",
        "assay",
        *(column for column in ("cell", "treatment") if any(getattr(t, column) for t in targets)),
    ]
    rows = [[*columns, "peaks"]]
    rows += [[*(getattr(t, column) for column in columns), path] for t, path in zip(targets, paths, strict=True)]
    return "".join("\t".join(row) + "\n" for row in rows)
