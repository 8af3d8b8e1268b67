"""How many filters of each model have a motif and a known match, and which expected factors they match."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..published import figures as published
from ..tables import Table
from . import annotate

ANNOTATED = Table(
    "table of annotated filters",
    (
        *("model", "architecture", "filters", "motifs", "annotated", "share", "agree", "shuffled", "shuffled_agree"),
        *("published_annotated", "published_filters", "published_share"),
    ),
    words=("model", "architecture"),
    digits=4,
)
RECOVERED = Table(
    "comparison of recovered motifs",
    ("factor", "model", *annotate.RECOVERED.columns[1:]),
    words=(*annotate.RECOVERED.words, "model"),
    digits=4,
)


def share(model: str, architecture: str, table: pd.DataFrame, control: pd.DataFrame) -> dict:
    """One model's row of `ANNOTATED`; the published numbers are NaN for architectures without any.

    table : as `annotate.annotated` makes it
    control : as `annotate.control` makes it
    """
    known, of = published.ANNOTATED.get(architecture, (np.nan, np.nan))
    named = int((table["known"] != "").sum())
    row = {"model": model, "architecture": architecture, "filters": len(table)}
    row |= {"motifs": int(table["information"].notna().sum()), "annotated": named, "share": named / len(table)}
    row |= control.iloc[0][["agree", "shuffled", "shuffled_agree"]].to_dict()
    return row | {
        "published_annotated": known,
        "published_filters": of,
        "published_share": known / of,
    }
