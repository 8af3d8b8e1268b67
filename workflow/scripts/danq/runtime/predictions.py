"""Predictions on disk: the probabilities of one split with the labels that they are compared with.

An HDF5 file with `predictions` float32 (N, T), `targets` JSON and, if the labels are known, `labels` uint8
(N, ceil(T/8)), packed as in the windows file; if the positions of the windows are known, `contig` and `start` as there.
If several checkpoints were averaged, `spread` float32 (N, T) is the standard deviation over them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from .. import hdf5
from ..data.sources import Source
from ..data.targets import Target, from_json, to_json
from ..data.windows import Windows, unpack_labels
from ..errors import UserError
from ..files import replacing

FORMAT = "danq-predictions-1"
TABLES = (".tsv", ".tsv.gz")  # ends of the names of tables


@dataclass
class Predictions:
    """Labelled predictions of one split; the probabilities are memory-mapped.

    Attributes
    ----------
    probabilities : float32 (n, T)
    packed_labels : uint8 (n, ceil(T/8))
    strands : "both" (averaged) or "forward"
    windows : fingerprint of the windows
    places : contig int32 (n,) and start int64 (n,) in bp of each window; None if they are not known
    step : windows that start this many bp apart are neighbours: the size of a bin, or of a window if bins are unknown
    """

    path: Path
    targets: list[Target]
    probabilities: np.ndarray
    packed_labels: np.ndarray
    strands: str
    architecture: str = ""
    windows: str = ""
    places: tuple[np.ndarray, np.ndarray] | None = None
    step: int = 0

    @classmethod
    def open(cls, path: str | Path) -> Predictions:
        """Open a predictions file; a file of another kind, a damaged one or one without labels is a UserError."""
        with hdf5.reading(path, "predictions file", "predict again") as file:
            if file.attrs.get("format") != FORMAT:
                raise UserError(f"{path}: not a predictions file of this workflow; make one with predict.py")
            if "labels" not in file:
                raise UserError(f"{path}: holds no labels to compare with; predict windows that have labels")
            targets = from_json(file["targets"][()])
            probabilities = hdf5.mapped(file, "predictions", np.float32, (None, len(targets)))
            n = len(probabilities)
            labels = hdf5.dataset(file, "labels", np.uint8, (n, -(-len(targets) // 8)))[()]
            places = None
            if "start" in file:
                contig = hdf5.dataset(file, "contig", np.int32, (n,))
                places = contig[()], hdf5.dataset(file, "start", np.int64, (n,))[()]
            facts = (file.attrs.get("architecture", ""), file.attrs.get("windows", ""))
            facts += (places, int(file.attrs.get("step", 0)))
            return cls(Path(path), targets, probabilities, labels, file.attrs["strands"], *facts)

    def columns(self, targets: slice) -> tuple[np.ndarray, np.ndarray]:
        """Labels uint8 (n, k) and probabilities float32 (n, k) of a slice of k targets."""
        first = targets.start // 8  # unpack only the bytes that hold these targets
        labels = unpack_labels(self.packed_labels[:, first : -(-targets.stop // 8)], targets.stop - 8 * first)
        probabilities = self.probabilities[:, targets]
        if not (probabilities.min(initial=0) >= 0 and probabilities.max(initial=0) <= 1):  # false for NaN, too
            raise UserError(f"{self.path}: holds predictions that are no probabilities from 0 to 1; predict again")
        return labels[:, targets.start - 8 * first :], probabilities


def is_table(output: str | Path) -> bool:
    """Whether the name of an output is that of a table, and not of an HDF5 file."""
    return str(output).endswith(TABLES)


class Probabilities:
    """Arrays (N, T), on disk or in memory, that take numbers only.

    spread : the standard deviations over several checkpoints; None for one
    """

    def __init__(
        self,
        data: h5py.Dataset | np.ndarray,
        source: Source,
        targets: Sequence[Target],
        architecture: str,
        spread: h5py.Dataset | np.ndarray | None = None,
    ):
        self._data, self._source, self._targets, self._architecture = data, source, targets, architecture
        self.spread = spread

    def __setitem__(self, rows: slice, values: np.ndarray) -> None:
        if not np.isfinite(values).all():
            row, target = np.argwhere(~np.isfinite(values))[0]
            raise UserError(
                f"{self._source}: the {self._architecture} predicts {values[row, target]} for window "
                f"{rows.start + row + 1} and target {self._targets[target].index}; its training has diverged or "
                "overflowed, train again with a lower learning rate or in float32"
            )
        self._data[rows] = values

    def fill(self, rows: slice, members: np.ndarray, columns: Sequence[int] | slice = slice(None)) -> None:
        """Set mean and spread of the probabilities (n, K, T) of K checkpoints.

        The spread is the sample standard deviation (divisor K - 1). columns : of the T targets, those to keep
        """
        self[rows] = members.mean(axis=1)[:, columns]
        if self.spread is not None:
            self.spread[rows] = members.std(axis=1, ddof=1)[:, columns]


@contextmanager
def writing(
    path: str | Path,
    source: Source,
    targets: Sequence[Target],
    *,
    architecture: str,
    strands: str,
    members: int = 1,
    also: Callable[[h5py.File], None] | None = None,
) -> Iterator[Probabilities]:
    """Yield the array float32 (N, T) to fill with the probabilities of a source.

    Values that are not numbers are a UserError. The file also holds the labels if the source is `Windows`. On an error,
    no file is left and an old file is kept.

    members : number of checkpoints; the spread of several is written, too
    also : writes further datasets
    """
    n, n_targets = len(source), len(targets)
    names = ["predictions", "spread"] if members > 1 else ["predictions"]
    with replacing(path, room=(4 * len(names) + 1) * n * n_targets) as temporary, h5py.File(temporary, "w") as file:
        arrays = [file.create_dataset(name, (n, n_targets), np.float32) for name in names]
        yield Probabilities(arrays[0], source, targets, architecture, arrays[1] if members > 1 else None)
        file["targets"] = to_json(targets)
        file.attrs.update(format=FORMAT, strands=strands, architecture=architecture)
        if isinstance(source, Windows):
            _write_labels(file, source)
        if also:
            also(file)


def _write_labels(file: h5py.File, windows: Windows) -> None:
    """Write what evaluation needs to know about the windows."""
    file["labels"] = windows.packed_labels()
    if (numbered := windows.numbered_places()) is not None:
        file["contig"], file["start"] = numbered
    file.attrs.update(
        step=windows.bin or windows.length,
        windows=windows.fingerprint,
        split=windows.made_by.get("split", windows.path.stem),
        keep=json.dumps(windows.made_by.get("rule", {}).get("keep", "")),
    )
