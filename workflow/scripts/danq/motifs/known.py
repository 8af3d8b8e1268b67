"""Known motifs to name filters by: matrices of JASPAR, or of a file in MEME, JASPAR, HOMER or TRANSFAC format."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..errors import UserError
from . import jaspar, matrix_files
from .meme import Motif, is_meme, read_titled

log = logging.getLogger(__name__)
SUM = 0.02  # most that the probabilities of a position may differ from 1 in a file, by rounding


@dataclass(frozen=True)
class Known:
    """A known motif: its matrix (named by its id), its factor, and the factor's family."""

    motif: Motif
    name: str
    family: str = ""


def from_jaspar(release: str, taxa: Sequence[str]) -> list[Known]:
    """All CORE matrices of a JASPAR release for the given taxonomic groups."""
    return [
        Known(_motif(release, one.matrix_id, jaspar.counts(one)), one.name, _family(one.tf_family or []))
        for one in jaspar.core_motifs(release, taxa)
    ]


def _family(families: Iterable[str]) -> str:
    """Families in one spelling: some releases add spaces, or write Kruppel as Krüppel."""
    return ", ".join(" ".join(family.split()).replace("ü", "u") for family in families)


def from_file(path: str | Path) -> list[Known]:
    """The motifs of a file in MEME, JASPAR, HOMER or TRANSFAC format. A motif without a name has its id as name.

    Counts become probabilities. Anything that is not four columns of counts or probabilities is a UserError.
    """
    found = from_meme(path) if is_meme(path) else _from_matrices(path)
    if not found:
        raise UserError(f"{path}: there is no motif in this file")
    return _distinct(path, found)


def from_meme(path: str | Path) -> list[Known]:
    """The motifs of a MEME file. A motif without an alternate name uses its identifier as name."""
    found = []
    for motif, title in read_titled(path):
        sites = motif.sites if motif.sites > 1 else 0  # collections without counts state one site
        motif = replace(motif, probabilities=distribution(path, motif.name, motif.probabilities), sites=sites)
        found.append(Known(motif, title or motif.name))
    return found


def _from_matrices(path: str | Path) -> list[Known]:
    return [Known(_motif(path, one.id, one.values), one.name) for one in matrix_files.read(path)]


def _motif(path: str | Path, name: str, values: np.ndarray) -> Motif:
    """A motif of counts or probabilities (width, 4); the number of sites is unknown (0) without counts."""
    probabilities = distribution(path, name, values)
    most = values.sum(axis=1).max()
    return Motif("_".join(name.split()), probabilities, round(most) if most > 1 + SUM else 0)


def _distinct(path: str | Path, known: Sequence[Known]) -> list[Known]:
    """The motifs with a number added to each id that has already occurred."""
    seen: Counter = Counter()
    found = []
    for one in known:
        seen[one.motif.name] += 1
        times = seen[one.motif.name]
        motif = replace(one.motif, name=f"{one.motif.name}-{times}") if times > 1 else one.motif
        found.append(replace(one, motif=motif))
    again = len(found) - len(seen)
    if again:
        log.warning("%s: %d motifs have the id of an earlier one; their ids got a number", path, again)
    return found


def distribution(path: str | Path, name: str, values: np.ndarray) -> np.ndarray:
    """Probabilities float64 (width, 4) from a matrix of probabilities or of counts.

    path, name : the file (or collection) and the motif, which the UserError names if the matrix is neither
    """
    wrong = _wrong(values)
    if wrong:
        raise UserError(f"{path}: the matrix of {name} {wrong}; give counts or probabilities of A, C, G and T")
    return values / values.sum(axis=1, keepdims=True)


def _wrong(values: np.ndarray) -> str:
    """What makes a matrix neither counts nor probabilities; "" if nothing does."""
    if values.ndim != 2 or values.shape[1] != 4 or not len(values):
        return f"has the shape {values.shape}, not four columns"
    if not np.isfinite(values).all():
        return "holds a value that is not a number"
    if (values < 0).any():
        return "holds negative values, as log-odds do"
    totals = values.sum(axis=1)
    if (totals == 0).any():
        return f"has only zeros at position {int(np.argmin(totals)) + 1}"
    far = np.abs(totals - 1)
    if totals.max() <= 1 + SUM and far.max() > SUM:
        return f"sums to {totals[far.argmax()]:g} at position {int(far.argmax()) + 1}, not 1"
    return ""
