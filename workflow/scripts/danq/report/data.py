"""The data of the report's scripts, ready for JSON: targets with their curves, and filters with their logos."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath

from ..data.onehot import ALPHABET
from ..data.targets import Target
from ..evaluation.compare_models import SIGNIFICANT
from ..evaluation.evaluate import CURVES
from ..evaluation.jackknife import FEWEST_PLACES
from ..evaluation.measures import KEYS, MEASURES, TESTED
from ..explain.influence_table import INFLUENCE
from ..files import existing
from ..motifs.annotate import AGREES, MOTIFS
from ..motifs.meme import Motif, read_meme

STRONGEST = 10  # targets shown per filter, in each direction
STRONGEST_FILTERS = 4  # filters shown per target
FULL = 65535  # a curve's coordinates are integers: this is 1
MILLI = 1000  # letter heights are integers: thousandths of a bit
FILTER_FACTS = ("filter", "sites", "consensus", "information", "first", "last", "mean", "std", "maximum", "note")
KNOWN_FACTS = ("known", "name", "family", "pvalue", "evalue", "offset", "overlap", "orientation", "agreement")


def picture(path: str | Path) -> str:
    """A PNG file as a data URL."""
    return "data:image/png;base64," + base64.b64encode(existing(path, "picture").read_bytes()).decode()


def as_json(value) -> str:
    """JSON that is safe inside a <script>: no name can start or end a tag."""
    return json.dumps(value, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def packed(value) -> str:
    """JSON, compressed by gzip, as base64: for large data."""
    return base64.b64encode(gzip.compress(as_json(value).encode(), mtime=0)).decode()


def plain(value):
    """A table's value for JSON: None if missing, a fraction rounded to six significant digits."""
    if not isinstance(value, str) and pd.isna(value):
        return None
    if isinstance(value, (float, np.floating)):
        return int(value) if value == int(value) else float(f"{value:.6g}")
    return value.item() if isinstance(value, np.generic) else value


def targets(
    auc: pd.DataFrame, comparison: pd.DataFrame, paired: pd.DataFrame, listed: Sequence[Target], models: Sequence[str]
) -> list[dict]:
    """One dict per target: its facts, and under each measure's key the values of the models.

    `<key>_interval` holds their intervals, `<key>_best` the number (from 0) of the model that is significantly better
    than all others, if there is one, and `guess` the expected values of random predictions, by key. `few` says that the
    values rest on few places.
    """
    better = better_than(paired)
    of_model = {model: rows.set_index("index") for model, rows in auc.groupby("model")}
    rows = []
    for target, compared in zip(listed, comparison.to_dict("records"), strict=True):
        cell, name = target.cell, "|".join(part for part in (target.name, target.treatment) if part)
        row = {"index": target.index, "title": target.title, "cell": cell, "name": name, "assay": target.assay}
        row |= {key: plain(compared[key]) for key in ("windows", "positives", "places", "prevalence", "note")}
        row["few"] = 0 < row["places"] < FEWEST_PLACES
        row["guess"] = {measure.key: plain(measure.guess(row["prevalence"])) for measure in MEASURES}
        values = [of_model[model].loc[target.index] for model in models]
        for measure in MEASURES:
            row[measure.key] = [plain(value[measure.key]) for value in values]
            row[f"{measure.key}_interval"] = [[plain(value[end]) for end in measure.ends] for value in values]
            won = [better.get((measure.key, target.index, model), set()) for model in models]
            best = [i for i, worse in enumerate(won) if worse and worse | {models[i]} >= set(models)]
            row[f"{measure.key}_best"] = best[0] if best else None
        rows.append(row)
    return rows


def better_than(paired: pd.DataFrame) -> dict[tuple[str, int, str], set[str]]:
    """By measure, target and model: the models that it is significantly better than."""
    found: dict[tuple[str, int, str], set[str]] = {}
    for row in paired[paired["qvalue"] < SIGNIFICANT].to_dict("records"):
        names = (row["model"], row["other"])
        better, worse = names if row["difference"] > 0 else names[::-1]
        found.setdefault((row["measure"], row["index"], better), set()).add(worse)
    return found


