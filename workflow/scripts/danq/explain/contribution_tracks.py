"""Contributions of bases as tracks for genome browsers: a bigWig file of each target.

The value of a base is its contribution to the logit, the mean over all explained windows of the target that have the
base. Bases in no window have no value, and neither have unknown bases.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from ..data import onehot
from ..data.genome import Genome
from ..data.targets import Target
from ..data.windows import blocks
from ..errors import UserError
from ..tracks.block_values import BlockValues
from ..tracks.contribution_table import CONTRIBUTIONS
from ..tracks.files import writing
from ..tracks.names import track_names
from .attributions import CHUNK, Attributions

log = logging.getLogger(__name__)
Run = tuple[str, int, np.ndarray, np.ndarray]


def contribution_files(folder: str | Path, found: Attributions) -> list[Path]:
    """All files that `write_contributions` writes."""
    names = track_names(found.all_targets, found.targets)
    return [Path(folder, "tracks.tsv"), *(Path(folder, f"{name}.bw") for name in names)]


def write_contributions(folder: str | Path, found: Attributions, genome: Genome) -> None:
    """Write the bigWig file of each explained target, and their table `tracks.tsv`.

    Windows without places, or with other bases than the genome has there, are a UserError. Memory does not grow with
    the number of windows.
    """
    _check_bases(found, genome)
    rank = {name: number for number, name in enumerate(genome.contigs)}
    ranks = np.array([rank[name] for name in found.places()[0]], np.int64)
    names = track_names(found.all_targets, found.targets)
    rows = [
        {
            "index": target.index,
            "target": target.title,
            "assay": target.assay,
            "file": f"{name}.bw",
            **_write(folder, name, found, target, ranks, genome.contigs),
        }
        for target, name in zip(found.targets, names, strict=True)
    ]
    CONTRIBUTIONS.write(pd.DataFrame(rows), Path(folder, "tracks.tsv"))


def _check_bases(found: Attributions, genome: Genome) -> None:
    """Raise a UserError unless the windows' known bases are those of the genome at their places."""
    places = found.places()
    if places is None:
        raise UserError(f"{found.path}: its windows have no places on a genome, so they have no tracks")
    for name in found.contigs:
        if name not in genome.contigs:
            raise UserError(f"{found.path}: has windows on {name}, which {genome.path} lacks; give their genome")
    for block in blocks(len(found), CHUNK):
        windows = onehot.unpack(found.packed(block), found.length)
        for contig, start, window in zip(places[0][block], places[1][block].tolist(), windows, strict=True):
            begin, end = (min(max(place, 0), genome.contigs[contig]) for place in (start, start + found.length))
            there = np.zeros_like(window)
            if begin < end:
                packed = onehot.pack_nibbles(genome.nibbles(contig, begin, end)[None])
                there[begin - start : end - start] = onehot.unpack(packed, end - begin)[0]
            if (window > there).any():
                raise UserError(
                    f"{found.path}: has other bases than {genome.path} at {contig}:{start + 1}-{start + found.length}; "
                    "give the genome of its windows"
                )


def _write(folder, name: str, found: Attributions, target: Target, ranks: np.ndarray, contigs: dict[str, int]) -> dict:
    """Write the file of one target; its counts and range."""
    row = {"windows": len(found.windows(target)), "bases": 0, "overlapping": 0, "unknown": 0}
    lowest, highest = np.inf, -np.inf
    with writing(folder, [name], contigs, stride=1) as writer:
        for contig, start, total, count in _runs(found, target, ranks, list(contigs)):
            at = np.flatnonzero(count)
            row["bases"] += len(at)
            row["overlapping"] += int((count > 1).sum())
            row["unknown"] += len(count) - len(at)
            if len(at):
                values = (total[at] / count[at]).astype(np.float32)[:, None]
                writer.append(BlockValues(contig, 0, start + at, values))
                lowest, highest = min(lowest, values.min()), max(highest, values.max())
    log.info("%s: %s bases of %s windows; %s are in several windows, %s unknown ones are left out",
             target.title, *(f"{row[key]:,}" for key in ("bases", "windows", "overlapping", "unknown")))  # fmt: skip
    if not row["bases"]:
        lowest = highest = np.nan
        log.warning("%s: its track has no values, because no window with known bases is explained", target.title)
    return row | {"lowest": lowest, "highest": highest}


def _runs(found: Attributions, target: Target, ranks: np.ndarray, names: list[str]) -> Iterator[Run]:
    """Contig, first base, and for neighbouring bases the sum of contributions and the number of windows that have it.

    All bases of the windows come once, in the order of the genome; an unknown base has the number 0.
    """
    rows, starts, length = found.windows(target), found.places()[1], found.length
    order = np.lexsort((starts[rows], ranks[rows]))
    rank, start = -1, 0  # of the bases that further windows may have
    total, count = np.empty(0), np.empty(0, np.int64)
    for begin in range(0, len(order), CHUNK):
        chosen = order[begin : begin + CHUNK]
        sorted_chosen, back = np.unique(chosen, return_inverse=True)
        bases, _, contributions = found.of(target, sorted_chosen)
        known, heights = bases.any(axis=2)[back], contributions.sum(axis=2)[back]
        for i, row in enumerate(rows[chosen].tolist()):
            here = int(starts[row])
            if ranks[row] != rank or here > start + len(total):
                if len(total):
                    yield names[rank], start, total, count
                rank, start, total, count = int(ranks[row]), here, np.zeros(0), np.zeros(0, np.int64)
            done = here - start
            if done:
                yield names[rank], start, total[:done], count[:done]
                start, total, count = here, total[done:], count[done:]
            more = length - len(total)
            total = np.concatenate([total, np.zeros(more)]) + heights[i]
            count = np.concatenate([count, np.zeros(more, np.int64)]) + known[i]
    if len(total):
        yield names[rank], start, total, count
