"""Targets that a user chooses by number, name or assay."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import UserError
from .targets import Target, find


def choose(targets: Sequence[Target], wanted: Sequence[str]) -> list[Target]:
    """The chosen targets in their own order, each once; nothing wanted is a UserError, as is an unknown one.

    wanted : numbers from 1, names, titles such as `K562|CTCF|None`, or names of an assay, which stand for all its
        targets. A name of an assay that is also the name of exactly one target stands for this target.
    """
    targets = list(targets)
    if not wanted:
        raise UserError("no target is chosen; give numbers, names or assays, such as " + targets[0].name)
    chosen: set[int] = set()
    for word in map(str, wanted):
        of_assay = [target.index for target in targets if target.assay == word]
        named = [target.index for target in targets if word in (target.name, target.title)]
        chosen.update(of_assay if of_assay and len(named) != 1 else [find(targets, word).index])
    return [target for target in targets if target.index in chosen]
