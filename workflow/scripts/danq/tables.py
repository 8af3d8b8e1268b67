"""How tables go to disk."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd

from .files import replacing


def write_table(table: pd.DataFrame, path: str | Path, digits: int = 6) -> None:
    """Write a tab-separated table, missing values as NA; a name that ends in .gz is compressed, the same every time."""
    text = table.to_csv(sep="\t", index=False, na_rep="NA", float_format=f"%.{digits}g").encode()
    with replacing(path) as temporary:
        temporary.write_bytes(gzip.compress(text, mtime=0) if temporary.suffix == ".gz" else text)
