"""The file names of tracks, which are the same whatever else is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from ..data.targets import Target
from ..file_names import file_names


def track_names(targets: Sequence[Target], chosen: Sequence[Target]) -> list[str]:
    """File names, without suffix, of the chosen targets; they do not depend on which others are chosen."""
    names = file_names(target.title for target in targets)
    return [names[target.index - 1] for target in chosen]
