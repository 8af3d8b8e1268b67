"""The account of all records: what became of each, so that none is lost silently."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..data.split import SPLITS
from ..tables import Table

# What may become of a record besides a window, in the order in which it is decided.
DROPPED = {
    "no_label": "the table of labels has no row for it",
    "missing_label": "a label is missing",
    "too_long": "longer than a window",
    "too_short": "shorter than a window",
    "unknown_bases": "has unknown bases",
    "in_no_split": "in no part of the split",
    "split_border": "partly in a region of another part of the split",
    "no_match": "no place of the genome is left with the GC and repeat content of its positive",
}
FATES = (*SPLITS, *DROPPED)
ACCOUNT = Table("account of sequences", ("file", "records", *FATES, "cropped", "padded"), words=("file",), digits=12)


def table(files: list[str], file: np.ndarray, fate: np.ndarray, sizes: np.ndarray, length: int) -> pd.DataFrame:
    """One row per file: its number of records, of those of each fate, and of windows that were cropped or padded.

    file, fate, sizes : (n,) of each record, see `collection.Collection`
    """
    counts = np.bincount(file.astype(np.int64) * len(FATES) + fate, minlength=len(files) * len(FATES))
    found = pd.DataFrame(counts.reshape(len(files), len(FATES)), columns=list(FATES))
    found.insert(0, "records", found.sum(axis=1))
    found.insert(0, "file", files)
    kept = fate < len(SPLITS)
    for name, differs in (("cropped", sizes > length), ("padded", sizes < length)):
        found[name] = np.bincount(file[kept & differs], minlength=len(files))
    return found


def sentence(found: pd.DataFrame) -> str:
    """The table in one line."""
    total = found[["records", *FATES, "cropped", "padded"]].sum()
    dropped = "; ".join(f"{total[name]:,} {name.replace('_', ' ')}" for name in DROPPED if total[name])
    kept = ", ".join(f"{total[name]:,} {name}" for name in SPLITS)
    changed = "".join(f"; {total[name]:,} {name}" for name in ("cropped", "padded") if total[name])
    return f"{total['records']:,} records: {kept}{changed}; dropped: {dropped or 'none'}"
