"""Predictions of the cells of a genome, block by block.

A window may reach beyond the end of its contig, where bases count as unknown. A cell whose window has a larger share of
unknown bases than allowed is skipped and counted.

Each block is predicted by itself, whether it is one of many or a shard: the sizes of batches, on which the last bits of
a probability may depend, are then the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import numpy as np
from tqdm import tqdm

from ..data import onehot
from ..data.genome import Genome
from ..data.sources import Source
from ..data.targets import Target
from ..errors import UserError
from ..runtime.ensembles import Ensemble
from .block_values import BlockValues
from .layout import Block, Layout
from .shards import Settings

MAX_UNKNOWN = 0.1


class CellWindows(Source):
    """The windows of a block's cells. Only the block's piece of the contig is read.

    Parameters
    ----------
    length : length of a window in bp
    max_unknown : largest share of unknown bases of a window; cells above it are left out

    Attributes
    ----------
    cells : numbers of the cells, int64 (n,)
    skipped : number of cells left out, by reason: with bases beyond the contig, or with unknown bases alone
    """

    def __init__(self, genome: Genome, layout: Layout, block: Block, length: int, max_unknown: float = MAX_UNKNOWN):
        self.length, self._block = length, block
        starts = layout.window_starts(block.cells, length)
        self._first = max(int(starts[0]), 0)
        last = min(int(starts[-1]) + length, genome.contigs[block.contig])
        nibbles = genome.nibbles(block.contig, self._first, last)
        known = np.concatenate([[0], np.cumsum(nibbles > 0, dtype=np.int32)])
        begin, end = (np.clip(starts + shift - self._first, 0, len(nibbles)) for shift in (0, length))
        skip = length - (known[end] - known[begin]) > max_unknown * length
        beyond = skip & (end - begin < length)
        self.skipped = {"beyond_contig": int(beyond.sum()), "unknown_bases": int((skip & ~beyond).sum())}
        self.cells, self._starts = block.cells[~skip], starts[~skip]
        self._cutter = onehot.Cutter(nibbles, length)

    def __str__(self) -> str:
        return f"the windows of block {self._block}"

    def __len__(self) -> int:
        return len(self.cells)

    def _forward(self, index) -> np.ndarray:
        return self._cutter(self._starts[index] - self._first)

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        return np.full(len(self), self._block.contig, object), self._starts


def check_share(max_unknown: float) -> None:
    """Raise a UserError unless the largest share of unknown bases is a share."""
    if not 0 <= max_unknown <= 1:
        raise UserError(f"the largest share of unknown bases must be from 0 to 1, not {max_unknown:g}")


def predict_block(
    ensemble: Ensemble,
    genome: Genome,
    layout: Layout,
    block: Block,
    targets: Sequence[Target],
    max_unknown: float = MAX_UNKNOWN,
    progress: tqdm | None = None,
) -> BlockValues:
    """Predict the chosen targets of a block. A probability that is no number is a UserError."""
    source = CellWindows(genome, layout, block, ensemble.length, max_unknown)
    columns = [target.index - 1 for target in targets]
    values = np.empty((len(source), len(columns)), np.float32)
    if len(source):
        for rows, probabilities in ensemble.means(source, progress=progress):
            values[rows] = probabilities[:, columns]
    if progress is not None:
        progress.update(sum(source.skipped.values()))
    if not np.isfinite(values).all():
        raise UserError(
            f"{', '.join(map(str, ensemble.paths))}: predicts values that are no numbers in block {block}; "
            "its training has diverged or overflowed, train again with a lower learning rate or in float32"
        )
    return BlockValues(block.contig, block.number, source.cells, values, source.skipped)


def predict_blocks(
    ensemble: Ensemble,
    genome: Genome,
    layout: Layout,
    targets: Sequence[Target],
    max_unknown: float = MAX_UNKNOWN,
) -> Iterator[BlockValues]:
    """Predict all blocks in the order of the genome, with one progress bar."""
    with tqdm(desc="predicting", total=len(layout), unit=" windows", disable=None) as progress:
        for block in layout.blocks():
            yield predict_block(ensemble, genome, layout, block, targets, max_unknown, progress)


def settings_of(ensemble: Ensemble, layout: Layout, targets: Sequence[Target], max_unknown: float) -> Settings:
    """The settings of a run."""
    hashes = tuple(hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest() for path in ensemble.paths)
    chosen = tuple(target.index for target in targets)
    sizes = (layout.stride, layout.block_size, ensemble.length)
    return Settings(chosen, *sizes, max_unknown, ensemble.strands, hashes)
