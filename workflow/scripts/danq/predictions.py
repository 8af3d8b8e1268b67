"""Predictions on disk: probabilities of one split, with the labels they are judged by.

An HDF5 file with `predictions` float32 (N, T), `labels` uint8 (N, ceil(T/8)) packed as in the
windows file, and `targets` JSON.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from .errors import UserError
from .files import existing
from .targets import Target, from_json
from .windows import unpack_labels

FORMAT = "danq-predictions-1"


@dataclass
class Predictions:
    """Predictions (n, T) and packed labels of one split, open for reading a column at a time."""

    path: Path
    targets: list[Target]
    probabilities: np.ndarray
    packed_labels: np.ndarray
    strands: str
    architecture: str = ""
    windows: str = ""  # fingerprint

    @classmethod
    def open(cls, path: str | Path) -> Predictions:
        path = existing(path, "predictions file")
        try:
            with h5py.File(path, "r") as file:
                if file.attrs.get("format") != FORMAT:
                    raise UserError(f"{path}: not a predictions file of this workflow; make one with predict.py")
                data = file["predictions"]
                mapped = np.memmap(path, data.dtype, "r", data.id.get_offset(), data.shape)
                targets, labels = from_json(file["targets"][()]), file["labels"][()]
                facts = (file.attrs.get("architecture", ""), file.attrs.get("windows", ""))
                return cls(path, targets, mapped, labels, file.attrs["strands"], *facts)
        except (OSError, KeyError, ValueError) as error:
            raise UserError(f"{path}: the predictions are cut short or damaged ({error}); predict again") from error

    def columns(self, targets: slice) -> tuple[np.ndarray, np.ndarray]:
        """Labels uint8 (n, k) and probabilities float32 (n, k) of a slice of targets."""
        first = targets.start // 8  # only the bytes that hold these targets are unpacked
        labels = unpack_labels(self.packed_labels[:, first : -(-targets.stop // 8)], targets.stop - 8 * first)
        return labels[:, targets.start - 8 * first :], self.probabilities[:, targets]
