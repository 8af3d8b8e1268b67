"""Reads the tracks of several models, with pybigtools: pyBigWig crashes on damaged files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pybigtools

from ..data.regions import Region
from ..errors import UserError
from ..files import existing
from .block_values import TRACKS

MOST_STEPS = 4000  # values of a track in a picture
# What pybigtools raises for files that are damaged or of another kind.
DAMAGE = (pybigtools.BBIReadError, pybigtools.BBIFileClosed, OSError, ValueError, LookupError, AttributeError)
Line = tuple[np.ndarray, np.ndarray]


@dataclass
class TargetTracks:
    """The tracks of one target.

    title, assay : of the target
    index : its number, in the first model that has it
    files : of each model that has the target
    strides : of each of these files, in bp
    """

    title: str
    assay: str
    index: int
    files: dict[str, Path] = field(default_factory=dict)
    strides: dict[str, int] = field(default_factory=dict)


class Tracks:
    """The tracks of models on one genome.

    Parameters
    ----------
    models : name of each model to the folder of its tracks

    Attributes
    ----------
    models : their names
    targets : each target once, as models of other targets may have others
    contigs : names and lengths in bp

    A missing or damaged file is a UserError, as are tracks of two genomes.
    """

    def __init__(self, models: Mapping[str, str | Path]):
        self.models = list(models)
        self.contigs: dict[str, int] = {}
        found: dict[str, TargetTracks] = {}
        for model, folder in models.items():
            table = TRACKS.read(Path(folder, "tracks.tsv"))
            for row in table.rename(columns={"index": "number"}).itertuples():
                target = found.setdefault(row.target, TargetTracks(row.target, row.assay, row.number))
                target.files[model], target.strides[model] = Path(folder, row.file), row.stride
                self._check(target.files[model])
        self.targets = list(found.values())

    def _check(self, path: Path) -> None:
        with opened_track(path) as file:
            contigs = file.chroms()
        self.contigs = self.contigs or contigs
        if contigs != self.contigs:
            raise UserError(f"{path}: has other contigs than the other tracks; use tracks of one genome")

    def choose(self, wanted: Sequence[str]) -> list[TargetTracks]:
        """The targets with these titles, numbers or assays; all if nothing is wanted. An unknown one is a UserError."""
        chosen = set()
        for word in wanted:
            fits = [target.title for target in self.targets if word in (target.title, target.assay, str(target.index))]
            if not fits:
                known = ", ".join(target.title for target in self.targets[:4])
                raise UserError(f"no track is of a target {word!r}; there are tracks of {known}")
            chosen.update(fits)
        return [target for target in self.targets if target.title in chosen or not wanted]

    def line(self, target: TargetTracks, model: str, region: Region) -> Line:
        """The edges of steps int64 (n + 1,) in bp and their values float64 (n,), NaN where there is no prediction.

        If there are more than `MOST_STEPS` cells, a step has the highest value of neighbouring cells.
        """
        stride = target.strides[model]
        cells = np.arange(region.start // stride, -(-region.end // stride) + 1)
        if cells[-1] * stride > self.contigs[region.contig]:
            cells = cells[:-1]
        values = np.full(len(cells) - 1, np.nan)
        with opened_track(target.files[model]) as file:
            for start, _, value in file.records(region.contig, region.start, region.end):
                values[start // stride - cells[0]] = value
        joined = -(-len(values) // MOST_STEPS)
        if joined > 1:
            values = np.append(values, np.full(-len(values) % joined, np.nan)).reshape(-1, joined)
            values = np.fmax.reduce(values, axis=1)
            cells = np.append(cells[:-1:joined], cells[-1])
        return np.clip(cells * stride, region.start, region.end), values


@contextmanager
def opened_track(path: Path) -> Iterator[pybigtools.BBIReader]:
    """Open a bigWig file; a missing or damaged one is a UserError, also within the block."""
    existing(path, "track")
    try:
        with pybigtools.open(str(path)) as file:
            yield file
    except BaseException as error:
        if not isinstance(error, DAMAGE) and type(error).__name__ != "PanicException":  # of Rust; it has no public name
            raise
        raise UserError(f"{path}: not a bigWig file, or damaged ({error}); write it again with tracks.py") from error
