"""The manifest of a shared model, `model.json`: its weights, with their checksums, and what they read and predict.

It names files of its own folder only, so that a folder from elsewhere leads to no other file.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ..errors import UserError
from ..files import existing, read_json

NAME = "model.json"
FORMAT = "danq-shared-model-1"
WEIGHTS = "weights"  # folder of the checkpoints


def sha256(path: str | Path) -> str:
    """Checksum of a file, as `sha256sum` prints it."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(folder: Path, facts: dict) -> None:
    """Write the manifest of a folder whose `WEIGHTS` are in place.

    facts : what else it says of the model
    """
    files = sorted((folder / WEIGHTS).iterdir())
    weights = [{"file": f"{WEIGHTS}/{file.name}", "sha256": sha256(file)} for file in files]
    text = json.dumps({"format": FORMAT} | facts | {"weights": weights}, indent=1)
    (folder / NAME).write_text(f"{text}\n", encoding="utf-8")


def checkpoints(words: Sequence[str | Path]) -> list[Path]:
    """The checkpoints of a list of checkpoints and folders of shared models, in order.

    Raises UserError if a folder is no shared model, or if a file of it is missing or has another checksum.
    """
    found: list[Path] = []
    for word in words:
        path = Path(word)
        if path.is_dir():
            found += _weights_of(path)
        elif path.is_file() and zipfile.is_zipfile(path):
            raise UserError(f"{path}: a zip archive; unpack it, and give its folder")
        else:
            found.append(path)
    return found


def _weights_of(folder: Path) -> list[Path]:
    manifest = folder / NAME
    if not manifest.exists():
        raise UserError(f"{folder}: a folder without {NAME}; give a checkpoint, or a folder that share.py wrote")
    read = read_json(manifest, "manifest of a shared model", "format", "weights")
    if read["format"] != FORMAT:
        raise UserError(f"{manifest}: its format is {read['format']!r}, not {FORMAT}; get the model again")
    listed = read["weights"]
    if not isinstance(listed, list) or not listed or not all(map(_is_entry, listed)):
        raise UserError(f"{manifest}: its weights are no list of files and checksums; get the model again")
    for entry in listed:
        if sha256(existing(folder / entry["file"], "checkpoint")) != entry["sha256"]:
            raise UserError(f"{folder / entry['file']}: its checksum is not that of {NAME}; get the model again")
    return [folder / entry["file"] for entry in listed]


def _is_entry(entry) -> bool:
    """Whether an entry names a file directly in `WEIGHTS`, with a checksum."""
    if not (isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in ("file", "sha256"))):
        return False
    path = PurePosixPath(entry["file"])
    return str(path.parent) == WEIGHTS and path.name.isprintable() and path.name not in ("", ".", "..")
