"""The places of predictions along a genome: cells of one stride, in blocks of a fixed size.

Each contig is cut into cells of `stride` bp from position 0. The value of a cell is the prediction for the window
centred on it, so that values neither overlap nor leave gaps. A region gets every whole cell that shares a base with it.
The grid belongs to the contig and not to the regions: where regions overlap, no cell is predicted twice, and a cell has
the same window whatever regions are chosen. An incomplete last cell of a contig is not used.

A block is `block_size` consecutive cells of a contig, counted from its start, of which those in the regions are
predicted. A longer list of contigs or regions adds blocks and cells, and renames none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..data.grid import merged
from ..data.regions import named_regions, read_bed
from ..errors import UserError
from ..file_names import file_names
from ..files import existing, replacing

BLOCK_SIZE = 200_000  # cells
STRIDE = 200  # bp
Interval = tuple[int, int, int]  # rank of the contig, start and end in bp, 0-based and half-open


@dataclass(frozen=True)
class Block:
    """A piece of a contig that is predicted as one.

    cells : numbers of its cells on the contig, sorted, int64 (n,)
    """

    contig: str
    number: int
    cells: np.ndarray

    def __str__(self) -> str:
        return f"{self.contig}:{self.number}"


class Layout:
    """The cells to predict.

    Parameters
    ----------
    contigs : names and lengths in bp of all contigs of the genome, in its order
    stride : size of a cell in bp
    block_size : number of cells of a block
    intervals : regions to predict; None for the whole genome

    Attributes
    ----------
    ranges : of each contig with cells, in the order of the genome, the sorted ranges of its cells, int64 (n, 2):
        first cell, and the cell after the last
    account : counts of the regions of a BED file, see `danq.data.regions.read_bed`; None if there is no such file
    incomplete : number of contigs whose last cell is in a region and not used, because it ends beyond the contig
    """

    def __init__(
        self,
        contigs: dict[str, int],
        stride: int = STRIDE,
        block_size: int = BLOCK_SIZE,
        intervals: Iterable[Interval] | None = None,
    ):
        for name, value in (("stride", stride), ("block size", block_size)):
            if value < 1:
                raise UserError(f"the {name} must be at least 1, not {value}")
        self.contigs, self.stride, self.block_size = contigs, stride, block_size
        self.ranges: dict[str, np.ndarray] = {}
        self.incomplete = 0
        self.account: dict[str, int] | None = None
        names, every = list(contigs), ((rank, 0, length) for rank, length in enumerate(contigs.values()))
        chosen = np.array(sorted(every if intervals is None else intervals), np.int64).reshape(-1, 3)
        opens = np.flatnonzero(np.diff(chosen[:, 0], prepend=-1))  # first region of each contig
        for regions in np.split(chosen, opens[1:]) if len(chosen) else []:
            self._add(names[regions[0, 0]], regions[:, 1], regions[:, 2])

    def _add(self, contig: str, start: np.ndarray, end: np.ndarray) -> None:
        """Add the regions of a contig."""
        whole, rest = divmod(self.contigs[contig], self.stride)
        self.incomplete += int(rest > 0 and end.max() > whole * self.stride)
        first, stop = start // self.stride, np.minimum(-(-end // self.stride), whole)
        used = first < stop
        if used.any():
            self.ranges[contig] = np.stack(merged(first[used], stop[used]), axis=1)

    def __len__(self) -> int:
        """Number of cells."""
        return int(sum((ranges[:, 1] - ranges[:, 0]).sum() for ranges in self.ranges.values()))

    def names(self) -> list[tuple[str, int]]:
        """Contig and number of every block with cells, in the order of the genome."""
        return [(contig, number) for contig, ranges in self.ranges.items() for number in self._numbers(ranges)]

    def _numbers(self, ranges: np.ndarray) -> list[int]:
        found: set[int] = set()
        for first, stop in ranges.tolist():
            found.update(range(first // self.block_size, (stop - 1) // self.block_size + 1))
        return sorted(found)

    def block(self, contig: str, number: int) -> Block:
        """A block; one without cells is a UserError."""
        pieces = self._pieces(contig, number)
        if not len(pieces):
            raise UserError(f"{contig}:{number}: no such block; there are {', '.join(self._some_names())}")
        return Block(contig, number, np.concatenate([np.arange(*piece) for piece in pieces]))

    def _pieces(self, contig: str, number: int) -> np.ndarray:
        """The ranges of cells of a block, int64 (n, 2)."""
        bounds = number * self.block_size, (number + 1) * self.block_size
        ranges = np.clip(self.ranges.get(contig, np.empty((0, 2), np.int64)), *bounds)
        return ranges[ranges[:, 0] < ranges[:, 1]]

    def regions(self, contig: str, number: int) -> list[str]:
        """The cells of a block as regions, such as `chr7:1001-2000`: the shortest list with the same cells."""
        pieces = self._pieces(contig, number) * self.stride
        return [f"{contig}:{start + 1}-{end}" for start, end in pieces.tolist()]

    def _some_names(self, most: int = 4) -> list[str]:
        names = [f"{contig}:{number}" for contig, number in self.names()]
        return names if len(names) <= most else [*names[:most], f"... {names[-1]}"]

    def blocks(self) -> Iterator[Block]:
        """All blocks in the order of the genome."""
        return (self.block(*name) for name in self.names())

    def window_starts(self, cells: np.ndarray, length: int) -> np.ndarray:
        """The first base (0-based) of the windows of `length` bp that are centred on cells; it may be negative.

        If stride and length differ by an odd number, the window is half a base left of the centre.
        """
        return cells * self.stride + (self.stride - length) // 2


def chosen_layout(
    contigs: dict[str, int], stride: int, block_size: int, regions: Sequence[str] = (), bed: str | Path | None = None
) -> Layout:
    """The layout of contigs (`chr8`), regions (`chr7:1001-2000`) and a BED file; without any, of the whole genome.

    Regions that are not on the genome are treated as in `danq.data.regions`.
    """
    chosen, account = named_regions(regions, contigs), None
    if bed:
        listed, account = read_bed(bed, contigs)
        chosen += listed
    rank = {contig: number for number, contig in enumerate(contigs)}
    intervals = [(rank[region.contig], region.start, region.end) for region in chosen]
    layout = Layout(contigs, stride, block_size, intervals if chosen else None)
    layout.account = account
    if not len(layout):
        raise UserError(f"the regions have no whole cell of {stride} bp; give longer regions or a smaller stride")
    return layout


def named_block(layout: Layout, name: str) -> Block:
    """The block of a name such as `chr1:0`; others are a UserError."""
    contig, _, number = name.rpartition(":")
    if not (contig and number.isascii() and number.isdigit()):
        raise UserError(f"{name}: no such block; write the contig and the number of the block, such as chr1:0")
    return layout.block(contig, int(number))


def read_contigs(path: str | Path) -> dict[str, int]:
    """Names and lengths in bp of contigs, from the index of a FASTA file (`.fai`) or a file of `write_contigs`."""
    lines = existing(path, "list of contigs").read_text(encoding="utf-8").splitlines()
    try:
        return {line.split("\t")[0]: int(line.split("\t")[1]) for line in lines}
    except (ValueError, IndexError):
        raise UserError(f"{path}: not a list of contigs; delete it, and it is made again") from None


def write_contigs(contigs: dict[str, int], path: str | Path) -> None:
    """Write names and lengths, a line for each contig, as UCSC's `chrom.sizes`."""
    with replacing(path) as temporary:
        temporary.write_text("".join(f"{name}\t{length}\n" for name, length in contigs.items()), encoding="utf-8")


def write_hash(path: str | Path, output: str | Path) -> None:
    """Write the SHA-256 of a file."""
    with Path(path).open("rb") as file, replacing(output) as temporary:
        temporary.write_text(f"{hashlib.file_digest(file, 'sha256').hexdigest()}\n", encoding="utf-8")


def shard_names(layout: Layout) -> dict[str, tuple[str, int]]:
    """The file names of all shards, such as `chr1.0.h5`, to contig and number of the block."""
    safe = dict(zip(layout.contigs, file_names(layout.contigs), strict=True))
    return {f"{safe[contig]}.{number}.h5": (contig, number) for contig, number in layout.names()}
