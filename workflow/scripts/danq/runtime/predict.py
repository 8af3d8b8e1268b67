"""Predictions of any source, written to a file."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from ..data.sources import Source
from .devices import Devices
from .ensembles import Ensemble
from .predictions import writing

log = logging.getLogger(__name__)


def predict(
    checkpoint_path: str | Path,
    source: Source,
    output: str | Path,
    strands: str = "both",
    devices: Devices | None = None,
) -> None:
    """Predict all sequences and write the probabilities to an HDF5 file (see `predictions`).

    The file also holds the labels if the source is `Windows`.
    """
    ensemble = Ensemble([checkpoint_path], strands, devices)
    ensemble.check_fit(source)
    n, begin = len(source), time.monotonic()
    with writing(output, source, ensemble.targets, architecture=ensemble.architecture, strands=strands) as data:
        for block, probabilities in ensemble.means(source):
            data[block] = probabilities
    seconds = time.monotonic() - begin
    log.info("%s windows predicted in %.0f s (%.0f/s)", f"{n:,}", seconds, n / seconds)
