"""Predictions of any source, written to a file."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

from ..data.sources import Source
from .devices import Devices
from .ensembles import Ensemble
from .predictions import writing

log = logging.getLogger(__name__)


def predict(
    checkpoints: str | Path | Sequence[str | Path],
    source: Source,
    output: str | Path,
    strands: str = "both",
    devices: Devices | None = None,
) -> None:
    """Predict all sequences and write the probabilities to an HDF5 file (see `predictions`).

    The file also holds the labels if the source is `Windows`. Several checkpoints are averaged, and their spread is
    written, too.
    """
    paths = [checkpoints] if isinstance(checkpoints, str | Path) else checkpoints
    ensemble = Ensemble(paths, strands, devices)
    ensemble.check_fit(source)
    n, begin = len(source), time.monotonic()
    facts = {"architecture": ensemble.architecture, "strands": strands, "members": len(paths)}
    with writing(output, source, ensemble.targets, **facts) as data:
        for block, members in ensemble.members(source):
            data.fill(block, members)
    seconds = time.monotonic() - begin
    log.info("%s windows predicted in %.0f s (%.0f/s)", f"{n:,}", seconds, n / seconds)
