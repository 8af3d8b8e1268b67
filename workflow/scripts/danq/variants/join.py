"""Joins the files of consecutive blocks of variants into the file that one run would have written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from ..errors import UserError
from .results import Results, reading, writing


def blocks_in(folder: str | Path, number: int | None = None) -> list[Path]:
    """The files of blocks in a folder, `0.h5`, `1.h5` and so on, in order; none is a UserError.

    number : take the first blocks only; those of an earlier, longer list may be left behind them
    """
    if number is not None:
        return [Path(folder, f"{block}.h5") for block in range(number)]
    found = {int(path.stem): path for path in Path(folder).glob("*.h5") if path.stem.isdecimal()}
    if not found:
        raise UserError(f"{folder}: holds no file of a block (0.h5, 1.h5, ...); score one with variants.py --block")
    return [found[block] for block in sorted(found)]


def join(paths: Sequence[str | Path], output: str | Path) -> None:
    """Write the effects in the files of the blocks 0, 1, 2, ... of one list of variants to one file.

    paths : of all blocks, at least one, in order

    Missing or repeated blocks, and files that were made in different ways, are a UserError. So are the mistakes of the
    whole list that `Counts.check` finds.
    """
    with reading(paths[0]) as first:
        facts, targets, contigs = first.facts, first.all_targets, first.contigs
    with writing(output, facts, targets, contigs) as writer:
        for number, path in enumerate(paths):
            with reading(path) as part:
                _check(part, number, first, last=number == len(paths) - 1)
                for rows in part.pieces():
                    writer.extend({name: part.read(name, rows) for name in part.names})
                writer.counts.add(part.counts)
        writer.counts.check(str(output), facts.ref_mismatch)


def _check(part: Results, number: int, first: Results, last: bool) -> None:
    """Raise a UserError unless a file is the block of this number, and was made as the first was."""
    block = part.attributes.get("block")
    if block is None:
        raise UserError(f"{part.path}: holds all variants, not a block of them; there is nothing to join")
    if block != number:
        raise UserError(f"{part.path}: holds block {block}, not {number}; give the files of all blocks, in order")
    for field in fields(first.facts):
        if getattr(part.facts, field.name) != getattr(first.facts, field.name):
            raise UserError(
                f"{first.path} and {part.path} differ in {field.name}; score all blocks in the same way, then join them"
            )
    if part.contigs != first.contigs or part.all_targets != first.all_targets:
        raise UserError(f"{first.path} and {part.path} are of different genomes or targets; score all blocks alike")
    if bool(part.attributes["ends"]) != last:
        problem = "more blocks follow it" if last else "no block follows it"
        raise UserError(f"{part.path}: {problem} in the list of variants; give the files of all blocks, in order")
