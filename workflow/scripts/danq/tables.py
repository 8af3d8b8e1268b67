"""How tables go to disk and come back: tab-separated; a missing figure is NA, a missing word is empty."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
from pandas.api.types import is_numeric_dtype

from .files import existing, replacing

# Columns of words: a model called 64, an assay called NA or a motif called 1 stay what they are.
WORDS = {
    "model", "other", "architecture", "target", "name", "cell", "treatment", "assay", "split", "note", "best_auroc",
    "best_auprc", "published_model", "curve", "consensus", "known", "family", "orientation", "factor", "by",
}  # fmt: skip


def write_table(table: pd.DataFrame, path: str | Path, digits: int = 6) -> None:
    """Write a table; one whose name ends in .gz is compressed, into the same bytes every time."""
    words = [name for name in table if name in WORDS or not is_numeric_dtype(table[name])]
    table = table.assign(**{name: table[name].astype(object).where(table[name].notna(), "") for name in words})
    text = table.to_csv(sep="\t", index=False, na_rep="NA", float_format=f"%.{digits}g").encode()
    with replacing(path) as temporary:
        temporary.write_bytes(gzip.compress(text, mtime=0) if temporary.suffix == ".gz" else text)


def read_table(path: str | Path, what: str = "table") -> pd.DataFrame:
    """A table that `write_table` wrote: words as text, "" when missing; all else as numbers, NaN when missing."""
    table = pd.read_csv(existing(path, what), sep="\t", dtype=str, keep_default_na=False)
    return table.assign(**{
        name: pd.to_numeric(column, errors="coerce")
        for name, column in table.items()
        if name not in WORDS
    })  # fmt: skip
