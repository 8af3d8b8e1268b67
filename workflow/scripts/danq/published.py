"""Published figures to hold one's own against: medians of the papers, and tables of figures per target."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import numpy as np
import pandas as pd

from .errors import UserError
from .files import existing
from .target_list import read_targets

log = logging.getLogger(__name__)
# Quang & Xie 2016: median AUROC and AUPRC on the published test set, both strands averaged; K562 BRF1 has no positives
MEDIANS = {
    "all": {"DeepSEA": (0.9445, 0.3438), "DanQ": (0.9514, 0.3726), "DanQ-JASPAR": (0.9534, 0.3834)},
    "TF": {"DeepSEA": (0.9577, 0.3035), "DanQ": (0.9625, 0.3342), "DanQ-JASPAR": (0.9649, 0.3428)},
    "DNase": {"DeepSEA": (0.9236, 0.4481), "DanQ": (0.9281, 0.4649), "DanQ-JASPAR": (0.9321, 0.4770)},
    "histone": {"DeepSEA": (0.8556, 0.3383), "DanQ": (0.8638, 0.3560), "DanQ-JASPAR": (0.8678, 0.3587)},
}
# Quang & Xie 2016: filters that match a known motif at E < .01, of how many (DanQ's as in the released table)
ANNOTATED = {"DanQ": (163, 320), "DeepSEA": (22, 320), "DanQ-JASPAR": (446, 1024)}
COLUMNS = ("published_median_auroc", "published_median_auprc")
_HEADING = re.compile(r"(?P<model>.+) (?P<measure>ROC|PR) AUC")


def medians(architecture: str, assay: str) -> dict[str, float]:
    """The paper's medians for this architecture and assay ("all" for all targets); NaN when it has none."""
    return dict(zip(COLUMNS, MEDIANS.get(assay, {}).get(architecture, (np.nan, np.nan)), strict=True))


def read_table(path: str | Path) -> pd.DataFrame:
    """A table of published figures, one row a target, as long rows: index, target, model, auroc, auprc.

    Columns are headed as in the DanQ authors' aucs.txt, such as "DanQ ROC AUC" and "DanQ PR AUC"; what
    begins with NA is missing. Rows are numbered from 1, which is the key.
    """
    wide = pd.read_csv(existing(path, "table of published figures"), sep="\t", dtype=str)
    headings = {heading: _HEADING.fullmatch(heading) for heading in wide}
    models = list(dict.fromkeys(match["model"] for match in headings.values() if match))
    if not models or any(f"{model} {kind} AUC" not in wide for model in models for kind in ("ROC", "PR")):
        raise UserError(
            f'{path}: has no figures; a table needs pairs of columns such as "DanQ ROC AUC" and "DanQ PR AUC"'
        )
    titles = [target.title for target in read_targets(path)]
    facts = {"index": range(1, len(wide) + 1), "target": titles}
    parts = [
        pd.DataFrame({
            **facts,
            "model": model,
            "auroc": _figures(path, wide[f"{model} ROC AUC"]),
            "auprc": _figures(path, wide[f"{model} PR AUC"]),
        })
        for model in models
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _figures(path: str | Path, column: pd.Series) -> pd.Series:
    text = column.astype(str).str.strip()
    missing = column.isna() | text.str.startswith("NA")
    figures = pd.to_numeric(text.where(~missing), errors="coerce")
    wrong = figures.isna() & ~missing
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise UserError(f"{path}, data row {row + 1}: {column.name} is {text[row]!r}; write a number, or NA")
    return figures


def against(auc: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Our AUC table beside the published figures: a row per model, published model and target, matched by number."""
    ours, theirs = auc["index"].nunique(), published["index"].nunique()
    if ours != theirs:
        raise UserError(
            f"the table of published figures has {theirs} targets, this dataset {ours}; they are not the same"
        )
    names = published.drop_duplicates("index")["target"].to_numpy()
    differ = int((auc.drop_duplicates("index")["target"].to_numpy() != names).sum())
    if differ:
        log.info(
            "%d of %d targets are named otherwise in the published table; rows are matched by number", differ, ours
        )
    theirs = published.rename(
        columns={"model": "published_model", "auroc": "published_auroc", "auprc": "published_auprc"}
    ).drop(columns="target")
    kept = ["model", "architecture", "index", "target", "assay", "auroc", "auprc"]
    return auc[kept].merge(theirs, on="index", how="left", sort=False)


def wins(compared: pd.DataFrame) -> pd.DataFrame:
    """For each model and published model, and each assay and all: targets with figures of both, and those won."""
    rows = []
    for (model, other), group in compared.groupby(["model", "published_model"], sort=False):
        for assay in ["all", *group["assay"].unique()]:
            part = group if assay == "all" else group[group["assay"] == assay]
            row = {"model": model, "published_model": other, "assay": assay}
            for measure in ("auroc", "auprc"):
                both = part[[measure, f"published_{measure}"]].dropna()
                won = (both[measure] > both[f"published_{measure}"]).sum()
                row |= {f"targets_{measure}": len(both), f"won_{measure}": won}
                row |= {f"median_{measure}": both[measure].median()}
                row |= {f"published_median_{measure}": both[f"published_{measure}"].median()}
            rows.append(row)
    return pd.DataFrame(rows)
