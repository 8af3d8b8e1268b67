"""Merges the peaks of replicates into one file."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ..data.grid import Grid, merged
from ..data.peaks import read_peaks
from ..files import replacing


def consensus(
    paths: Sequence[Path], contigs: Mapping[str, int], aliases: str | None = None
) -> tuple[list[tuple[str, int, int]], int]:
    """Regions with peaks of at least two replicates, and the number of regions with peaks of one only.

    Overlapping or touching peaks of all replicates are joined to regions (name of the contig, start, end, as in BED),
    and those to which at least two replicates contribute are kept, as in DiffBind (Ross-Innes et al. 2012, Nature
    481:389-393).

    aliases : table of other names of the contigs, see `contig_names.read_aliases`
    """
    grid = Grid(dict(contigs), 1)
    lines = []
    for path in paths:
        peaks = read_peaks(path, grid.contigs, aliases=aliases)
        lines.append((grid.line(peaks.contig, peaks.start), grid.line(peaks.contig, peaks.end)))
    # Contigs touch on the line: a base between them keeps peaks at their ends apart.
    shift = [np.searchsorted(grid.first_bin, start, side="right") - 1 for start, _ in lines]
    lines = [(start + rank, end + rank) for (start, end), rank in zip(lines, shift, strict=True)]
    start, end = merged(*(np.concatenate(part) for part in zip(*lines, strict=True)))
    contributing = np.zeros(len(start), int)
    for first, _ in lines:
        contributing[np.unique(np.searchsorted(start, first, side="right") - 1)] += 1
    names, both = list(contigs), contributing >= 2
    found = []
    for first, last in zip(start[both].tolist(), end[both].tolist(), strict=True):
        rank = int(np.searchsorted(grid.first_bin + np.arange(len(grid.first_bin)), first, side="right")) - 1
        offset = int(grid.first_bin[rank]) + rank
        found.append((names[rank], first - offset, last - offset))
    return found, int((~both).sum())


def write_bed(regions: Sequence[tuple[str, int, int]], path: Path) -> None:
    """Write regions as compressed BED, whose bytes depend on the regions only."""
    text = "".join(f"{contig}\t{start}\t{end}\n" for contig, start, end in regions)
    with replacing(path) as temporary:
        temporary.write_bytes(gzip.compress(text.encode(), mtime=0))
