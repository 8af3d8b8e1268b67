"""The tables of inserted motifs, declared here so that reading them does not load Keras."""

from __future__ import annotations

from ..tables import Table

OF_TARGET = ("index", "target", "assay")
# Effects are differences of the natural logit; low and high are the 95 % interval of the mean over backgrounds.
# control : effect of the same bases in random order; excess : effect minus control; pvalue : of the excess
EFFECTS = Table(
    "table of effects of inserts",
    (
        *("insert", "consensus", *OF_TARGET, "backgrounds", "p_background", "p_insert"),
        *("effect", "low", "high", "control", "excess", "pvalue"),
    ),
    words=("insert", "consensus", "target", "assay"),
)
PAIRS = Table(
    "table of effects of pairs of inserts",
    (
        *("first", "second", "side", "gap", "strand", *OF_TARGET),
        *("effect", "first_alone", "second_alone", "interaction", "low", "high"),
    ),
    words=("first", "second", "side", "strand", "target", "assay"),
)
