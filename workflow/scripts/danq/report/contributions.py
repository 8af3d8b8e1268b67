"""The report's gallery of contributions: letters as high as they contribute, for a few windows of each target."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ..data.onehot import ALPHABET
from ..data.targets import Target
from ..explain.attributions import Attributions
from ..explain.hit_tables import HITS

BASES = 150_000  # of the gallery, at most: about 300 kB of the page
MOST = 10  # windows of a target
STEPS = 500  # heights are integers: this is the largest one of a window


def gallery(results: Path, models: Sequence[str], methods: Sequence[str], hits: bool = False) -> dict:
    """The windows with the highest predictions of each target, by model and method, for the page's script.

    hits : whether to mark the hits of motifs

    `shown` targets of `targets` and `most` windows of each fit into `BASES`, and so are given.
    """
    found = {
        (model, method): Attributions(results / "models" / model / "explain/attributions" / f"{method}.h5")
        for model in models
        for method in methods
    }
    first = next(iter(found.values()))
    room = max(1, BASES // (sum(one.length for one in found.values())))  # windows of each file
    explained = [target for target in first.targets if len(first.windows(target))]
    shown = explained[:room]
    most = max(1, min(MOST, room // max(1, len(shown))))
    entries = []
    for (model, method), one in found.items():
        path = results / "models" / model / "explain/hits" / method / "hits.tsv.gz"
        marked = HITS.read(path) if hits else pd.DataFrame(columns=list(HITS.columns))
        windows = [_windows(one, target, most, marked[marked["index"] == target.index]) for target in shown]
        entries.append({"model": model, "method": method, "windows": windows})
    titles = [f"{target.index}  {target.title}" for target in shown]
    return {"targets": titles, "all": len(explained), "most": most, "entries": entries}


def _windows(found: Attributions, target: Target, most: int, hits: pd.DataFrame) -> list[dict]:
    """A target's windows with the highest predictions: place, first base from 1, prediction, letters, heights, marks.

    Heights are multiples of `step`, in logits; an unknown base is a space. A mark is a hit: begin, end, name, strand.
    """
    if target not in found.targets:
        return []
    chosen = found.ranked(target)[:most]
    bases, _, contributions = found.of(target, chosen)
    heights = contributions.sum(axis=2)
    rows, places = found.windows(target)[chosen], found.places()
    windows = []
    for i, row in enumerate(rows.tolist()):
        step = float(f"{max(np.abs(heights[i]).max(), 1e-6) / STEPS:.3g}")
        place = found.names[row] if found.names else f"window {int(found.rows[row]) + 1}"
        windows.append({
            "place": place if places is None else str(places[0][row]),
            "first": 1 if places is None else int(places[1][row]) + 1,
            "prediction": round(float(found.predictions(target)[chosen[i]]), 4),
            "letters": "".join((ALPHABET + " ")[base] for base in np.where(bases[i].any(1), bases[i].argmax(1), 4)),
            "step": step,
            "heights": np.rint(heights[i] / step).astype(int).tolist(),
            "marks": [
                [hit.position, hit.position + len(hit.sequence), hit.name, hit.strand]
                for hit in hits[hits["window"] == chosen[i]].drop(columns="index").itertuples(index=False)
            ],
        })  # fmt: skip
    return windows
