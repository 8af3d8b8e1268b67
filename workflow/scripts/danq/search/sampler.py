"""The trials of a search: points of the unit cube, and the settings that they stand for.

A trial follows from the space, the sampler, the seed and its place in the sequence alone. A search with more trials
begins with the same ones.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..errors import UserError
from .space import Dimension

SAMPLERS = ("sobol", "random")
BLOCK = 64  # points drawn at once; Sobol points are balanced in blocks of a power of two
MOST_POINTS = 1000  # points tried for each trial, before a space is given up


def points(sampler: str, seed: int, dimensions: int) -> Iterator[np.ndarray]:
    """An endless sequence of points in [0, 1)^dimensions.

    sampler : sobol, a scrambled Sobol sequence (Sobol 1967; Owen 1998) by `scipy.stats.qmc`, which covers the cube
        evenly, or random, independent uniform points
    """
    if sampler == "random":
        draw = np.random.default_rng(seed)
        while True:
            yield from draw.random((BLOCK, dimensions))
    from scipy.stats import qmc  # it loads slowly, and Snakemake reads this module at every start

    # `seed` was renamed to `rng` in SciPy 1.15, which still accepts a generator in its place.
    sequence = qmc.Sobol(dimensions, scramble=True, seed=np.random.default_rng(seed))
    while True:
        yield from sequence.random(BLOCK)


def trials(space: Sequence[Dimension], number: int, sampler: str = "sobol", seed: int = 1) -> dict[str, dict[str, Any]]:
    """The settings of the trials, by the trials' ids.

    Points whose settings were there before are skipped. A space with fewer different settings than `number` is a
    UserError.
    """
    different = math.prod(dimension.count for dimension in space)
    if different < number:
        raise UserError(f"the space has {different:.0f} different settings; set trials to {different:.0f} or fewer")
    found: dict[str, dict[str, Any]] = {}
    for tried, point in enumerate(points(sampler, seed, len(space))):
        if len(found) == number:
            break
        if tried >= MOST_POINTS * number:
            raise UserError(f"only {len(found)} different settings turned up; set trials to {len(found)}, or widen it")
        settings = {dimension.name: dimension.value(float(u)) for dimension, u in zip(space, point, strict=True)}
        found.setdefault(trial_id(settings), settings)
    return found


def trial_id(settings: dict[str, Any]) -> str:
    """A short name that follows from the settings, such as `t3f2a1c07`: other settings never share a folder."""
    text = json.dumps(settings, sort_keys=True)
    return f"t{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}"
