"""The motifs whose hits are looked for: of several files, or chosen among known ones."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import UserError
from ..motifs.known import Known, from_file, from_meme
from ..motifs.meme import is_meme
from .inserts import matrices_of


def from_files(paths: Sequence[str | Path]) -> list[Known]:
    """The motifs of all files; a MEME file may have none, as that of negative patterns often does.

    Two motifs of one id, and no motif in any file, are UserErrors.
    """
    found: dict[str, Known] = {}
    for path in paths:
        for one in from_meme(path) if is_meme(path) else from_file(path):
            if one.motif.name in found:
                raise UserError(f"{path}: a motif with the id {one.motif.name} was already read; rename or remove one")
            found[one.motif.name] = one
    if not found:
        raise UserError(f"{', '.join(map(str, paths))}: there is no motif; give files with motifs, or leave them out")
    return list(found.values())


def chosen(words: Sequence[str], known: Sequence[Known]) -> list[Known]:
    """The known motifs that a user names by id or factor, each once; of several matrices of a factor, the first.

    An unknown word is a UserError.
    """
    found: dict[str, Known] = {}
    for word in map(str.strip, words):
        fits = matrices_of(word, known)
        if not fits:
            raise UserError(
                f"{word}: no known motif has this id or factor; check the name, and the group of species (--taxa)"
            )
        found[fits[0].motif.name] = fits[0]
    return list(found.values())
