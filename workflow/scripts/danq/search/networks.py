"""The networks at the edges of a space: built, but not trained, to find sizes that do not fit the windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import pandas as pd

from ..errors import UserError
from ..models import registry
from ..tables import Table
from .space import Dimension, shown

NETWORKS = Table("table of networks", ("sizes", "parameters"), words=("sizes",))


def corners(space: Sequence[Dimension]) -> list[dict[str, Any]]:
    """The hyperparameters with all numbers at their highest, at their lowest, and each value with the others highest.

    space : dimensions of hyperparameters, `sizes.filters`. Words are at the first choice in the first two.
    """
    highest = {one.name: _ends(one)[-1] for one in space}
    found = [highest, {one.name: _ends(one)[0] for one in space}]
    found += [highest | {one.name: value} for one in space for value in _ends(one)]
    return [sizes for i, sizes in enumerate(found) if sizes not in found[:i]]


def _ends(one: Dimension) -> list[Any]:
    """The values to try: all choices, numbers in order, or the ends of a range."""
    if not one.choices:
        return [one.low, one.high]
    return sorted(one.choices) if one.ordered else list(one.choices)


def networks(
    architecture: str, window: int, targets: int, space: Sequence[Dimension], fixed: Mapping[str, Any]
) -> pd.DataFrame:
    """Build the networks at the corners, and count their parameters (columns of `NETWORKS`).

    fixed : hyperparameters that the space does not vary. A network that cannot be built is a UserError.
    """
    rows = []
    for corner in corners(space):
        sizes = {name.removeprefix("sizes."): value for name, value in corner.items()}
        words = ", ".join(f"{name} {shown(value)}" for name, value in sizes.items())
        try:
            model = registry.build(architecture, window, targets, **{**fixed, **sizes})
        except UserError as error:
            raise UserError(f"the space has a network that cannot be built ({words}): {error}") from None
        rows.append({"sizes": words, "parameters": model.count_params()})
        keras.backend.clear_session()
    return pd.DataFrame(rows)
