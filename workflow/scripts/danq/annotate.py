"""What a filter's motif is called: its best matches among known motifs, by TOMTOM.

TOMTOM (Gupta et al. 2007) scores every alignment of two motifs and gives the chance of such a score by the
null distribution of the known motifs' columns; `memelite` is the port used here. E = p times the number of known
motifs; published work calls a filter annotated when its best match has E < .01. Here a match must also hold half of
the known motif's information (see `matches`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from . import jaspar, published
from .errors import UserError
from .meme import Motif, read_titled

log = logging.getLogger(__name__)
MATCH = ("known", "name", "family", "pvalue", "evalue", "offset", "overlap", "orientation", "covered")
COLUMNS = ("filter", "rank", *MATCH, "consensus")
RECOVERED = ("factor", "by", "filter", "known", "name", "rank", "evalue")
KEPT = 5  # matches listed for each filter
COMPARED = 50  # nearest known motifs looked at for them
COVERED = 0.5  # share of a known motif's information that a match holds at least
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
    covered : see there

    Matches that cover less than `COVERED` are left out: long matrices have stretches that say nothing, on which a
    filter that says nothing either lies at a very small p.
    """
    if len(known) < FEWEST:
        raise UserError(f"{len(known)} known motifs are too few for TOMTOM's statistics; give at least {FEWEST}")
    rows = []
    for motif, nearest in zip(motifs, _nearest(motifs, known, threads), strict=True):
        fits = [row for row in nearest if row["covered"] >= COVERED][:KEPT]
        rows += [{"filter": filter_number(motif), "rank": rank} | row for rank, row in enumerate(fits, 1)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _nearest(motifs: Sequence[Motif], known: Sequence[Known], threads: int | None) -> Iterator[list[dict]]:
    """For each motif its `COMPARED` best alignments by p."""
    if not motifs:
        return
    pvalue, _, offset, overlap, strand, index = _tomtom(motifs, known, threads)
    for i, motif in enumerate(motifs):
        rows = []
        alignments = zip(*(part[i] for part in (pvalue, offset, overlap, strand, index)), strict=True)
        for p, first, places, reverse, k in alignments:
            found = known[int(k)]
            seen = found.motif.reverse_complement() if reverse else found.motif
            row = {"known": found.motif.name, "name": found.name, "family": found.family}
            row |= {"pvalue": p, "evalue": p * len(known), "offset": -int(first), "overlap": int(places)}
            row |= {"orientation": "-" if reverse else "+", "covered": covered(motif, seen, -int(first))}
            rows.append(row | {"consensus": seen.consensus})
        yield rows


def covered(motif: Motif, known: Motif, offset: int) -> float:
    """Share of the known motif's information that the motif holds where they overlap, `known` beginning at `offset`.

    That is the lesser of two: what the known motif has there, and what the motif has.
    """
    bits, own = (one.bits().sum(axis=1) for one in (known, motif))
    under = bits[max(0, -offset) : max(0, len(own) - offset)].sum()
    held = own[max(0, offset) : max(0, len(bits) + offset)].sum()
    return float(min(under, held) / bits.sum()) if bits.sum() else 0.0


def _tomtom(motifs: Sequence[Motif], known: Sequence[Known], threads: int | None):
    import numba
    from memelite import tomtom

    queries, targets = motifs, [one.motif for one in known]
    matrices = [[np.ascontiguousarray(motif.probabilities.T) for motif in side] for side in (queries, targets)]
    most = numba.config.NUMBA_NUM_THREADS  # the CPUs of this process; numba refuses to take more
    return tomtom(*matrices, n_nearest=min(COMPARED, len(known)), n_target_bins=None, n_jobs=min(threads or most, most))


def filter_number(motif: Motif) -> int:
    """43 of `filter_043`."""
    return int(motif.name.rpartition("_")[2])


def annotated(filters: pd.DataFrame, found: pd.DataFrame, max_evalue: float) -> pd.DataFrame:
    """The table of filters with each one's best match, where its E is below `max_evalue`; other rows have NA there."""
    best = found[(found["rank"] == 1) & (found["evalue"] < max_evalue)]
    table = filters.merge(best[["filter", *MATCH]], on="filter", how="left", sort=False)
    table = table.fillna({"known": "", "name": "", "family": "", "orientation": ""})
    named = (table["known"] != "").sum()
    log.info("%d of %d filters match a known motif at E < %g", named, len(table), max_evalue)
    return table.astype({"offset": "Int64", "overlap": "Int64"})


def share(model: str, architecture: str, table: pd.DataFrame) -> dict:
    """How many of a model's filters have a motif and a known match, beside the published numbers (NA for others).

    table : as `annotated` makes it
    """
    known, of = published.ANNOTATED.get(architecture, (np.nan, np.nan))
    named = int((table["known"] != "").sum())
    row = {"model": model, "architecture": architecture, "filters": len(table)}
    row |= {"motifs": int(table["information"].notna().sum()), "annotated": named, "share": named / len(table)}
    return row | {
        "published_annotated": known,
        "published_filters": of,
        "published_share": known / of,
    }


def recovered(factors: Sequence[str], known: Sequence[Known], found: pd.DataFrame, max_evalue: float) -> pd.DataFrame:
    """For each expected factor the filter that reads its motif best, columns `RECOVERED`; NA where none does.

    A filter reads a factor's motif when one of the factor's own matrices is among its best matches (`by` "matrix", at
    its `rank` among them), or, failing that, when its very best match is of the same family (`by` "family").
    """
    found = found[found["evalue"] < max_evalue]
    rows = []
    for factor in factors:
        families = {one.family for one in known if is_of(one.name, factor) and is_family(one.family)}
        own = found[[is_of(name, factor) for name in found["name"]]]
        relatives = found[(found["rank"] == 1) & found["family"].isin(families)]
        by, fits = ("family", relatives) if own.empty else ("matrix", own)
        row = {"factor": factor}
        if len(fits):
            row |= {"by": by} | fits.loc[fits["evalue"].idxmin(), list(RECOVERED[2:])].to_dict()
        rows.append(row)
    return pd.DataFrame(rows, columns=RECOVERED).astype({"filter": "Int64", "rank": "Int64"})


def is_family(family: str) -> bool:
    """Whether factors of this JASPAR family bind alike; those with more than three zinc fingers do not."""
    return bool(family) and not family.endswith(("adjacent zinc fingers", "dispersed zinc fingers"))


def is_of(name: str, factor: str) -> bool:
    """Whether a matrix called `name`, such as FOS::JUN, is of this factor; upper and lower case are the same."""
    return factor.upper() in name.upper().split("::")
