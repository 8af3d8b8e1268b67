"""The report's gallery of contributions: letters as high as they contribute, for a few windows of each target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ..data.grid import merged
from ..data.onehot import ALPHABET
from ..data.regions import Region
from ..data.targets import Target
from ..explain.attributions import Attributions
from ..explain.hit_tables import HITS
from ..explain.stretches import marks_in, read_regions, within

BASES = 150_000  # of the gallery, at most: about 300 kB of the page
MOST = 10  # windows of a target
STEPS = 500  # heights are integers: this is the largest one of a window
NAMED = 30  # marked places of a kind in a window; if there are more, overlapping ones are joined without names
LETTERS = 40  # of a name of a marked place

Marks = Mapping[str, Sequence[Region]]


def gallery(
    results: Path,
    models: Sequence[str],
    methods: Sequence[str],
    marks: Mapping[str, str | Path] | None = None,
    hits: bool = False,
) -> dict:
    """The windows with the highest predictions of each target, by model and method, for the page's script.

    `shown` targets of `targets` and `most` windows of each fit into `BASES`, and so are given.

    hits : whether to mark the hits of motifs
    marks : BED files of places to mark in the windows, by name; see `explain.stretches`
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
    regions, entries = read_regions(marks or {}), []
    for (model, method), one in found.items():
        inside = {name: marks_in(every, path, one) for name, (path, every) in regions.items()}
        path = results / "models" / model / "explain/hits" / method / "hits.tsv.gz"
        table = HITS.read(path) if hits else None
        windows = [_windows(one, target, most, inside, table) for target in shown]
        entries.append({"model": model, "method": method, "windows": windows})
    kinds = [*regions, *["motif hits"] * hits]
    titles = [f"{target.index}  {target.title}" for target in shown]
    return {"targets": titles, "all": len(explained), "most": most, "marks": kinds, "entries": entries}


def _windows(found: Attributions, target: Target, most: int, marks: Marks, hits: pd.DataFrame | None) -> list[dict]:
    """A target's windows with the highest predictions: place, first base from 1, prediction, letters and heights.

    Heights are multiples of `step`, in logits; an unknown base is a space. `marks` has a list of places for each kind:
    first column, column after the last, and name.
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
                _marked(within(regions, str(places[0][row]), int(places[1][row]), found.length))
                for regions in marks.values()
            ] + ([] if hits is None else [_hits(hits, target, chosen[i])]),
        })  # fmt: skip
    return windows


def _marked(places: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Sorted places with short names; many of them are joined where they overlap, without names."""
    places = sorted((start, end, name[:LETTERS]) for start, end, name in places)
    if len(places) <= NAMED:
        return places
    starts, ends = merged(*(np.array(column) for column in list(zip(*places, strict=True))[:2]))
    return [(start, end, "") for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]


def _hits(hits: pd.DataFrame, target: Target, window: int) -> list[tuple[int, int, str]]:
    """The hits of motifs in a window of a target, with their names and directions."""
    left, right = "\N{LEFTWARDS ARROW}", "\N{RIGHTWARDS ARROW}"
    mine = hits[(hits["index"] == target.index) & (hits["window"] == window)].drop(columns="index")
    return _marked([
        (
            *(hit.position, hit.position + len(hit.sequence)),
            f"{left} {hit.name}" if hit.strand == "-" else f"{hit.name} {right}",
        )
        for hit in mine.itertuples(index=False)
    ])  # fmt: skip
