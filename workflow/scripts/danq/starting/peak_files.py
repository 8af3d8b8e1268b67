"""Finds the peak files among the folders, globs and files that a person names."""

from __future__ import annotations

import glob
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from ..errors import UserError
from .encode_names import METADATA

# In the order of preference.
SUFFIXES = ("narrowPeak", "broadPeak", "bed", "gappedPeak", "bb", "bigBed", "bedGraph", "bdg", "xls")
IN_FOLDER = SUFFIXES[:6]  # the others hold a signal, or what the peak file beside them has, too
PACKED = (".gz", ".bgz")
ENDING = re.compile(rf"\.(?:{'|'.join(SUFFIXES)}|peaks?|txt|tsv)$", re.I)
OF_MACS = re.compile(r"_(?:peaks|summits|treat_pileup|control_lambda|model)$", re.I)


def stem_of(path: Path) -> str:
    """The name of a file without the endings of formats: CTCF_peaks of CTCF_peaks.narrowPeak.gz."""
    name = path.name
    for packed in PACKED:
        name = name.removesuffix(packed)
    while (shorter := ENDING.sub("", name)) and shorter != name:
        name = shorter
    return name


def find(words: Sequence[str], genome: Path) -> tuple[list[Path], dict[str, str]]:
    """The peak files, sorted and each once, and why files of the folders were left out: name to reason.

    words : folders, files and globs (`peaks/*.narrowPeak.gz`). Of a folder, the files with an ending of a peak
        format are taken. Files that are named are always taken. A word with spaces that names no file is read as
        several words.
    genome : is no peak file, wherever it lies

    Of files of a folder whose names differ in the format only, or as MACS's `_peaks` and `_summits` do, one is taken:
    narrowPeak rather than broadPeak, and these rather than others.
    A word without a file is a UserError.
    """
    found, left = {}, {}
    for word in _split(words):
        path = Path(word).expanduser()
        if path.is_dir():
            inside = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
            if not any(map(_in_format, inside)):
                raise UserError(
                    f"{path}: no peak file in this folder (subfolders are not searched); give a folder with files "
                    f"whose names end in .{', .'.join(IN_FOLDER)}, with or without .gz"
                )
            for one in inside:
                if _in_format(one):
                    found[one] = False
                elif not (one.name == METADATA or _belongs_to(genome, one)):
                    left[one.name] = "no ending of a peak format"
        else:
            files = [path] if path.exists() else [Path(one) for one in sorted(glob.glob(str(path), recursive=True))]
            if not files:
                raise UserError(
                    f"{word}: no such file or folder; check the path (relative paths start at {Path.cwd()})"
                )
            found |= dict.fromkeys((one for one in files if one.is_file() and not _belongs_to(genome, one)), True)
    chosen = _without_companions(found, left)
    if not chosen:
        raise UserError(f"{', '.join(words)}: no peak file, only the genome; give a folder or files with peaks")
    return chosen, left


def _split(words: Sequence[str]) -> list[str]:
    """Words with spaces that name nothing, as `make` passes a list, become several."""
    single = []
    for word in words:
        exists = Path(word).expanduser().exists() or glob.glob(str(Path(word).expanduser()))
        single += [word] if exists or " " not in word.strip() else shlex.split(word)
    return single


def _in_format(path: Path) -> bool:
    name = path.name.lower()
    for packed in PACKED:
        name = name.removesuffix(packed)
    return name.endswith(tuple(f".{suffix.lower()}" for suffix in IN_FOLDER))


def _belongs_to(genome: Path, path: Path) -> bool:
    """Whether a file is the genome or an index beside it."""
    return path.resolve().parent == genome.resolve().parent and path.name.startswith(genome.name)


def _rank(path: Path) -> int:
    """Smaller for a format that says more about peaks; summits come last."""
    if re.search(r"_summits\b", path.name, re.I):
        return len(SUFFIXES)
    lower = path.name.lower()
    return next((i for i, suffix in enumerate(SUFFIXES) if f".{suffix.lower()}" in lower), len(SUFFIXES))


def _without_companions(found: dict[Path, bool], left: dict[str, str]) -> list[Path]:
    """One file of each experiment; those that a person named stay."""
    best: dict[tuple[Path, str], Path] = {}
    for path in sorted(found, key=lambda path: (_rank(path), path)):
        best.setdefault((path.parent, OF_MACS.sub("", stem_of(path))), path)
    chosen = []
    for path in sorted(found):
        of_same = best[path.parent, OF_MACS.sub("", stem_of(path))]
        if path == of_same or found[path]:
            chosen.append(path)
        else:
            left[path.name] = f"of the same experiment as {of_same.name}"
    return chosen
