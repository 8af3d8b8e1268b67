"""The data folder of the programs: packed windows, or .mat files of the published bundle, which are packed once."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from ..data.windows import Windows
from ..errors import UserError
from .import_bundle import import_split, stamp

log = logging.getLogger(__name__)
NAMES = "predictor.names"  # optional list of targets in the folder of the .mat files


def packed_folder(folder: str | Path, splits: Sequence[str], cache: str | Path | None = None) -> Path:
    """The folder with the packed windows of these splits; .mat files are packed if needed.

    Packed windows are written to the folder of the .mat files or, if given, to `cache`; if the folder
    is not writable, to a folder under ~/.cache/danq. If a .mat file has changed, it is packed again.
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
            raise UserError(
                f"{folder}: has .mat files but no {split}.mat and no {split}.h5; download the complete bundle"
            )
        names = folder / NAMES if (folder / NAMES).exists() else None
        log.info("packing %s into %s, once", mat, packed)
        import_split(mat, split, packed, names=names)
    return place


def default_cache(folder: Path) -> Path:
    """The cache folder of a data folder, named after a hash of its path."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "danq" / hashlib.blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()


def _is_packed(folder: Path, place: Path, split: str) -> bool:
    """Whether `place` has windows of the split that are up to date with the .mat file, or not made from one."""
    mat, packed = folder / f"{split}.mat", place / f"{split}.h5"
    if not packed.exists():
        return False
    made_from = Windows(packed).made_by.get("bundle")
    if made_from is None or not mat.exists():
        return True
    if any(made_from.get(key) != value for key, value in stamp(mat).items()):
        log.info("%s has changed since it was packed into %s", mat, packed)
        return False
    if made_from["names"] is None and (folder / NAMES).exists():
        log.info("%s was packed without %s; delete it to pack it again with the names", packed, NAMES)
    return True
