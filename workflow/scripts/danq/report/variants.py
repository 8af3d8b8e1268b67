"""The report's section on variants: what was scored and skipped, the strongest variants, and the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..variants.results import reading
from ..variants.strongest import strongest
from ..variants.tables import SKIPPED
from .data import picture

MOST = 200  # rows shown of each list


def section(results: Path, lists: Sequence[str], models: Sequence[str]) -> dict:
    """Counts by list and model, the rows with the largest |difference| of each list over its models, and pictures."""
    counts, rows, pictures = [], [], {}
    for name in lists:
        found = []
        for model in models:
            folder = results / "models" / model / "variants" / name
            with reading(folder / "effects.h5") as effects:
                table, differing = strongest(effects, MOST)
                scored = len(effects)
            skipped = SKIPPED.read(folder / "skipped.tsv")
            reasons = skipped[skipped["alleles"] > 0].to_dict("records")
            total = int(skipped["alleles"].sum())
            facts = {"list": name, "model": model, "scored": scored, "skipped": total, "differing": differing}
            counts.append(facts | {"reasons": reasons})
            found.append(table.assign(list=name, model=model))
        both = pd.concat(found)
        best = both.assign(size=both["difference"].abs()).sort_values("size", ascending=False, kind="stable").head(MOST)
        rows += best.assign(number=range(1, len(best) + 1)).to_dict("records")
        pictures[name] = picture(results / "variants" / name / "effects.png")
    return {"counts": counts, "rows": rows, "pictures": pictures, "most": MOST, "z": any("z" in row for row in rows)}
