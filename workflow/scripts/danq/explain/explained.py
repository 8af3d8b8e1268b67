"""What a file of attributions gives to TF-MoDISco and to the search for hits."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ..data.chosen_targets import choose
from ..data.targets import Target
from ..errors import UserError
from ..files import replacing
from . import discovery, patterns
from .attributions import Attributions
from .find_hits import Given

log = logging.getLogger(__name__)


def chosen(found: Attributions, words: Sequence[str]) -> list[Target]:
    """The explained targets that are chosen by number, name, title or assay; all of them without words.

    Others of an assay are left out, and the log has their number; if no chosen target is explained, it is a UserError.
    """
    wanted = choose(found.all_targets, words) if words else found.targets
    kept = [target for target in wanted if target in found.targets]
    if wanted and not kept:
        found.target(str(wanted[0].index))  # raises, with the explained targets
    if len(kept) < len(wanted):
        log.warning("%d of %d chosen targets are not explained, and left out", len(wanted) - len(kept), len(wanted))
    if not kept:
        raise UserError(f"{found.path}: explains no target; run attribute.py with more windows or other targets")
    return kept


def discover(
    found: Attributions,
    targets: Sequence[Target],
    settings: discovery.Settings,
    path: str | Path,
    threads: int | None = None,
) -> dict[str, int]:
    """Find the patterns of some targets together, and write them; the number of patterns of each sign.

    A window that several targets share is there once for each, with the contributions to it. All windows are in memory,
    as modisco-lite needs them.
    """
    discovery.check_installed()
    parts, rows, dropped = [], [], Counter()
    for target in targets:
        part = discovery.cut(*found.of(target)[:2], settings.window)
        parts.append(part)
        rows.append(found.windows(target)[part.rows])
        dropped.update(part.dropped)
    row = np.concatenate(rows)
    onehot, hypothetical = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("onehot", "hypothetical")
    )
    given = discovery.Cut(onehot, hypothetical, row, parts[0].begin, dict(dropped))
    facts = patterns.Facts(tuple(target.title for target in targets), len(row), given.dropped, given.begin)
    with replacing(path) as temporary:
        counts = discovery.discover(given, settings, temporary, threads)
        places = found.places()
        patterns.describe(temporary, facts, row, None if places is None else (places[0][row], places[1][row]))
    return counts


def given(found: Attributions, target: Target) -> Given:
    """The contributions to a target, for `find_hits`; block by block, so that memory is flat."""

    def blocks() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for _, onehot, _, contributions in found.chunks(target):
            yield onehot, contributions.sum(axis=2)

    rows, places = found.windows(target), found.places()
    return Given(
        target, blocks, len(rows), found.length, None if places is None else (places[0][rows], places[1][rows])
    )
