"""Splits bins into training, validation and test by contigs and regions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ..errors import UserError
from .grid import Grid

SPLITS = ("train", "valid", "test")
REST = "rest"
NOWHERE, BORDER = -1, -2  # of bins in no part, and too near to another part
_REGION = re.compile(r"(?P<contig>\S+):(?P<start>\d[\d,]*)-(?P<end>\d[\d,]*)")


def parse_region(text: str, contigs: dict[str, int]) -> tuple[int, int, int]:
    """Contig rank, start and end (0-based, half-open) of `chr8` or `chr7:30508751-35296850`.

    Regions are written as in a genome browser: 1-based, both ends included. A region that is not on the
    genome raises UserError.
    """
    names = list(contigs)
    if text in contigs:
        return names.index(text), 0, contigs[text]
    match = _REGION.fullmatch(text)
    contig = match["contig"] if match else text
    if contig not in contigs:
        raise UserError(
            f"split: {text!r} is on no contig of the genome, which has {', '.join(names[:4])}"
            f"{', ...' if len(names) > 4 else ''}; write chr8 or chr7:1001-2000"
        )
    start, end = (int(match[part].replace(",", "")) for part in ("start", "end"))
    if not 1 <= start <= end <= contigs[contig]:
        raise UserError(
            f"split: {text!r} must lie between 1 and {contigs[contig]}, the length of {contig}, "
            "and its start must not be above its end"
        )
    return names.index(contig), start - 1, end


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
            name: [parse_region(text, grid.contigs) for text in parts[name]]
            for name in SPLITS
            if list(parts[name]) != [REST]
        }
        for name in ("valid", "test"):
            if name not in self.regions:
                raise UserError(f"split.{name}: 'rest' is for the training part only; name contigs or regions")
        self._check_overlaps(parts)

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
