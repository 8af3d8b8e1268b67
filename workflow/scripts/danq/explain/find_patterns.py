"""Find the patterns in a file of attributions, and write them with the places of their windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..data.targets import Target
from ..files import replacing
from . import discovery, patterns
from .attributions import Attributions


def find_patterns(
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
