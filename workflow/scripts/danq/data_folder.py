"""The programs' data folder: packed windows, or the .mat files of the published bundle, packed once."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from .errors import UserError
from .import_bundle import import_split, stamp
from .windows import Windows

log = logging.getLogger(__name__)
NAMES = "predictor.names"  # the list of targets that may lie beside the .mat files


def packed_folder(folder: str | Path, splits: Sequence[str], cache: str | Path | None = None) -> Path:
    """Where the packed windows of these splits are, made of the folder's .mat files unless they are there.

    They go beside the .mat files, or into `cache` when it is given or the folder cannot be written to
    (then a folder under ~/.cache/danq). They are packed again when a .mat file has changed.
    """
    folder = Path(folder)
    if all(_is_packed(folder, folder, split) for split in splits):
        return folder
    place = Path(cache) if cache else folder if os.access(folder, os.W_OK) else default_cache(folder)
    for split in splits:
        if _is_packed(folder, place, split):
            continue
        mat, packed = folder / f"{split}.mat", place / f"{split}.h5"
        if not mat.exists():
            raise UserError(f"{folder}: has .mat files but no {split}.mat and no {split}.h5; fetch the whole bundle")
        names = folder / NAMES if (folder / NAMES).exists() else None
        log.info("packing %s into %s, once", mat, packed)
        import_split(mat, split, packed, names=names)
    return place


def default_cache(folder: Path) -> Path:
    """A folder of its own for each data folder."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "danq" / hashlib.blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()


def _is_packed(folder: Path, place: Path, split: str) -> bool:
    """Whether `place` has the split's windows, made from the folder's .mat file as it is now, or from other data."""
    mat, packed = folder / f"{split}.mat", place / f"{split}.h5"
    if not packed.exists():
        return False
    made_from = Windows(packed).made_by.get("bundle")
    if made_from is None or not mat.exists():
        return True
    if any(made_from.get(key) != value for key, value in stamp(mat).items()):
        log.info("%s has changed since %s was made from it", mat, packed)
        return False
    if made_from["names"] is None and (folder / NAMES).exists():
        log.info("%s was packed without %s; remove it to pack it with the names", packed, NAMES)
    return True
