"""The report: one HTML page that carries its pictures and opens without a network."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import pandas as pd

from .evaluate import MEASURES
from .files import existing, replacing
from .published import MEDIANS
from .target_list import is_published
from .windows import Windows


@dataclass(frozen=True)
class ModelResults:
    """Where one model's results lie: a folder with run.json, motifs.tsv and logos/."""

    name: str
    folder: Path

    def run(self) -> dict:
        return json.loads(existing(self.folder / "run.json", "record of the run").read_text())

    def motifs(self) -> pd.DataFrame:
        return pd.read_csv(existing(self.folder / "motifs.tsv", "table of motifs"), sep="\t")


def picture(path: str | Path) -> str:
    """A PNG as a data address."""
    return "data:image/png;base64," + base64.b64encode(existing(path, "picture").read_bytes()).decode()


def _kept(rule: dict) -> str:
    """In words, which bins became windows: the negatives that the figures are over."""
    kind, _, what = rule.get("keep", "").partition(":")
    return {
        "any": "the bins with at least one target",
        "all": "all bins",
        "assay": f"the bins with at least one {what} target",
        "bed": f"the bins in {Path(what).name}",
    }.get(kind, "")


def _logos(model: ModelResults) -> list[dict]:
    """The model's logos, the most informative first, each with its facts."""
    table = model.motifs()
    rows = table[table["information"].notna()].sort_values("information", ascending=False).to_dict("records")
    return [row | {"picture": picture(model.folder / f"logos/filter_{row['filter']:03d}.png")} for row in rows]


def write_report(
    output: str | Path,
    *,
    template: str | Path,
    title: str,
    results: str | Path,
    windows: str | Path,
    models: Sequence[ModelResults],
    against_published: bool = False,
) -> None:
    """Write the page.

    template : Jinja page
    results : folder with comparison.tsv, assays.tsv, history.png, assays.png and curves/
    windows : folder that prepare.py wrote
    against_published : whether published_wins.tsv and published.png are among the results
    """
    results = Path(results)
    comparison = pd.read_csv(results / "comparison.tsv", sep="\t", dtype={"note": str})
    test = Windows(Path(windows) / "test.h5")
    targets = pd.read_csv(Path(windows) / "targets.tsv", sep="\t")
    splits = targets.groupby("split", sort=False)["windows"].first()
    unlearnable = targets[(targets["split"] == "train") & (targets["positives"] == 0)]
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["figure"] = lambda value, digits=3: "NA" if pd.isna(value) else f"{value:.{digits}f}"
    page = environment.from_string(existing(template, "template").read_text()).render(
        title=title,
        made_by=test.made_by | {"assembly": test.assembly, "fingerprint of the test windows": test.fingerprint},
        splits=splits.to_dict(),
        unlearnable=unlearnable[["index", "name"]].to_dict("records"),
        kept=_kept(test.made_by.get("rule", {})),
        comparison=comparison.fillna({"note": "", "best_auroc": "", "best_auprc": ""}).to_dict("records"),
        assays=pd.read_csv(results / "assays.tsv", sep="\t").to_dict("records"),
        measures=MEASURES,
        published=MEDIANS if is_published(test.targets) else None,
        wins=pd.read_csv(results / "published_wins.tsv", sep="\t").to_dict("records") if against_published else [],
        against=picture(results / "published.png") if against_published else None,
        models=[
            {"name": model.name, "run": model.run(), "logos": _logos(model), "filters": len(model.motifs())}
            for model in models
        ],
        history=picture(results / "history.png"),
        overview=picture(results / "assays.png"),
        curves=[(path.stem.replace("_", " "), picture(path)) for path in sorted((results / "curves").glob("*.png"))],
    )
    with replacing(output) as temporary:
        temporary.write_text(page, encoding="utf-8")
