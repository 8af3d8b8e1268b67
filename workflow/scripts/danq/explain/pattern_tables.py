"""The tables of patterns, and the places of their seqlets."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ..files import replacing
from ..motifs import annotate
from ..motifs.known import Known
from ..tables import Table
from .patterns import Found, Pattern

PATTERNS = Table(
    "table of patterns",
    (
        *("pattern", "sign", "seqlets", "windows", "consensus", "information", "contribution"),
        *annotate.MATCH,
    ),
    words=("sign", "consensus", *annotate.NAMES),
    digits=4,
)
MATCHES = Table(
    "table of matches of patterns",
    ("pattern", *annotate.MATCHES.columns[1:]),
    words=annotate.MATCHES.words,
    digits=4,
)
PLACES = ("contig", "start", "end", "name", "score", "strand")


def named(
    patterns: Sequence[Pattern], known: Sequence[Known], max_evalue: float, threads: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The tables `PATTERNS`, `MATCHES` and `annotate.CONTROL`.

    The names have TOMTOM's E-values and the control of shuffled columns, as those of filters have (`motifs.annotate`).
    """
    motifs = [pattern.motif() for pattern in patterns]
    matches = annotate.matches(motifs, known, threads)
    noise = annotate.matches(annotate.shuffled(motifs), known, threads)
    table = pd.DataFrame(
        {
            "filter": pattern.number,
            "sign": pattern.sign,
            "seqlets": pattern.seqlets,
            "windows": len(np.unique(pattern.row)),
            "consensus": motif.consensus,
            "information": motif.information,
            "contribution": pattern.contributions.sum(),
        }
        for pattern, motif in zip(patterns, motifs, strict=True)
    )
    if not len(table):
        table = pd.DataFrame(columns=["filter", *PATTERNS.columns[1:7]])
    table = annotate.annotated(table.astype({"filter": "int64"}), matches.astype({"filter": "int64"}), max_evalue)
    control = annotate.control(matches, noise, max_evalue)
    return (
        table.rename(columns={"filter": "pattern"})[list(PATTERNS.columns)],
        matches.rename(columns={"filter": "pattern"}),
        control,
    )


def places(found: Found, names: pd.Series) -> pd.DataFrame | None:
    """Where the patterns' seqlets are, as a BED file has it, sorted; None if the places of the windows are unknown.

    A place that several windows show is there once. The score is the contribution in thousandths of the pattern's
    largest.

    names : of the known motifs, by number of the pattern; "" without one
    """
    if found.places is None:
        return None
    contigs, starts = found.places
    parts = [pd.DataFrame(columns=list(PLACES))]
    for pattern in found.patterns:
        name = "_".join(filter(None, [pattern.name, *names[pattern.number].split()]))
        start = starts[pattern.row] + pattern.start
        strand = np.where(pattern.reverse, "-", "+")
        table = {"contig": contigs[pattern.row], "start": start, "end": start + len(pattern.probabilities)}
        score = np.rint(1000 * np.abs(pattern.strength) / max(np.abs(pattern.strength).max(), 1e-9)).astype(int)
        table = pd.DataFrame(table | {"name": name, "score": score, "strand": strand})
        place = ["contig", "start", "end", "strand"]
        parts.append(table[start >= 0].sort_values("score", ascending=False).drop_duplicates(place))
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["contig", "start", "end", "name", "strand"], kind="stable")[list(PLACES)]


def write_bed(table: pd.DataFrame, path: str | Path) -> None:
    """Write places to a compressed BED file without a heading, whose bytes depend on the places only."""
    with (
        replacing(path) as temporary,
        temporary.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file,
    ):
        file.write(table.to_csv(sep="\t", index=False, header=False, quoting=csv.QUOTE_NONE).encode())
