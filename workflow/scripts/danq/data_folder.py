"""The programs' data folder: packed windows, or the .mat files of the published bundle, packed once."""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable
from pathlib import Path

from .bundle import ALPHABET
from .errors import UserError
from .import_bundle import import_split, stamp
from .windows import Windows

log = logging.getLogger(__name__)
NAMES = "predictor.names"  # the list of targets that may lie beside the .mat files


def packed_folder(folder: str | Path, splits: Iterable[str], cache: str | Path | None = None) -> Path:
    """Where the packed windows of these splits are, made of the folder's .mat files unless they are there.

    They go beside the .mat files, or into `cache` when it is given or the folder cannot be written to
    (then a folder under ~/.cache/danq). They are packed again when a .mat file has changed.
    """
    folder = Path(folder)
    splits = list(splits)
    mats = {split: folder / f"{split}.mat" for split in splits if (folder / f"{split}.mat").exists()}
    place = Path(cache) if cache else folder if os.access(folder, os.W_OK) else default_cache(folder)
    names = folder / NAMES if (folder / NAMES).exists() else None
    for split in splits:
        if split not in mats:
            raise UserError(f"{folder}: has {', '.join(mat.name for mat in mats.values())} but no {split}.mat")
        _pack_once(mats[split], split, place / f"{split}.h5", names)
    return place


def default_cache(folder: Path) -> Path:
    """A folder of its own for each data folder."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "danq" / hashlib.blake2b(str(folder.resolve()).encode(), digest_size=8).hexdigest()


def _pack_once(mat: Path, split: str, packed: Path, names: Path | None) -> None:
    if packed.exists():
        made_from = Windows(packed).made_by.get("bundle")
        if made_from is None:
            log.info("%s is used; %s beside it is not what it was made from", packed, mat.name)
            return
        wanted = stamp(mat, ALPHABET, names)
        if all(made_from.get(key) == value for key, value in wanted.items()):
            return
        log.info("%s has changed since %s was made from it", mat, packed)
    log.info("packing %s into %s, once", mat, packed)
    import_split(mat, split, packed, names=names)
