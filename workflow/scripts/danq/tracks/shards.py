"""Shards: the values of one block in a file, written by one job and joined by another.

An HDF5 file with `cells` int64 (n,), `probabilities` float32 (n, T) and `targets` JSON (all targets of the models).
Attributes: `settings` (JSON; what all shards of a run share), `contig`, `block`, `skipped` (JSON, by reason).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import h5py
import numpy as np

from .. import hdf5
from ..data.targets import Target, from_json, to_json
from ..errors import UserError
from ..files import replacing
from .block_values import SKIPPED, BlockValues
from .layout import Layout, shard_names

FORMAT = "danq-tracks-1"


@dataclass(frozen=True)
class Settings:
    """What the shards of a run have in common.

    chosen : numbers of the chosen targets
    stride, block_size : of the layout
    window : length of a window in bp
    max_unknown : largest share of unknown bases of a window
    strands : "both" (averaged) or "forward"
    models : hash of each checkpoint
    """

    chosen: tuple[int, ...]
    stride: int
    block_size: int
    window: int
    max_unknown: float
    strands: str
    models: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, text: str) -> Settings:
        found = json.loads(text)
        return cls(**found | {name: tuple(found[name]) for name in ("chosen", "models")})


def write_shard(path: str | Path, block: BlockValues, targets: Sequence[Target], settings: Settings) -> None:
    """Write the values of a block. targets : all targets of the models"""
    room = block.probabilities.nbytes + block.cells.nbytes
    with replacing(path, room=room) as temporary, h5py.File(temporary, "w") as file:
        file["cells"], file["probabilities"], file["targets"] = block.cells, block.probabilities, to_json(targets)
        file.attrs.update(
            format=FORMAT,
            contig=block.contig,
            block=block.number,
            settings=json.dumps(asdict(settings)),
            skipped=json.dumps(block.skipped),
        )


def read_shard(path: str | Path) -> tuple[BlockValues, list[Target], Settings]:
    """A shard's values, all targets of its models, and its settings; a file of another kind is a UserError."""
    with hdf5.reading(path, "shard of tracks", "delete it and predict it again") as file:
        if file.attrs.get("format") != FORMAT:
            raise UserError(f"{path}: not a shard of this workflow; make one with tracks.py --shard")
        settings, targets = Settings.from_json(file.attrs["settings"]), from_json(file["targets"][()])
        values = hdf5.dataset(file, "probabilities", np.float32, (None, len(settings.chosen)))[()]
        cells = hdf5.dataset(file, "cells", np.int64, (len(values),))[()]
        skipped = {reason: int(json.loads(file.attrs["skipped"])[reason]) for reason in SKIPPED}
        if not set(settings.chosen) <= {target.index for target in targets} or (np.diff(cells) < 1).any():
            raise ValueError("its parts contradict each other")
        if not (values.min(initial=0) >= 0 and values.max(initial=0) <= 1):  # false for NaN, too
            raise ValueError("it holds values that are no probabilities")
        block = BlockValues(str(file.attrs["contig"]), int(file.attrs["block"]), cells, values, skipped)
    return block, targets, settings


class Shards:
    """The shards of a layout in a folder, in the order of the genome. Files that the layout does not name are ignored.

    Attributes
    ----------
    targets : all targets of the models
    chosen : targets with values
    settings : of all shards

    A missing shard is a UserError, as is one with other cells or settings than the rest.
    """

    def __init__(self, folder: str | Path, layout: Layout):
        self._layout, self._files = layout, {Path(folder, name): place for name, place in shard_names(layout).items()}
        missing = [path for path in self._files if not path.is_file()]
        if missing:
            raise UserError(
                f"{missing[0]}: this shard is missing, and {len(missing) - 1:,} of {len(self._files):,} more; "
                "predict it with tracks.py --shard, and give the same contigs and regions here"
            )
        self._first = next(iter(self._files))
        _, self.targets, self.settings = read_shard(self._first)
        self.chosen = [target for target in self.targets if target.index in self.settings.chosen]

    def __iter__(self) -> Iterator[BlockValues]:
        for path, place in self._files.items():
            block, targets, settings = read_shard(path)
            cells = self._layout.block(*place).cells
            if targets != self.targets or settings != self.settings:
                raise UserError(
                    f"{path}: predicted with other settings, targets or models than {self._first}; "
                    "delete the shards and predict them again"
                )
            expected = (settings.stride, settings.block_size) == (self._layout.stride, self._layout.block_size)
            counted = len(block.cells) + sum(block.skipped.values())
            inside = bool(np.isin(block.cells, cells, assume_unique=True).all())
            if (block.contig, block.number) != place or not expected or counted != len(cells) or not inside:
                raise UserError(
                    f"{path}: has other cells than the stride, the block size, the contigs and the regions ask for; "
                    "give the options that it was made with, or predict it again"
                )
            yield block
