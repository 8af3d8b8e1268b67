"""What the report's scripts draw: targets with their curves, and filters with their logos, as plain data for JSON."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath

from .evaluate import MEASURES, SIGNIFICANT
from .files import existing
from .meme import Motif, read_meme
from .onehot import ALPHABET
from .tables import read_table
from .targets import Target

STRONGEST = 10  # targets told of a filter, in each direction
STRONGEST_FILTERS = 4  # filters told of a target
FULL = 65535  # of a curve's coordinates, which are integers
MILLI = 1000  # letter heights are thousandths of a bit
FILTER_FACTS = ("filter", "sites", "consensus", "information", "first", "last", "mean", "std", "maximum", "note")
KNOWN_FACTS = ("known", "name", "family", "pvalue", "evalue", "offset", "overlap", "orientation")


def as_json(value) -> str:
    """JSON that can stand in a <script>: whatever a name holds, no tag begins or ends there."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def packed(value) -> str:
    """JSON, gzip, base64: for what is large."""
    return base64.b64encode(gzip.compress(as_json(value).encode(), mtime=0)).decode()


def plain(value):
    """A table's value as JSON has it: None when missing, six digits when it is a fraction."""
    if not isinstance(value, str) and pd.isna(value):
        return None
    if isinstance(value, (float, np.floating)):
        return int(value) if value == int(value) else float(f"{value:.6g}")
    return value.item() if isinstance(value, np.generic) else value


def targets(auc: pd.DataFrame, comparison: pd.DataFrame, listed: Sequence[Target], models: Sequence[str]) -> list[dict]:
    """A dict a target: its facts; under each measure's name the models' values, intervals and which is best."""
    of_model = {model: rows.set_index("index") for model, rows in auc.groupby("model")}
    rows = []
    for target, compared in zip(listed, comparison.to_dict("records"), strict=True):
        cell, name = target.cell, "|".join(part for part in (target.name, target.treatment) if part)
        row = {"index": target.index, "title": target.title, "cell": cell, "name": name, "assay": target.assay}
        row |= {key: plain(compared[key]) for key in ("windows", "positives", "prevalence", "note")}
        for measure in MEASURES:
            values = [of_model[model].loc[target.index] for model in models]
            best = compared[f"best_{measure}"]
            row[measure] = [plain(value[measure]) for value in values]
            row[f"{measure}_interval"] = [
                [plain(value[f"{measure}_low"]), plain(value[f"{measure}_high"])] for value in values
            ]
            row[f"{measure}_best"] = models.index(best) if best in models else None
        rows.append(row)
    return rows


def pairs(rows: list[dict], paired: pd.DataFrame, models: Sequence[str]) -> list[dict]:
    """A dict for each two models: targets won by either, and the tests of the AUROC of each target (by its number).

    rows : as `targets` makes them
    """
    tests = dict(list(paired.groupby(["model", "other"])))
    found = []
    for a, b in combinations(range(len(models)), 2):
        test = tests.get((models[a], models[b]), paired.iloc[:0])
        clear = test[test["qvalue"] < SIGNIFICANT]
        pair = {"a": a, "b": b, "clearly": [int((clear["difference"] > 0).sum()), int((clear["difference"] < 0).sum())]}
        for measure in MEASURES:
            both = [row[measure] for row in rows if None not in (row[measure][a], row[measure][b])]
            won = [sum(values[x] > values[y] for values in both) for x, y in ((a, b), (b, a))]
            pair[measure] = {"targets": len(both), "won": won}
        columns = ["difference", "low", "high", "qvalue"]
        pair["tests"] = {
            row["index"]: [plain(row[column]) for column in columns]
            for row in test.to_dict("records")
            if pd.notna(row["difference"])
        }
        found.append(pair)
    return found


