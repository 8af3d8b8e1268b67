"""Reads the tracks of several models, with pybigtools: pyBigWig crashes on damaged files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pybigtools

from ..data.regions import Region
from ..errors import UserError
from ..files import existing
from .block_values import TRACKS

MOST_STEPS = 4000  # values of a track in a picture
# What pybigtools raises for files that are damaged or of another kind.
DAMAGE = (pybigtools.BBIReadError, pybigtools.BBIFileClosed, OSError, ValueError, LookupError, AttributeError)
Line = tuple[np.ndarray, np.ndarray]


class Tracks:
    """The tracks of models on one genome.

    Parameters
    ----------
    models : name of each model to the folder of its tracks

    Attributes
    ----------
    tables : of each model, as `tracks.py` writes it
    contigs : names and lengths in bp

    A missing or damaged file is a UserError, as are tracks of two genomes.
    """

    def __init__(self, models: Mapping[str, str | Path]):
        self._folders = {model: Path(folder) for model, folder in models.items()}
        self.tables = {model: TRACKS.read(folder / "tracks.tsv") for model, folder in self._folders.items()}
        self.contigs: dict[str, int] = {}
        for model, table in self.tables.items():
            for name in table["file"]:
                with opened_track(self.path(model, name)) as file:
                    contigs = file.chroms()
                self.contigs = self.contigs or contigs
                if contigs != self.contigs:
                    raise UserError(
                        f"{self.path(model, name)}: has other contigs than the other tracks; use one genome"
                    )

    def path(self, model: str, name: str) -> Path:
        """The path of one of a model's files."""
        return self._folders[model] / name

    def targets(self) -> pd.DataFrame:
        """Title, assay and file name of all targets, by their number."""
        rows = pd.concat(self.tables.values()).drop_duplicates("index").set_index("index").sort_index()
        return rows[["target", "assay", "file"]]

    def line(self, model: str, name: str, region: Region) -> Line:
        """The edges of steps int64 (n + 1,) in bp and their values float64 (n,), NaN where there is no prediction.

        If there are more than `MOST_STEPS` cells, a step has the highest value of neighbouring cells.
        """
        stride = int(self.tables[model].set_index("file").loc[name, "stride"])
        cells = np.arange(region.start // stride, -(-region.end // stride) + 1)
        if cells[-1] * stride > self.contigs[region.contig]:
            cells = cells[:-1]
        values = np.full(len(cells) - 1, np.nan)
        with opened_track(self.path(model, name)) as file:
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
