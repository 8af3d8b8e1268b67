"""Models compared with published figures, target by target."""

from __future__ import annotations

import logging

import pandas as pd

from ..errors import UserError
from ..tables import Table
from .measures import MEASURES

log = logging.getLogger(__name__)
KEYS = tuple(measure.key for measure in MEASURES if measure.published)
PUBLISHED = Table(
    "comparison with published figures",
    (
        *("model", "architecture", "index", "target", "assay", *KEYS),
        *("published_model", *(f"published_{key}" for key in KEYS)),
    ),
    words=("model", "architecture", "target", "assay", "published_model"),
)
WINS = Table(
    "summary of the comparison with published figures",
    (
        *("model", "published_model", "assay"),
        *(f"{name}_{key}" for key in KEYS for name in ("targets", "won", "median", "published_median")),
    ),
    words=("model", "published_model", "assay"),
)


def against(auc: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """One row per model, published model and target, matched by the target's number (columns of `PUBLISHED`).

    auc : as `evaluate` makes it
    published : as `figures.read_table` reads it; another number of targets is a UserError
    """
    ours, theirs = auc["index"].nunique(), published["index"].nunique()
    if ours != theirs:
        raise UserError(
            f"the table of published figures has {theirs} targets, this dataset {ours}; they must be the same targets"
        )
    names = published.drop_duplicates("index")["target"].to_numpy()
    differ = int((auc.drop_duplicates("index")["target"].to_numpy() != names).sum())
    if differ:
        log.info("%d of %d targets have another name in the published table; rows are matched by number", differ, ours)
    renamed = {"model": "published_model"} | {key: f"published_{key}" for key in KEYS}
    theirs = published.rename(columns=renamed).drop(columns="target")
    columns = ["model", "architecture", "index", "target", "assay", *KEYS]
    return auc[columns].merge(theirs, on="index", how="left", sort=False)


def wins(compared: pd.DataFrame) -> pd.DataFrame:
    """One row per model, published model and assay ("all" first), columns of `WINS`.

    For each measure: targets with a value of both models, how many of these have a higher value than published, and
    the medians of both.
    """
    rows = []
    for (model, other), group in compared.groupby(["model", "published_model"], sort=False):
        for assay in ["all", *group["assay"].unique()]:
            part = group if assay == "all" else group[group["assay"] == assay]
            row = {"model": model, "published_model": other, "assay": assay}
            for key in KEYS:
                both = part[[key, f"published_{key}"]].dropna()
                won = (both[key] > both[f"published_{key}"]).sum()
                row |= {f"targets_{key}": len(both), f"won_{key}": won, f"median_{key}": both[key].median()}
                row |= {f"published_median_{key}": both[f"published_{key}"].median()}
            rows.append(row)
    return pd.DataFrame(rows)
