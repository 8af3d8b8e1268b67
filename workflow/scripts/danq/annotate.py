"""What a filter's motif is called: its best matches among known motifs, by TOMTOM.

TOMTOM (Gupta et al. 2007) scores every alignment of two motifs and gives the chance of such a score by the
null distribution of the known motifs' columns; `memelite` is the port used here. E = p times the number of known
motifs; published work calls a filter annotated when its best match has E < .01.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from . import jaspar, published
from .errors import UserError
from .meme import Motif, read_titled

log = logging.getLogger(__name__)
MATCH = ("known", "name", "family", "pvalue", "evalue", "offset", "overlap", "orientation")
COLUMNS = ("filter", "rank", *MATCH, "consensus")
RECOVERED = ("factor", "by", "filter", "known", "name", "rank", "evalue")
KEPT = 5  # matches listed for each filter
FEWEST = 25  # known motifs that make up a null distribution at all


@dataclass(frozen=True)
class Known:
    """A known motif: its matrix (whose name is its id), the factor it belongs to and that factor's family."""

    motif: Motif
    name: str
    family: str = ""


def from_jaspar(release: str, taxa: Sequence[str]) -> list[Known]:
    """All CORE matrices of a JASPAR release, of these taxonomic groups."""
    return [
        Known(Motif.from_counts(one.matrix_id, jaspar.counts(one)), one.name, ", ".join(one.tf_family or []))
        for one in jaspar.core_motifs(release, taxa)
    ]


def from_meme(path: str | Path) -> list[Known]:
    """The motifs of a MEME file; one without a second name is called by its first."""
    return [Known(motif, title or motif.name) for motif, title in read_titled(path)]


def matches(motifs: Sequence[Motif], known: Sequence[Known], threads: int | None = None) -> pd.DataFrame:
    """Each motif's `KEPT` best matches, on both strands, columns `COLUMNS`; sorted by filter and p.

    offset : where the known motif's first place lies, seen from the motif's first place; may be negative
    overlap : places that lie on one another
    orientation : "-" when the known motif matches as its reverse complement, which offset and consensus are of
    """
    if len(known) < FEWEST:
        raise UserError(f"{len(known)} known motifs are too few for TOMTOM's statistics; give at least {FEWEST}")
    if not motifs:
        return pd.DataFrame(columns=COLUMNS)
    pvalue, _, offset, overlap, strand, index = _tomtom(motifs, known, threads)
    rows = []
    for i, motif in enumerate(motifs):
        for rank in range(pvalue.shape[1]):
            found, reverse = known[int(index[i, rank])], bool(strand[i, rank])
            seen = found.motif.reverse_complement() if reverse else found.motif
            facts = (found.motif.name, found.name, found.family, pvalue[i, rank], pvalue[i, rank] * len(known))
            alignment = (-int(offset[i, rank]), int(overlap[i, rank]), "-" if reverse else "+")
            rows.append((filter_number(motif), rank + 1, *facts, *alignment, seen.consensus))
    return pd.DataFrame(rows, columns=COLUMNS)


def _tomtom(motifs: Sequence[Motif], known: Sequence[Known], threads: int | None):
    from memelite import tomtom  # loads numba

    queries, targets = motifs, [one.motif for one in known]
    matrices = [[np.ascontiguousarray(motif.probabilities.T) for motif in side] for side in (queries, targets)]
    return tomtom(*matrices, n_nearest=KEPT, n_target_bins=None, n_jobs=threads or os.cpu_count())


def filter_number(motif: Motif) -> int:
    """43 of `filter_043`."""
    return int(motif.name.rpartition("_")[2])


def annotated(filters: pd.DataFrame, found: pd.DataFrame, max_evalue: float) -> pd.DataFrame:
    """The table of filters with each one's best match, where its E is below `max_evalue`; other rows have NA there."""
    best = found[(found["rank"] == 1) & (found["evalue"] < max_evalue)]
    table = filters.merge(best[["filter", *MATCH]], on="filter", how="left", sort=False)
    named = table["known"].notna().sum()
    log.info("%d of %d filters match a known motif at E < %g", named, len(table), max_evalue)
    return table.astype({"offset": "Int64", "overlap": "Int64"})


def share(model: str, architecture: str, table: pd.DataFrame) -> dict:
    """How many of a model's filters have a motif and a known match, beside the published numbers (NA for others).

    table : as `annotated` makes it
    """
    known, of = published.ANNOTATED.get(architecture, (None, None))
    named = int(table["known"].notna().sum())
    row = {"model": model, "architecture": architecture, "filters": len(table)}
    row |= {"motifs": int(table["information"].notna().sum()), "annotated": named, "share": named / len(table)}
    return row | {
        "published_annotated": known,
        "published_filters": of,
        "published_share": known / of if known else None,
    }


def recovered(factors: Sequence[str], known: Sequence[Known], found: pd.DataFrame, max_evalue: float) -> pd.DataFrame:
    """For each expected factor the filter that reads its motif best, columns `RECOVERED`; NA where none does.

    A filter reads a factor's motif when one of the factor's own matrices is among its best matches (`by` "matrix", at
    its `rank` among them), or, failing that, when its very best match is of the same family (`by` "family").
    """
    found = found[found["evalue"] < max_evalue]
    rows = []
    for factor in factors:
        families = {one.family for one in known if is_of(one.name, factor)} - {""}
        own = found[[is_of(name, factor) for name in found["name"]]]
        relatives = found[(found["rank"] == 1) & found["family"].isin(families)]
        by, fits = ("family", relatives) if own.empty else ("matrix", own)
        row = {"factor": factor}
        if len(fits):
            row |= {"by": by} | fits.loc[fits["evalue"].idxmin(), list(RECOVERED[2:])].to_dict()
        rows.append(row)
    return pd.DataFrame(rows, columns=RECOVERED).astype({"filter": "Int64", "rank": "Int64"})


def is_of(name: str, factor: str) -> bool:
    """Whether a matrix called `name`, such as FOS::JUN, is of this factor; upper and lower case are the same."""
    return factor.upper() in name.upper().split("::")
