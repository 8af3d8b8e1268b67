"""What a file of attributions gives to the search for hits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..data.targets import Target
from .attributions import Attributions
from .find_hits import Given


def given(found: Attributions, target: Target) -> Given:
    """The contributions to a target, for `find_hits`; block by block, so that memory is flat."""

    def blocks() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for _, onehot, _, contributions in found.chunks(target):
            yield onehot, contributions.sum(axis=2)

    rows, places = found.windows(target), found.places()
    return Given(
        target, blocks, len(rows), found.length, None if places is None else (places[0][rows], places[1][rows])
    )
