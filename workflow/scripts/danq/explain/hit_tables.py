"""The tables of hits, declared here so that readers depend on no search for hits."""

from __future__ import annotations

from ..tables import Table

HITS = Table(
    "table of hits",
    (
        *("index", "target", "window", "motif", "name", "strand", "position", "contig", "start", "end"),
        *("score", "pvalue", "contribution", "carried", "sequence"),
    ),
    words=("target", "motif", "name", "strand", "contig", "sequence"),
    digits=4,
)
# What became of the matches of all motifs.
MATCHES = Table(
    "table of matches and hits", ("index", "target", "windows", "hits", "unsupported", "overlapping"), words=("target",)
)
ALL = "(all)"  # the row of all motifs of a target
CARRIED = Table(
    "table of motifs that carry predictions",
    (
        *("index", "target", "assay", "motif", "name", "windows", "windows_with_hit", "hits"),
        *("contribution", "carried", "share", "share_of_length"),
    ),
    words=("target", "assay", "motif", "name"),
    digits=4,
)
NEIGHBOURS = Table(
    "table of pairs of motifs",
    (
        *("index", "target", "first", "first_name", "second", "second_name"),
        *("windows", "first_windows", "second_windows", "both_windows", "expected_windows"),
        *("together_pvalue", "apart_pvalue"),
        *("pairs", "side", "gap", "strand", "count", "control", "spacing_pvalue"),
    ),
    words=("target", "first", "first_name", "second", "second_name", "side", "strand"),
    digits=4,
)
SPACINGS = Table(
    "table of spacings of pairs",
    ("index", "target", "first", "second", "side", "gap", "strand", "count", "control"),
    words=("target", "first", "second", "side", "strand"),
    digits=4,
)
