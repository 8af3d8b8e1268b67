"""Published results for comparison: medians from the papers, and tables of results per target."""

from __future__ import annotations

import csv
import logging
import re
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from ..files import existing
from .target_list import read_targets

log = logging.getLogger(__name__)
# Quang & Xie 2016: median AUROC and AUPRC on the published test set, both strands averaged; K562 BRF1 has no positives
MEDIANS = {
    "all": {"DeepSEA": (0.9445, 0.3438), "DanQ": (0.9514, 0.3726), "DanQ-JASPAR": (0.9534, 0.3834)},
    "TF": {"DeepSEA": (0.9577, 0.3035), "DanQ": (0.9625, 0.3342), "DanQ-JASPAR": (0.9649, 0.3428)},
    "DNase": {"DeepSEA": (0.9236, 0.4481), "DanQ": (0.9281, 0.4649), "DanQ-JASPAR": (0.9321, 0.4770)},
    "histone": {"DeepSEA": (0.8556, 0.3383), "DanQ": (0.8638, 0.3560), "DanQ-JASPAR": (0.8678, 0.3587)},
}
# Quang & Xie 2016: filters that match a known motif at E < .01, and all filters (for DanQ from the released table)
ANNOTATED = {"DanQ": (163, 320), "DeepSEA": (22, 320), "DanQ-JASPAR": (446, 1024)}
# Measures with published figures: their keys, in the order of MEDIANS, and how tables head them after the model's name
REPORTED = {"auroc": "ROC AUC", "auprc": "PR AUC"}
COLUMNS = tuple(f"published_median_{key}" for key in REPORTED)
_HEADING = re.compile(rf"(?P<model>.+) ({'|'.join(REPORTED.values())})")


def medians(architecture: str, assay: str) -> dict[str, float]:
    """The paper's medians for this architecture and assay ("all" for all targets); NaN if there are none."""
    return dict(zip(COLUMNS, MEDIANS.get(assay, {}).get(architecture, [np.nan] * len(COLUMNS)), strict=True))


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table of published results in long form: index, target, model, auroc, auprc.

    The file has one row per target, and columns named as in aucs.txt of the DanQ authors, such as
    "DanQ ROC AUC" and "DanQ PR AUC". Values that begin with NA are missing. `index` is the row number
    from 1, and identifies the target. Raises UserError if there are no such columns.
    """
    wide = _read(path)
    headings = {heading: _HEADING.fullmatch(heading) for heading in wide}
    models = list(dict.fromkeys(match["model"] for match in headings.values() if match))
    if not models or any(f"{model} {heading}" not in wide for model in models for heading in REPORTED.values()):
        raise UserError(
            f'{path}: has no figures; a table needs pairs of columns such as "DanQ ROC AUC" and "DanQ PR AUC"'
        )
    titles = [target.title for target in read_targets(path)]
    if len(titles) != len(wide):
        raise UserError(
            f"{path}: has {len(titles)} targets but {len(wide)} rows of figures; remove blank lines and quotes"
        )
    facts = {"index": range(1, len(wide) + 1), "target": titles}
    parts = [
        pd.DataFrame(facts | {"model": model} | {
            key: _figures(path, wide[f"{model} {heading}"]) for key, heading in REPORTED.items()
        })
        for model in models
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _read(path: str | Path) -> pd.DataFrame:
    """All columns of the table as text."""
    try:
        return pd.read_csv(
            existing(path, "table of published results"),
            sep="\t", dtype=str, index_col=False, encoding="utf-8-sig", quoting=csv.QUOTE_NONE,
        )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not a tab-separated table ({str(error).strip()}); fetch it again") from error


def _figures(path: str | Path, column: pd.Series) -> pd.Series:
    text = column.astype(str).str.strip()
    missing = column.isna() | text.str.startswith("NA")
    figures = pd.to_numeric(text.where(~missing), errors="coerce")
    wrong = ~figures.between(0, 1) & ~missing
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise UserError(
            f"{path}, data row {row + 1}: {column.name} is {text[row]!r}; write a number from 0 to 1, or NA"
        )
    return figures
