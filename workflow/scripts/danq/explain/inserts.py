"""Sequences to insert into backgrounds: known motifs, or strings of bases."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..data.onehot import ALPHABET
from ..errors import UserError
from ..motifs.known import Known
from ..motifs.names import is_of

log = logging.getLogger(__name__)
NIBBLES = np.array([8, 4, 2, 1], np.uint8)  # of A, C, G, T
COMPLEMENT = np.array([int(f"{nibble:04b}"[::-1], 2) for nibble in range(16)], np.uint8)
KEPT = "N"  # in a string: the background's base stays


@dataclass(frozen=True)
class Insert:
    """A motif or a string to insert.

    probabilities : float64 (width, 4), columns A, C, G, T; a row of zeros keeps the background's base
    """

    name: str
    probabilities: np.ndarray

    @property
    def width(self) -> int:
        return len(self.probabilities)

    @property
    def consensus(self) -> str:
        """The most probable base of each position; N where the background's base stays."""
        rows = zip(self.probabilities.argmax(axis=1), self.probabilities.any(axis=1), strict=True)
        return "".join(ALPHABET[base] if known else KEPT for base, known in rows)

    def bases(self, count: int, draw: np.random.Generator | None = None) -> np.ndarray:
        """Bases to insert into `count` backgrounds, nibbles uint8 (count, width); 0 keeps the background's base.

        draw : samples each base from the motif; None takes the most probable one
        """
        if draw is None:
            codes = np.tile(self.probabilities.argmax(axis=1), (count, 1))
        else:
            below = draw.random((count, self.width, 1)) >= np.cumsum(self.probabilities, axis=1)[None, :, :3]
            codes = below.sum(axis=2)
        return np.where(self.probabilities.any(axis=1), NIBBLES[codes], 0).astype(np.uint8)


def reverse_complement(bases: np.ndarray) -> np.ndarray:
    """The reverse complement of nibbles uint8 (n, width)."""
    return COMPLEMENT[bases[:, ::-1]]


def chosen(words: Sequence[str], known: Sequence[Known]) -> list[Insert]:
    """The inserts that a user names, each once.

    words : ids (MA0139.2) or factors (CTCF) of known motifs, strings (GATTACA; N keeps the background's base), or
        NAME=STRING. A word that is both is the known motif. Of several matrices of a factor, the first is taken.

    An unknown word is a UserError, and so are two inserts of one name.
    """
    found = [_insert(word.strip(), known) for word in words]
    for number, insert in enumerate(found):
        if insert.name in {other.name for other in found[:number]}:
            raise UserError(f"{insert.name}: two inserts have this name; write NAME=SEQUENCE for one of them")
    return found


def _insert(word: str, known: Sequence[Known]) -> Insert:
    name, separator, text = word.rpartition("=")
    if separator:
        return _of_string(name, text)
    fits = matrices_of(word, known)
    if fits:
        log.info("%s is the matrix %s (%s)", word, fits[0].motif.name, fits[0].name)
        return Insert(word, fits[0].motif.probabilities)
    return _of_string(word, word)


def matrices_of(word: str, known: Sequence[Known]) -> list[Known]:
    """The known motifs with an id, else those of a factor of this name, else those whose name contains the factor."""
    fits = [one for one in known if word == one.motif.name]
    fits = fits or [one for one in known if word.upper() == one.name.upper()]
    return fits or [one for one in known if is_of(one.name, word)]


def _of_string(name: str, text: str) -> Insert:
    letters = text.upper()
    if not name or not letters or set(letters) - {*ALPHABET, KEPT} or set(letters) == {KEPT}:
        raise UserError(
            f"{name or text}: neither a known motif nor a sequence of A, C, G, T and N; "
            "check the name, or write NAME=SEQUENCE"
        )
    return Insert(name, np.array([[float(letter == base) for base in ALPHABET] for letter in letters]))


def chosen_pairs(words: Sequence[str], inserts: Sequence[Insert]) -> list[tuple[Insert, Insert]]:
    """The pairs of inserts that a user names as `CTCF:REST`; `all` stands for each two, also of the same insert.

    An unknown insert is a UserError.
    """
    by_name = {insert.name: insert for insert in inserts}
    found: dict[tuple[str, str], tuple[Insert, Insert]] = {}
    for word in words:
        if word == "all":
            names = [(one, other) for i, one in enumerate(by_name) for other in list(by_name)[i:]]
        else:
            first, separator, second = word.partition(":")
            names = [(first, second)]
            if not separator or not {first, second} <= set(by_name):
                raise UserError(f"{word}: not a pair of inserts, such as {'A:B'}; they are {', '.join(by_name)}")
        found |= {pair: (by_name[pair[0]], by_name[pair[1]]) for pair in names}
    return list(found.values())
