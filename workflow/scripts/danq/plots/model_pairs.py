"""A folder of pictures that compare models, one per pair."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd
from matplotlib.figure import Figure

from ..evaluation.roles import shown_pairs
from .models import two_models


def pairs(auc: pd.DataFrame, tests: pd.DataFrame) -> dict[str, Callable[[], Figure]]:
    """Functions that draw each two models, and each model and the best baseline, by name: `FIRST.vs.SECOND`.

    There are none for one model and no baseline.

    auc : of all models, as `evaluate` makes it
    tests : of all pairs, as `compare_models.paired_table` makes them
    """
    return {
        f"{first}.vs.{second}": partial(two_models, auc, tests, first, second) for first, second in shown_pairs(auc)
    }
