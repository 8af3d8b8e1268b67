"""Names of filters' motifs: their best matches among known motifs, checked against what the filters do.

A name rests on two independent figures:

- the E-value of TOMTOM (see `tomtom`): the p-value of the match times the number of known motifs. Published work calls
  a filter annotated if its best match has E < .01.
- `agreement`: the correlation, over scanned windows, of the filter's best activation with the known matrix's best
  log-odds score. A filter that finds the sites of a factor has its best windows where the factor's matrix has them.

The control is the same motifs with their columns shuffled: the share of them that gets a name is the share of names
that chance alone gives to motifs of this composition and information.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..errors import UserError
from ..tables import Table
from . import tomtom
from .agreement import Seen
from .known import Known
from .matrices import FILTERS
from .meme import Motif
from .names import is_family, is_of

log = logging.getLogger(__name__)
MATCH = ("known", "name", "family", "pvalue", "evalue", "offset", "overlap", "orientation", "agreement")
NAMES = ("known", "name", "family", "orientation")  # columns of words in MATCH
MATCHES = Table("table of matches", ("filter", "rank", *MATCH, "consensus"), words=(*NAMES, "consensus"), digits=4)
MOTIFS = Table("table of motifs", (*FILTERS.columns, *MATCH), words=(*FILTERS.words, *NAMES), digits=4)
RECOVERED = Table(
    "table of recovered motifs",
    ("factor", "by", "filter", "known", "name", "rank", "evalue", "agreement"),
    words=("factor", "by", "known", "name"),
    digits=4,
)
CONTROL = Table("table of the control of names", ("motifs", "named", "agree", "shuffled", "shuffled_agree"))
KEPT = 5  # matches listed per filter
FEWEST = 25  # fewest known motifs that give a usable null distribution
RESEMBLES = 0.5  # largest E-value of two matrices of one family that count as alike; the family is evidence, too
AGREES = 0.5  # least agreement of a name that what the filter does supports


def matches(
    motifs: Sequence[Motif], known: Sequence[Known], threads: int | None = None, seen: Seen | None = None
) -> pd.DataFrame:
    """The best matches of each motif on both strands, at most `KEPT`: columns of `MATCHES`, sorted by filter and p.

    offset : position of the known motif's first column relative to the motif's first column; may be negative
    overlap : number of aligned columns
    orientation : "-" if the reverse complement of the known motif matches; offset and consensus then refer to it
    agreement : NaN without `seen`

    Fewer than `FEWEST` known motifs are a UserError.
    """
    if len(known) < FEWEST:
        raise UserError(f"{len(known)} known motifs are too few for TOMTOM's statistics; give at least {FEWEST}")
    found = tomtom.align([one.probabilities for one in motifs], [one.motif.probabilities for one in known], threads)
    rows, chosen = [], []
    for i, motif in enumerate(motifs):
        for rank, k in enumerate(np.argsort(found.pvalue[i], kind="stable")[:KEPT], 1):
            one, reverse, p = known[k], found.reverse[i, k], found.pvalue[i, k]
            row = {"filter": filter_number(motif), "rank": rank, "known": one.motif.name, "name": one.name}
            row |= {"family": one.family, "pvalue": p, "evalue": p * len(known)}
            row |= {"offset": found.offset[i, k], "overlap": found.overlap[i, k]}
            row |= {"orientation": "-" if reverse else "+", "agreement": np.nan}
            row["consensus"] = (one.motif.reverse_complement() if reverse else one.motif).consensus
            rows.append(row)
            chosen.append(one)
    table = pd.DataFrame(rows, columns=MATCHES.columns)
    if seen:
        table["agreement"] = seen.agreements(table["filter"], chosen)
    return table


def shuffled(motifs: Sequence[Motif], seed: int = 1) -> list[Motif]:
    """The motifs with their columns in random order: as informative as they were, and no longer themselves."""
    draw = np.random.default_rng(seed)
    return [replace(motif, probabilities=draw.permutation(motif.probabilities)) for motif in motifs]


def control(found: pd.DataFrame, noise: pd.DataFrame, max_evalue: float) -> pd.DataFrame:
    """How many motifs have a name, and how many of the same motifs with shuffled columns: one row of `CONTROL`.

    found, noise : `matches` of the motifs and of the shuffled ones. `agree` counts the names with an agreement of at
        least `AGREES`, too.
    """
    row: dict[str, float] = {"motifs": found["filter"].nunique()}
    for table, names, agree in ((found, "named", "agree"), (noise, "shuffled", "shuffled_agree")):
        named = table[(table["rank"] == 1) & (table["evalue"] < max_evalue)]
        known = named["agreement"].notna().any() or named.empty
        row |= {names: len(named), agree: (named["agreement"] >= AGREES).sum() if known else np.nan}
    log.info(
        "%d of %d motifs match a known motif at E < %g; of the same motifs with shuffled columns, %d",
        *(row["named"], row["motifs"], max_evalue, row["shuffled"]),
    )
    return pd.DataFrame([row], columns=CONTROL.columns)


def filter_number(motif: Motif) -> int:
    """The number in a filter's name: 43 for `filter_043`."""
    return int(motif.name.rpartition("_")[2])


def annotated(filters: pd.DataFrame, found: pd.DataFrame, max_evalue: float) -> pd.DataFrame:
    """The table of filters with the best match of each if its E is below `max_evalue`; columns of `MOTIFS`."""
    best = found[(found["rank"] == 1) & (found["evalue"] < max_evalue)]
    table = filters.merge(best[["filter", *MATCH]], on="filter", how="left", sort=False)
    table = table.fillna(dict.fromkeys(NAMES, ""))
    return table.astype({"offset": "Int64", "overlap": "Int64"})


def recovered(factors: Sequence[str], known: Sequence[Known], found: pd.DataFrame, max_evalue: float) -> pd.DataFrame:
    """The filter that matches each expected factor best, columns of `RECOVERED`; NA if no filter does.

    A filter matches a factor if one of the factor's own matrices is among the filter's matches (`by` is "matrix", and
    `rank` is the matrix' rank among them). If there is no such filter, one counts whose best match is of the factor's
    family and looks like the factor's own matrix (`by` is "family"; see `relatives`). E must be below `max_evalue` and,
    where it is known, the agreement at least `AGREES`.
    """
    found = found[(found["evalue"] < max_evalue) & ~(found["agreement"] < AGREES)]
    rows = []
    for factor in factors:
        by, fits = "matrix", found[[is_of(name, factor) for name in found["name"]]]
        if fits.empty:
            by, fits = "family", found[(found["rank"] == 1) & found["known"].isin(relatives(factor, known))]
        row = {"factor": factor}
        if len(fits):
            row |= {"by": by} | fits.loc[fits["evalue"].idxmin(), list(RECOVERED.columns[2:])].to_dict()
        rows.append(row)
    return pd.DataFrame(rows, columns=RECOVERED.columns).astype({"filter": "Int64", "rank": "Int64"})


def relatives(factor: str, known: Sequence[Known]) -> set[str]:
    """Matrices (ids) of a factor's family that match one of its own matrices by TOMTOM.

    A family alone is not enough: REB1, RAP1 and TBF1 of yeast are of one family and bind different sequences.
    """
    own = [one for one in known if is_of(one.name, factor)]
    families = {one.family for one in own if is_family(one.family)}
    if not families:
        return set()
    found = tomtom.align([one.motif.probabilities for one in own], [one.motif.probabilities for one in known])
    alike = found.pvalue.min(axis=0) * len(known) < RESEMBLES
    return {one.motif.name for one, fits in zip(known, alike, strict=True) if fits and one.family in families}
