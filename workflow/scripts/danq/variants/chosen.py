"""Single variants to look at: as a person writes them, of a file, or those with the largest effects."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..errors import UserError
from ..runtime import checkpoint
from ..runtime.ensembles import Ensemble
from .read import Record, records
from .results import Results
from .scores import difference


def parsed(text: str) -> Record:
    """The variant that a text such as `chr8:12345:A:G` names (position from 1); another text is a UserError."""
    fields = text.rsplit(":", 3)
    position = fields[1].replace(",", "") if len(fields) == 4 else ""
    if not (all(fields) and position.isascii() and position.isdigit() and len(position) <= 12):
        raise UserError(f"{text!r} is not a variant; write contig:position:ref:alt, such as chr8:12345:A:G")
    return Record(fields[0], int(position), "", fields[2], (fields[3],))


def of_file(path: str | Path, name: str | None = None, number: int | None = None) -> Record:
    """The record of a file of variants with an id or a number (from 1); the first one of several with the id.

    No such record is a UserError.
    """
    for place, record in enumerate(records(path), 1):
        if place == number or (name is not None and record.id == name):
            return record
    wanted = f"with the id {name!r}" if name is not None else f"number {number}; they are counted from 1"
    raise UserError(f"{path}: has no variant {wanted}")


def check_model(results: Results, ensemble: Ensemble) -> None:
    """Raise a UserError if the effects are of other checkpoints."""
    if results.facts.checkpoints != tuple(checkpoint.digest(path) for path in ensemble.paths):
        raise UserError(f"{results.path}: was scored with other checkpoints; give the same ones")


def largest(results: Results, number: int) -> list[Record]:
    """The variants with the largest absolute difference on any target, the largest first; each only once.

    Alleles are read in pieces. Of equal differences, the first in the file count.
    """
    found: dict[Record, float] = {}
    for rows in results.pieces():
        best = results.read("best", rows)
        row = np.arange(len(best))
        sizes = np.abs(difference(*(results.read(name, rows)[row, best] for name in ("p_ref", "p_alt"))))
        candidates = np.argsort(-sizes, kind="stable")
        if len(found) == number:
            candidates = candidates[sizes[candidates] > min(found.values())]
        columns = {name: results.read(name, rows) for name in ("contig", "position", "id", "ref", "alt")}
        contigs = list(results.contigs)
        for i in candidates.tolist():
            if len(found) == number and sizes[i] <= min(found.values()):
                break
            contig, position, name, ref, alt = (column[i] for column in columns.values())
            record = Record(contigs[contig], int(position), name, ref, (alt,))
            if all(record._replace(id=one.id) != one for one in found):
                found[record] = float(sizes[i])
            if len(found) > number:
                del found[min(reversed(found), key=found.__getitem__)]
    return sorted(found, key=found.__getitem__, reverse=True)
