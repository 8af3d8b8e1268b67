"""Splits bins into training, validation and test by contigs and regions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..errors import UserError
from .grid import Grid
from .regions import parse_region

SPLITS = ("train", "valid", "test")
REST = "rest"
NOWHERE, BORDER = -1, -2  # of bins in no part, and too near to another part


class Split:
    """Assigns windows to train, valid and test.

    A bin belongs to a part when the whole bin lies in one of the part's regions. `rest` (for train
    only) means everything that is in no other part. Windows are wider than their bins, so training
    windows that overlap a possible validation or test window are dropped, and so are validation
    windows that overlap a possible test window. No base is used in two parts.
    """

    def __init__(self, parts: dict[str, Sequence[str]], grid: Grid):
        self.grid = grid
        self.regions = {
            name: [self._parsed(text) for text in parts[name]] for name in SPLITS if list(parts[name]) != [REST]
        }
        for name in ("valid", "test"):
            if name not in self.regions:
                raise UserError(f"split.{name}: 'rest' is for the training part only; name contigs or regions")
        self._check_overlaps(parts)

    def _parsed(self, text: str) -> tuple[int, int, int]:
        try:
            return parse_region(text, self.grid.contigs)
        except UserError as error:
            raise UserError(f"split: {error}") from None

    def _check_overlaps(self, parts: dict[str, Sequence[str]]) -> None:
        placed = sorted(
            (region, name, text)
            for name, regions in self.regions.items()
            for region, text in zip(regions, parts[name], strict=True)
        )
        for ((contig, _, end), name, text), ((next_contig, start, _), other, next_text) in pairwise(placed):
            if contig == next_contig and start < end:
                raise UserError(
                    f"split: {text} ({name}) and {next_text} ({other}) overlap; no base may be in two regions"
                )

    def assign(self, bins: np.ndarray, flank: int) -> np.ndarray:
        """The part of each bin, int8 (n,): 0 train, 1 valid, 2 test, `NOWHERE`, `BORDER`.

        flank : bases of a window on each side of its bin, in bp
        """
        contig, start = self.grid.locate(bins)
        end = start + self.grid.bin
        part = np.full(len(bins), NOWHERE if "train" in self.regions else 0, np.int8)
        for code, name in enumerate(SPLITS):
            for region in self.regions.get(name, []):
                part[(contig == region[0]) & (start >= region[1]) & (end <= region[2])] = code
        for code, name in ((2, "test"), (1, "valid")):  # no held-out base may be in an earlier part
            for region in self.regions[name]:  # both windows extend a flank beyond their bins
                near = (start - 2 * flank < region[2]) & (end + 2 * flank > region[1])
                reaches = (contig == region[0]) & near
                part[reaches & (part >= 0) & (part < code)] = BORDER
        return part