def curves(path: str | Path) -> dict[int, dict[str, list[list[int]]]]:
    """Of each target its curves, roc and pr: x and y in steps from point to point (65535 is 1), which pack well."""
    table = pd.read_csv(existing(path, "table of curves"), sep="\t")
    points = np.rint(table[["x", "y"]].to_numpy() * FULL).astype(int)
    found: dict[int, dict[str, list[list[int]]]] = {}
    for (index, curve), places in table.groupby(["index", "curve"], sort=False).indices.items():
        found.setdefault(int(index), {})[curve] = np.diff(points[places].T, prepend=0).tolist()
    return found


def heights(motif: Motif) -> list[int]:
    """Letter heights in thousandths of a bit: A, C, G, T of the first place, then of the next."""
    return np.rint(motif.bits() * MILLI).astype(int).ravel().tolist()


def filters(folder: Path, influence: pd.DataFrame | None) -> dict:
    """A model's filters: `live` with their logos, best match and influence, `silent` with their notes."""
    motifs = {motif.name: heights(motif) for motif in read_meme(folder / "motifs.meme")}
    live, silent = [], []
    strength = {} if influence is None else strongest_targets(influence)
    for row in read_table(folder / "motifs.tsv").to_dict("records"):
        number = int(row["filter"])
        logo = motifs.get(f"filter_{number:03d}")
        facts = {key: plain(row[key]) for key in FILTER_FACTS}
        if logo is None:
            silent.append({"filter": number, "note": facts["note"]})
            continue
        known = {key: plain(row[key]) for key in KNOWN_FACTS} if row["known"] else {"known": None}
        live.append(facts | known | {"heights": logo} | strength.get(number, {}))
    strongest = {} if influence is None else strongest_filters(influence)
    return {"live": live, "silent": silent, "strongest": strongest}


def read_influence(path: str | Path) -> pd.DataFrame:
    """Influence by filter (rows) and target (columns), both by number."""
    table = read_table(path).set_index("filter")
    table.columns = [int(heading.split(" ", 1)[0]) for heading in table.columns]
    return table


def strongest_targets(influence: pd.DataFrame) -> dict[int, dict]:
    """Of each filter: `influence`, the root mean square over the targets, and the targets it speaks for and against."""
    found = {}
    for number, row in influence.iterrows():
        known = row.dropna().sort_values(kind="stable")
        down, up = known[known < 0].head(STRONGEST), known[known > 0].iloc[::-1].head(STRONGEST)
        found[int(number)] = {
            "influence": plain(float(np.sqrt((known**2).mean()))),
            "raises": [[index, plain(value)] for index, value in up.items()],
            "lowers": [[index, plain(value)] for index, value in down.items()],
        }
    return found


def strongest_filters(influence: pd.DataFrame) -> dict[int, list]:
    """Of each target the filters whose silencing costs it most, with what it loses."""
    return {
        index: [[int(number), plain(value)] for number, value in column[column > 0].nlargest(STRONGEST_FILTERS).items()]
        for index, column in influence.items()
    }


def glyphs() -> dict[str, str]:
    """The letters A, C, G, T as SVG path data, each filling a box of 100 by 100."""
    words = {Outline.MOVETO: "M", Outline.LINETO: "L", Outline.CURVE3: "Q", Outline.CURVE4: "C", Outline.CLOSEPOLY: "Z"}
    found = {}
    for letter in ALPHABET:
        outline = TextPath((0, 0), letter, size=100, prop=FontProperties(family="DejaVu Sans", weight="bold"))
        low, high = outline.vertices.min(axis=0), outline.vertices.max(axis=0)
        parts = []
        for points, code in outline.iter_segments(curves=True, simplify=False):
            scaled = (points.reshape(-1, 2) - low) / (high - low) * 100
            places = "" if code == Outline.CLOSEPOLY else " ".join(f"{x:.1f} {100 - y:.1f}" for x, y in scaled)
            parts.append(words[code] + places)
        found[letter] = "".join(parts)
    return found