def pairs(
    rows: list[dict], paired: pd.DataFrame, models: Sequence[str], shown: Sequence[tuple[str, str]]
) -> list[dict]:
    """One dict per shown pair of models: targets that each wins, and the paired tests by measure and target number.

    rows : as `targets` makes them
    """
    tests = dict(list(paired.groupby(["model", "other"])))
    found = []
    for first, second in shown:
        a, b = models.index(first), models.index(second)
        test = tests.get((first, second), paired.iloc[:0])
        pair = {"a": a, "b": b, "tests": {}}
        for key in KEYS:
            both = [row[key] for row in rows if None not in (row[key][a], row[key][b])]
            won = [sum(values[x] > values[y] for values in both) for x, y in ((a, b), (b, a))]
            pair[key] = {"targets": len(both), "won": won}
        for key in (measure.key for measure in TESTED):
            of_key = test[test["measure"] == key]
            differences = of_key.loc[of_key["qvalue"] < SIGNIFICANT, "difference"]
            pair[key]["significant"] = [int((differences > 0).sum()), int((differences < 0).sum())]
            columns = ["difference", "low", "high", "qvalue"]
            pair["tests"][key] = {
                row["index"]: [plain(row[column]) for column in columns]
                for row in of_key.to_dict("records")
                if pd.notna(row["difference"])
            }
        found.append(pair)
    return found


def curves(path: str | Path) -> dict[int, dict[str, list[list[int]]]]:
    """The curves of each target, by number and kind (roc, pr): x and y as differences between points, times `FULL`.

    Differences compress better than coordinates.
    """
    table = CURVES.read(path)
    points = np.rint(table[["x", "y"]].to_numpy() * FULL).astype(int)
    found: dict[int, dict[str, list[list[int]]]] = {}
    for (index, curve), places in table.groupby(["index", "curve"], sort=False).indices.items():
        found.setdefault(int(index), {})[curve] = np.diff(points[places].T, prepend=0).tolist()
    return found


def heights(motif: Motif) -> list[int]:
    """Letter heights in thousandths of a bit: A, C, G, T at the first position, then at the next."""
    return np.rint(motif.bits() * MILLI).astype(int).ravel().tolist()


def filters(folder: Path, influence: pd.DataFrame | None) -> dict:
    """A model's filters: `live` with logo, best match and influence; `silent`, without a motif, with a note."""
    motifs = {motif.name: heights(motif) for motif in read_meme(folder / "motifs.meme")}
    live, silent = [], []
    strength = {} if influence is None else strongest_targets(influence)
    for row in MOTIFS.read(folder / "motifs.tsv").to_dict("records"):
        number = int(row["filter"])
        logo = motifs.get(f"filter_{number:03d}")
        facts = {key: plain(row[key]) for key in FILTER_FACTS}
        if logo is None:
            silent.append({"filter": number, "note": facts["note"]})
            continue
        known = {key: plain(row[key]) for key in KNOWN_FACTS} if row["known"] else {"known": None}
        if row["known"]:
            known["agrees"] = not row["agreement"] < AGREES  # an unknown agreement contradicts no name
        live.append(facts | known | {"heights": logo} | strength.get(number, {}))
    strongest = {} if influence is None else strongest_filters(influence)
    return {"live": live, "silent": silent, "strongest": strongest}


def read_influence(path: str | Path) -> pd.DataFrame:
    """Influence of filters (rows) on targets (columns), both by number."""
    table = INFLUENCE.read(path).set_index("filter")
    table.columns = [int(heading.split(" ", 1)[0]) for heading in table.columns]
    return table


def strongest_targets(influence: pd.DataFrame) -> dict[int, dict]:
    """Per filter: `influence`, the root mean square over the targets, and the targets it raises and lowers most."""
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
    """Per target: the filters whose removal lowers its prediction most, and by how much."""
    return {
        index: [[int(number), plain(value)] for number, value in column[column > 0].nlargest(STRONGEST_FILTERS).items()]
        for index, column in influence.items()
    }


def glyphs() -> dict[str, str]:
    """The letters A, C, G, T as SVG path data, each scaled to a box of 100 by 100."""
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
