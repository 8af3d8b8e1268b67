"""Out-of-fold predictions: the predictions of all folds in one file.

Each window is predicted by the model that saw it neither in training nor in validation. The file can be evaluated as
that of any other model. Its measures rank windows by the probabilities of different trainings, which may differ in how
high they are, so that a measure over all folds can be a little lower than the mean of those of the folds (Forman &
Scholz 2010, ACM SIGKDD Explorations 12:49-57).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from .. import hdf5
from ..data.targets import to_json
from ..data.windows import blocks
from ..errors import UserError
from ..files import replacing
from .predictions import FORMAT, Predictions

ROWS = 1 << 14  # windows in memory at a time


def join_predictions(paths: Sequence[str | Path], output: str | Path) -> None:
    """Write the predictions of several files, of different windows of one genome, to one, in the order of the genome.

    The files must have the same targets and strands, and positions by contigs that are numbered alike, as those that
    `prepare` writes for the folds of a genome. A window that is in two files is a UserError. If all files have a spread
    over checkpoints, the result has it, too. Memory is that of the labels.
    """
    parts = [Predictions.open(path) for path in paths]
    _check(parts)
    contig, start = (np.concatenate([part.places[axis] for part in parts]) for axis in (0, 1))
    of_part = np.repeat(np.arange(len(parts)), [len(part.packed_labels) for part in parts])
    row = np.concatenate([np.arange(len(part.packed_labels)) for part in parts])
    order = np.lexsort((start, contig))
    same = (np.diff(contig[order]) == 0) & (np.diff(start[order]) == 0)
    if same.any():
        first, second = (parts[of_part[order[np.flatnonzero(same)[0] + i]]].path for i in (0, 1))
        raise UserError(f"{first} and {second} predict the same window; join predictions of different windows")
    spreads = [_spread(path, part) for path, part in zip(paths, parts, strict=True)]
    arrays = {"predictions": [part.probabilities for part in parts], "labels": [part.packed_labels for part in parts]}
    arrays |= {"spread": spreads} if all(spread is not None for spread in spreads) else {}
    room = sum(array.nbytes for several in arrays.values() for array in several)
    with replacing(output, room=room) as temporary, h5py.File(temporary, "w") as file:
        for name, several in arrays.items():
            data = file.create_dataset(name, (len(order), several[0].shape[1]), several[0].dtype)
            for block in blocks(len(order), ROWS):
                data[block] = _rows(several, of_part[order[block]], row[order[block]])
        file["contig"], file["start"] = contig[order], start[order]
        file["targets"] = to_json(parts[0].targets)
        first = parts[0]
        fingerprint = hashlib.blake2b("".join(part.windows for part in parts).encode(), digest_size=16).hexdigest()
        file.attrs.update(format=FORMAT, strands=first.strands, architecture=first.architecture, step=first.step)
        file.attrs.update(windows=fingerprint, split="test", keep=_kept(first.path))


def _check(parts: Sequence[Predictions]) -> None:
    first = parts[0]
    for part in parts:
        if part.places is None:
            raise UserError(f"{part.path}: holds no positions of windows; only predictions along a genome are joined")
        differ = {
            "targets": part.targets != first.targets,
            "strands": part.strands != first.strands,
            "bins": part.step != first.step,
        }
        for what, wrong in differ.items():
            if wrong:
                raise UserError(f"{part.path} has other {what} than {first.path}; join predictions of one model")


def _rows(arrays: Sequence[np.ndarray], of_part: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Rows of several arrays: of each, the number of its array and its number there."""
    found = np.empty((len(row), arrays[0].shape[1]), arrays[0].dtype)
    for part in np.unique(of_part):
        chosen = of_part == part
        found[chosen] = arrays[part][row[chosen]]
    return found


def _spread(path: str | Path, part: Predictions) -> np.ndarray | None:
    with hdf5.reading(path, "predictions file", "predict again") as file:
        return hdf5.mapped(file, "spread", np.float32, part.probabilities.shape) if "spread" in file else None


def _kept(path: str | Path) -> str:
    with hdf5.reading(path, "predictions file", "predict again") as file:
        return str(file.attrs.get("keep", ""))
