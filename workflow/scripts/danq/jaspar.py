"""Known motifs from JASPAR, by way of pyjaspar, which carries all releases since 2014."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from pyjaspar import jaspardb

from .errors import UserError


def _release(release: str) -> jaspardb:
    known = jaspardb().get_releases()
    if release not in known:
        raise UserError(f"no JASPAR release {release!r}; there are {', '.join(sorted(known))}")
    return jaspardb(release=release)


def counts(found) -> np.ndarray:
    """Counts (width, 4), columns A, C, G, T, of one of pyjaspar's motifs."""
    return np.array([found.counts[base] for base in "ACGT"], float).T


def one_matrix(release: str, matrix: str) -> np.ndarray:
    """Counts (width, 4), columns A, C, G, T: the newest version of the CORE matrix, such as MA0139, in the release."""
    found = _release(release).fetch_motifs(all_versions=False, collection="CORE", matrix_id=[matrix])
    if not found:
        raise UserError(f"{release} has no matrix {matrix}")
    return counts(found[0])


def core_motifs(release: str, taxa: Sequence[str]) -> list:
    """pyjaspar's motifs: the newest version of every CORE matrix of these taxonomic groups, sorted by id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that nothing was found is said below
        found = _release(release).fetch_motifs(all_versions=False, collection="CORE", tax_group=list(taxa))
    if not found:
        raise UserError(
            f"{release} has no matrices of {', '.join(taxa)}; there are fungi, insects, nematodes, plants, "
            "urochordates and vertebrates"
        )
    return sorted(found, key=lambda one: one.matrix_id)


def core_matrices(release: str, taxa: Sequence[str]) -> dict[str, np.ndarray]:
    """Counts (width, 4) of those motifs, by names such as `MA0139.1 CTCF`."""
    return {f"{one.matrix_id} {one.name}": counts(one) for one in core_motifs(release, taxa)}
