"""The baselines by name, each a module of this room with a function `fit(data)`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from ..errors import UserError

BASELINES = {
    "composition": "share of G and C and CpG of the window",
    "motif": "per target, the best score of the known motif with the highest training AUROC",
    "kmer": "counts of canonical k-mers",
}


def fitter(name: str) -> Callable:
    """The function `fit` of a baseline."""
    if name not in BASELINES:
        raise UserError(f"baseline {name!r} is unknown; choose from {', '.join(BASELINES)}")
    return import_module(f"{__package__}.{name}").fit
