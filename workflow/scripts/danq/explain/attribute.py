"""Attributions of chosen windows and targets by one method, written to a file (see `attributions`)."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ..data.sources import PackedArray, Source
from ..data.windows import Windows, blocks
from ..errors import UserError
from ..runtime import checkpoint
from ..runtime.ensembles import Ensemble
from ..runtime.gradients import Logits
from .attributions import Facts, writing
from .methods import METHODS

log = logging.getLogger(__name__)
CHUNK = 128  # windows explained at a time
ROUNDS = 8  # targets of a window that share one pass


def attribute(
    ensemble: Ensemble,
    source: Source,
    chosen: Mapping[int, np.ndarray],
    method: str,
    output: str | Path,
    names: list[str] | None = None,
    **settings,
) -> None:
    """Explain windows by one method. Memory does not grow with their number, except for their packed sequences.

    chosen : increasing rows of the source, by the index of each target
    method : a key of `METHODS`
    names : of the windows of the source
    settings : of the method
    """
    ensemble.check_fit(source)
    rows = np.unique(np.concatenate([np.asarray(one, np.int64) for one in chosen.values()]))
    for index, one in chosen.items():
        if not len(one):
            log.warning("target %d (%s): no window to explain", index, ensemble.targets[index - 1].title)
    if not len(rows):
        raise UserError(f"{source}: no window to explain for any target; choose other windows")
    log.info("%s: %s windows to explain for %d targets", source, f"{len(rows):,}", len(chosen))
    packed = np.concatenate([source.packed(rows[block]) for block in blocks(len(rows), 1 << 14)])
    chosen = {index: np.searchsorted(rows, one) for index, one in chosen.items()}
    places = source.places()
    labelled = isinstance(source, Windows)
    facts = Facts(
        method,
        ensemble.strands,
        ensemble.architecture,
        tuple(checkpoint.digest(path) for path in ensemble.paths),
        source.fingerprint if labelled else str(source),
        settings,
        source.assembly if labelled else "",
    )
    logits, errors = Logits.of(ensemble), []
    with writing(
        output,
        facts,
        packed,
        rows,
        source.length,
        ensemble.targets,
        chosen,
        places=places and (places[0][rows], places[1][rows]),
        names=[names[row] for row in rows] if names else (),
        labelled=labelled,
    ) as file:
        total = sum(map(len, chosen.values()))
        with tqdm(desc=method.replace("_", " "), total=total, unit=" maps", disable=None) as progress:
            for block in blocks(len(rows), CHUNK):
                part = PackedArray(packed[block], source.length)
                probabilities = np.concatenate(
                    [found for _, found in ensemble.means(part, progress=tqdm(disable=True))]
                )
                labels = source.labels(rows[block]) if labelled else None
                for index, here, found, error in _of_block(logits, packed, chosen, block, method, settings):
                    local, column = chosen[index][here] - block.start, index - 1
                    values = {"prediction": probabilities[local, column], "error": error}
                    values["label"] = None if labels is None else labels[local, column]
                    file.fill(ensemble.targets[column], here, found, **values)
                    errors += [] if error is None else error.tolist()
                    progress.update(len(found))
    if errors:
        _report(np.array(errors), settings.get("tolerance", 0.01))


def _of_block(
    logits: Logits, packed: np.ndarray, chosen: Mapping[int, np.ndarray], block: slice, method: str, settings: Mapping
) -> Iterator[tuple[int, slice, np.ndarray, np.ndarray | None]]:
    """Each target's windows in a block of `packed`: the target's index, their slice, their maps, and errors."""
    spans = {index: slice(*np.searchsorted(one, [block.start, block.stop])) for index, one in chosen.items()}
    groups: list[list[int]] = []  # targets whose maps are made in one pass
    wanted = [index for index, span in spans.items() if span.stop > span.start]
    most = len(wanted) if method == "mutagenesis" else ROUNDS  # mutants are predicted for all targets at once
    for index in wanted:
        if not groups or len(groups[-1]) == most:
            groups.append([])
        groups[-1].append(index)
    for group in groups:
        local = {index: chosen[index][spans[index]] for index in group}
        some = np.unique(np.concatenate(list(local.values())))
        turn = np.zeros(len(some), int)
        where = {}
        for index in group:  # targets take the next free turn of their windows
            at = np.searchsorted(some, local[index])
            where[index] = turn[at], at
            turn[at] += 1
        columns = np.full((turn.max(), len(some)), group[0] - 1)
        for index, place in where.items():
            columns[place] = index - 1
        found, error = METHODS[method](logits, packed[some], columns, **settings)
        for index, place in where.items():
            yield index, spans[index], found[place], None if error is None else error[place]


def _report(errors: np.ndarray, tolerance: float) -> None:
    """Log the completeness errors of all maps."""
    above = int((errors > tolerance).sum())
    text = "completeness error: mean %.2g, largest %.2g; %d of %d maps above %g"
    (log.warning if above else log.info)(text, errors.mean(), errors.max(), above, len(errors), tolerance)
