"""Known motifs from JASPAR, read from pyjaspar, which contains all releases since 2014."""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ..errors import UserError


def _release(release: str):
    from pyjaspar import jaspardb  # takes most of a second, which the check of the config does not have

    known = jaspardb().get_releases()
    if release not in known:
        raise UserError(f"no JASPAR release {release!r}; there are {', '.join(sorted(known))}")
    return jaspardb(release=release)


def counts(found) -> np.ndarray:
    """Counts (width, 4), columns A, C, G, T, of a motif of pyjaspar."""
    return np.array([found.counts[base] for base in "ACGT"], float).T


def one_matrix(release: str, matrix: str) -> np.ndarray:
    """Counts (width, 4), columns A, C, G, T, of the newest version of a CORE matrix, such as MA0139, in a release."""
    found = _release(release).fetch_motifs(all_versions=False, collection="CORE", matrix_id=[matrix])
    if not found:
        raise UserError(f"{release} has no matrix {matrix}")
    return counts(found[0])


def core_motifs(release: str, taxa: Sequence[str]) -> list:
    """The newest version of every CORE matrix of these taxonomic groups as motifs of pyjaspar, sorted by id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an empty result is reported below
        found = _release(release).fetch_motifs(all_versions=False, collection="CORE", tax_group=list(taxa))
    if not found:
        raise UserError(
            f"{release} has no matrices of {', '.join(taxa)}; there are fungi, insects, nematodes, plants, "
            "urochordates and vertebrates"
        )
    return sorted(found, key=lambda one: one.matrix_id)


def core_names(release: str, taxa: Sequence[str]) -> list[str]:
    """The names of `core_motifs`, such as CTCF, in no particular order.

    It reads the names from the database itself: reading all matrices takes seconds.
    """
    database = Path(find_spec("pyjaspar").submodule_search_locations[0], "data", f"{release}.sqlite")
    if not database.exists():
        _release(release)  # says which releases there are
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tagged = connection.execute("SELECT ID, VAL FROM MATRIX_ANNOTATION WHERE TAG = 'tax_group' COLLATE NOCASE")
        chosen = {key for key, taxon in tagged if taxon.lower() in taxa}
        rows = connection.execute("SELECT ID, BASE_ID, VERSION, NAME, COLLECTION FROM MATRIX").fetchall()
    newest: dict[str, int] = {}
    for _, base, version, _, _ in rows:
        newest[base] = max(newest.get(base, version), version)
    return [
        name
        for key, base, version, name, collection in rows
        if key in chosen and collection.upper() == "CORE" and version == newest[base]
    ]


def core_matrices(release: str, taxa: Sequence[str]) -> dict[str, np.ndarray]:
    """Counts (width, 4) of `core_motifs`, by names such as `MA0139.1 CTCF`."""
    return {f"{one.matrix_id} {one.name}": counts(one) for one in core_motifs(release, taxa)}
