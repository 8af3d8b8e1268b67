"""Attributions as pairs of .npz files, for TF-MoDISco and other tools."""

from __future__ import annotations

from pathlib import Path

from ..file_names import file_names
from ..files import replacing
from .attributions import Attributions


def write_pairs(found: Attributions, folder: str | Path) -> None:
    """Write a pair of files for each target, see `Attributions.to_npz`, into a new folder; an old one is replaced."""
    names = file_names(f"{target.index:03d}_{target.title}" for target in found.targets)
    with replacing(folder) as new:
        for target, name in zip(found.targets, names, strict=True):
            found.to_npz(target, Path(new, name))
