"""Track files: a bigWig, and on request a bedGraph, of each target.

bigWig: Kent et al. 2010, Bioinformatics 26:2204, written with pyBigWig. A value covers the `stride` bp of its cell;
cells without a prediction have none.
"""

from __future__ import annotations

import gzip
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyBigWig

from ..data.given_sequences import write_account
from ..data.targets import Target
from ..files import replacing
from .block_values import SKIPPED, TRACKS, BlockValues
from .layout import Layout

log = logging.getLogger(__name__)
PIECE = 1 << 16  # cells written at a time


def track_files(folder: str | Path, names: Sequence[str], bedgraph: bool = False) -> list[Path]:
    """All files that `write_tracks` may write."""
    suffixes = (".bw", ".bedGraph.gz") if bedgraph else (".bw",)
    return [
        Path(folder, "tracks.tsv"),
        Path(folder, "regions.tsv"),
        *(Path(folder, f"{name}{suffix}") for name in names for suffix in suffixes),
    ]


class Sink(Protocol):
    """A track file that values are appended to."""

    def append(self, contig: str, start: int, stride: int, values: np.ndarray) -> None:
        """Append float32 (n,): a value for each `stride` bp from `start`."""

    def close(self) -> None:
        """Write what is left."""


class BigWig:
    """A bigWig file with the contigs of a genome in its order."""

    def __init__(self, path: Path, contigs: dict[str, int]):
        self._file = pyBigWig.open(str(path), "w")
        self._file.addHeader(list(contigs.items()))  # with pyBigWig's zoom levels, which some browsers require

    def append(self, contig: str, start: int, stride: int, values: np.ndarray) -> None:
        self._file.addEntries(contig, start, values=values, span=stride, step=stride)

    def close(self) -> None:
        self._file.close()


class BedGraph:
    """A gzip bedGraph file, whose bytes depend on the content only. Its values are read back as the same float32."""

    def __init__(self, path: Path):
        self._raw = path.open("wb")
        self._file = gzip.GzipFile(filename="", mode="wb", fileobj=self._raw, mtime=0)

    def append(self, contig: str, start: int, stride: int, values: np.ndarray) -> None:
        starts = start + stride * np.arange(len(values))
        rows = zip(starts.tolist(), values.astype(str).tolist(), strict=True)
        self._file.write("".join(f"{contig}\t{one}\t{one + stride}\t{value}\n" for one, value in rows).encode())

    def close(self) -> None:
        self._file.close()
        self._raw.close()


class Writer:
    """Appends blocks in the order of the genome; created by `writing`.

    Consecutive cells are joined across blocks and written in pieces of a fixed size, so that the bytes of the files
    depend on the values and not on the blocks.
    """

    def __init__(self, sinks: Sequence[Sequence[Sink]], stride: int):
        self._sinks, self._stride = sinks, stride
        self._contig, self._next, self._waiting = "", 0, np.empty((0, len(sinks)), np.float32)
        self.cells, self.total = 0, np.zeros(len(sinks))
        self.most = np.full(len(sinks), -np.inf)
        self.skipped = dict.fromkeys(SKIPPED, 0)

    def append(self, block: BlockValues) -> None:
        """Append the values of a block."""
        for reason, count in block.skipped.items():
            self.skipped[reason] += count
        if not len(block.cells):
            return
        self.cells += len(block.cells)
        self.total += block.probabilities.sum(axis=0, dtype=np.float64)
        self.most = np.maximum(self.most, block.probabilities.max(axis=0))
        breaks = np.flatnonzero(np.diff(block.cells) != 1) + 1
        for first, stop in zip([0, *breaks], [*breaks, len(block.cells)], strict=True):
            self._append_run(block.contig, int(block.cells[first]), block.probabilities[first:stop])

    def _append_run(self, contig: str, cell: int, values: np.ndarray) -> None:
        """Append consecutive cells."""
        if (contig, cell) != (self._contig, self._next):
            self.flush()
            self._contig = contig
        self._next = cell + len(values)
        self._waiting = np.concatenate([self._waiting, values])
        while len(self._waiting) >= PIECE:
            self._write(PIECE)

    def _write(self, count: int) -> None:
        """Write the first waiting values."""
        start = (self._next - len(self._waiting)) * self._stride
        for column, sinks in enumerate(self._sinks):
            for sink in sinks:
                sink.append(self._contig, start, self._stride, np.ascontiguousarray(self._waiting[:count, column]))
        self._waiting = self._waiting[count:]

    def flush(self) -> None:
        """Write all waiting values."""
        if len(self._waiting):
            self._write(len(self._waiting))


@contextmanager
def writing(
    folder: str | Path, names: Sequence[str], contigs: dict[str, int], stride: int, bedgraph: bool = False
) -> Iterator[Writer]:
    """Yield a Writer of `NAME.bw`, and with `bedgraph` `NAME.bedGraph.gz`, for each name in the order of the targets.

    contigs : names and lengths in bp of all contigs, in the order of the genome
    stride : size of a cell in bp

    On an error, no file is left and old files are kept.
    """
    with ExitStack() as stack:
        sinks: list[list[Sink]] = []
        for name in names:
            sinks.append([BigWig(stack.enter_context(replacing(Path(folder, f"{name}.bw"))), contigs)])
            if bedgraph:
                sinks[-1].append(BedGraph(stack.enter_context(replacing(Path(folder, f"{name}.bedGraph.gz")))))
        try:
            writer = Writer(sinks, stride)
            yield writer
            writer.flush()
        finally:
            for sink in (sink for pair in sinks for sink in pair):
                sink.close()


def write_tracks(
    folder: str | Path,
    blocks: Iterable[BlockValues],
    names: Sequence[str],
    targets: Sequence[Target],
    layout: Layout,
    bedgraph: bool = False,
) -> None:
    """Write the tracks of all blocks of a layout, and their table `tracks.tsv`.

    If the regions are from a BED file, `regions.tsv` counts them.
    """
    with writing(folder, names, layout.contigs, layout.stride, bedgraph) as writer:
        for block in blocks:
            writer.append(block)
    table = summary(writer, targets, names, layout.stride, layout.incomplete)
    TRACKS.write(table, Path(folder, "tracks.tsv"))
    if layout.account:
        write_account(layout.account, Path(folder, "regions.tsv"))
    skipped = ", ".join(f"{count:,} {reason.replace('_', ' ')}" for reason, count in writer.skipped.items())
    log.info("%d tracks of %s cells; skipped: %s", len(targets), f"{writer.cells:,}", skipped)
    if not writer.cells:
        log.warning("no cell has a value, because all windows have too many unknown bases")


def summary(
    writer: Writer, targets: Sequence[Target], names: Sequence[str], stride: int, incomplete: int
) -> pd.DataFrame:
    """The table `TRACKS` of what was written, a row for each target."""
    return pd.DataFrame(
        {
            "index": [target.index for target in targets],
            "target": [target.title for target in targets],
            "assay": [target.assay for target in targets],
            "file": [f"{name}.bw" for name in names],
            "stride": stride,
            "cells": writer.cells,
            "mean": writer.total / writer.cells if writer.cells else np.nan,
            "max": writer.most if writer.cells else np.nan,
            **writer.skipped,
            "incomplete": incomplete,
        }
    )
