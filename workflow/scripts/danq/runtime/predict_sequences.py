"""Predictions of sequences without labels, for chosen targets, as an HDF5 file or a table.

The HDF5 file is that of `predictions`, with the place of each window: `record` int32 (N,), the number of its contig or
FASTA record in `records`, and `start` int64 (N,), its first base in it (0-based; negative where unknown bases come
before it). Windows along regions of a genome also have `region` int32 (N,), a number in `regions`. Attributes: `length`
and `stride` in bp, `account` (JSON: the counts of `given_sequences.tiles_of`).
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from ..data.chosen_targets import choose
from ..data.sources import Source
from ..data.targets import Target
from ..data.tiles import GenomeTiles, Tiles
from ..data.windows import blocks
from ..errors import UserError
from ..tables import Table
from .ensembles import Ensemble
from .predictions import Probabilities, is_table, writing

log = logging.getLogger(__name__)
MAX_ROWS = 10_000
PLACE = ("record", "start", "end", "strand")
TABLE = Table("table of predictions", PLACE, words=("record", "strand"), others=True)
REGIONS = Table("table of predictions", (*PLACE, "region"), words=("record", "strand", "region"), others=True)


def check_rows(output: str | Path, n: int, max_rows: int = MAX_ROWS) -> None:
    """Raise a UserError if `n` windows are too many for a table."""
    if is_table(output) and n > max_rows:
        raise UserError(
            f"{output}: {n:,} windows are more than the {max_rows:,} rows of a table; write HDF5 (a name that ends in "
            ".h5), or raise --max-rows"
        )


def predict_sequences(
    ensemble: Ensemble,
    source: Source,
    output: str | Path,
    wanted: Sequence[str] = (),
    account: dict[str, int] | None = None,
    max_rows: int = MAX_ROWS,
) -> None:
    """Predict all sequences and write the probabilities, and for several checkpoints their spread.

    source : `Tiles`, or for a table another source with known places
    output : a name that ends in .tsv or .tsv.gz is a table with a row per window: `record`, `start`, `end` (0-based,
        half-open), `strand` (`+`, or `.` for the mean of both), for a genome `region`, a column per target and, for
        several checkpoints, another with its spread. Other names are HDF5 files
    wanted : targets, see `choose`; empty takes all
    account : counts to write into the HDF5 file
    max_rows : of a table
    """
    check_rows(output, len(source), max_rows)
    ensemble.check_fit(source)
    targets = choose(ensemble.targets, wanted) if wanted else ensemble.targets
    columns = [target.index - 1 for target in targets]
    begin = time.monotonic()
    if is_table(output):
        _write_table(ensemble, source, Path(output), targets, columns)
    else:
        also = partial(_write_places, source=source, account=account or {})
        facts = {"architecture": ensemble.architecture, "strands": ensemble.strands, "members": len(ensemble.models)}
        with writing(output, source, targets, **facts, also=also) as data:
            for block, members in ensemble.members(source):
                data.fill(block, members, columns)
    seconds = time.monotonic() - begin
    log.info("%s windows predicted in %.0f s (%.0f/s)", f"{len(source):,}", seconds, len(source) / seconds)


def _write_places(file: h5py.File, source: Tiles, account: dict[str, int]) -> None:
    """Write where each window lies."""
    n = len(source)
    numbers = {"record": (np.int32, source.record), "start": (np.int64, source.starts)}
    file["records"] = list(source.names)
    if isinstance(source, GenomeTiles):
        numbers["region"] = (np.int32, source.sequence)
        file["regions"] = list(source.titles)
    for name, (dtype, method) in numbers.items():
        data = file.create_dataset(name, (n,), dtype)
        for block in blocks(n):
            data[block] = method(source.rows(block))
    file.attrs.update(length=source.length, stride=source.stride, account=json.dumps(account))


def _write_table(
    ensemble: Ensemble, source: Source, path: Path, targets: Sequence[Target], columns: Sequence[int]
) -> None:
    """Predict, and write a table; its rows are held in memory."""
    places = source.places()
    if places is None:
        raise UserError(f"{source}: its windows have no known places for a table; write HDF5 (a name that ends in .h5)")
    several, shape = len(ensemble.models) > 1, (len(source), len(targets))
    arrays = [np.empty(shape, np.float32) for _ in range(1 + several)]
    data = Probabilities(arrays[0], source, targets, ensemble.architecture, arrays[1] if several else None)
    for block, members in ensemble.members(source):
        data.fill(block, members, columns)
    names, starts = places
    facts = {"record": names, "start": starts, "end": starts + source.length}
    facts["strand"] = "." if ensemble.strands == "both" else "+"
    table = TABLE
    if isinstance(source, GenomeTiles):
        table = REGIONS
        facts["region"] = np.array(source.titles, object)[source.sequence(source.rows(slice(None)))]
    titles = column_names(targets)
    if several:
        titles += [f"{title}_spread" for title in titles]
    values = pd.DataFrame(np.concatenate(arrays, axis=1), columns=titles)
    table.write(pd.concat([pd.DataFrame(facts), values], axis=1), path)


def column_names(targets: Sequence[Target]) -> list[str]:
    """The targets' titles, with their numbers (`3 K562|CTCF`) where a title would not tell its column from others."""
    taken = Counter(target.title for target in targets)
    taken.update((*REGIONS.columns, *(f"{target.title}_spread" for target in targets)))
    return [target.title if taken[target.title] == 1 else f"{target.index} {target.title}" for target in targets]
