"""The report: one HTML page that carries its data, pictures and programs, and opens without a network."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from . import pictures, report_data
from .evaluate import MEASURES, read_auc
from .files import existing, replacing
from .logo import COLOURS
from .meme import read_meme
from .published import MEDIANS
from .report_data import as_json
from .tables import read_table
from .target_list import is_published
from .targets import Target
from .windows import Windows

MOST_WARNINGS = 20
_WARNING = re.compile(r"^\d\d:\d\d:\d\d WARNING (?P<text>.+)$", re.MULTILINE)  # as cli.py has them logged


@dataclass(frozen=True)
class ModelResults:
    """Where one model's results lie: a folder with run.json, curves.tsv.gz, motifs.tsv, motifs.meme and known.meme."""

    name: str
    folder: Path

    def run(self) -> dict:
        return json.loads(existing(self.folder / "run.json", "record of the run").read_text())


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


def logged_warnings(folder: str | Path) -> list[str]:
    """The warnings in a folder's logs, each once: file and text."""
    found: dict[str, None] = {}
    for path in sorted(Path(folder).rglob("*.log")):
        for match in _WARNING.finditer(path.read_text(errors="replace")):
            found[f"{path.relative_to(folder)}: {match['text']}"] = None
    return list(found)


def script(text: str) -> Markup:
    """JavaScript that can stand in a <script>: in its strings and expressions, `<\\/` is `</` and `<\\!` is `<!`."""
    return Markup(text.replace("</script", "<\\/script").replace("<!--", "<\\!--"))


def datatables() -> dict[str, Markup]:
    """DataTables and jQuery, as itables carries them: a module that shall leave its jQuery to the page's own script."""
    folder = files("itables") / "html"
    text = (folder / "dt_bundle.js").read_text(encoding="utf-8")
    name = re.search(r"export\s*\{[^}]*?([\w$]+) as jQuery\b", text)
    if name is None:
        raise AssertionError("this version of itables exports no jQuery")
    style = (folder / "dt_bundle.css").read_text(encoding="utf-8")
    return {"script": script(f"{text}\nwindow.jQuery = {name[1]};\n"), "style": Markup(style)}


def _figure(value, digits: int = 3) -> str:
    return "NA" if value is None or pd.isna(value) else f"{value:.{digits}f}"


def _environment(folder: Path) -> jinja2.Environment:
    """Jinja, with what the template calls: figures, JSON for scripts, the scripts and styles beside the template."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["figure"] = _figure
    environment.filters["json"] = lambda value: Markup(as_json(value))
    environment.globals["script"] = lambda name: script(existing(folder / name, "script").read_text())
    environment.globals["style"] = lambda name: Markup(existing(folder / name, "style sheet").read_text())
    return environment


def _run(windows: Path, logs: str | Path | None) -> dict:
    """What the page says of the dataset, and what it warns of."""
    test = Windows(windows / "test.h5")
    listed = read_table(windows / "targets.tsv")
    nothing = listed[(listed["split"] == "train") & (listed["positives"] == 0)]
    return {
        "made_by": test.made_by | {"assembly": test.assembly, "fingerprint of the test windows": test.fingerprint},
        "kept": _kept(test.made_by.get("rule", {})),
        "splits": listed.groupby("split", sort=False)["windows"].first().to_dict(),
        "unlearnable": [f"{row['index']} {row['name']}" for row in nothing.to_dict("records")],
        "warnings": logged_warnings(logs) if logs else [],
        "most": MOST_WARNINGS,
        "listed": test.targets,
    }


def _evaluation(results: Path, listed: Sequence[Target], models: Sequence[str], against_published: bool) -> dict:
    """Tables and pictures of how well the targets are predicted."""
    tables = {name: read_table(results / f"{name}.tsv") for name in ("comparison", "assays", "paired")}
    rows = report_data.targets(read_auc(results / "auc.tsv"), tables["comparison"], listed, models)
    assays = dict.fromkeys(row["assay"] for row in rows)
    drawn = ["history", "assays", "calibration", *(["published"] if against_published else [])]
    return {
        "targets": rows,
        "one_class": [f"{row['index']} {row['title']} ({row['note']})" for row in rows if row["note"]],
        "pairs": report_data.pairs(rows, tables["paired"], models),
        "assays": tables["assays"].to_dict("records"),
        "assay_colours": {assay: pictures.colour(i + 2) for i, assay in enumerate(assays)},  # 0 and 1 are models
        "measures": MEASURES,
        "published": MEDIANS if is_published(listed) else None,
        "wins": read_table(results / "published_wins.tsv").to_dict("records") if against_published else [],
        "pictures": {name: picture(results / f"{name}.png") for name in drawn},
    }


def _model(model: ModelResults, number: int, influence: bool) -> dict:
    """One model's part of the page."""
    table = report_data.read_influence(model.folder / "influence.tsv") if influence else None
    return {
        "name": model.name,
        "colour": pictures.colour(number),
        "run": model.run(),
        "curves": report_data.curves(model.folder / "curves.tsv.gz"),
        "filters": report_data.filters(model.folder, table),
        "influence": picture(model.folder / "influence.png") if influence else None,
    }


def _data(page: dict, models: Sequence[ModelResults]) -> dict:
    """What the scripts of the page read, by the name of its block; the curves, the largest part, are packed."""
    known = [motif for model in models for motif in read_meme(model.folder / "known.meme")]
    shared = {key: page[key] for key in ("measures", "targets", "pairs", "assay_colours")}
    shared["models"] = [{key: model[key] for key in ("name", "colour", "filters")} for model in page["models"]]
    shared["known"] = {motif.name: report_data.heights(motif) for motif in known}
    return {"page": shared, "curves": report_data.packed([model["curves"] for model in page["models"]])}


def write_report(
    output: str | Path,
    *,
    template: str | Path,
    title: str,
    results: str | Path,
    windows: str | Path,
    models: Sequence[ModelResults],
    logs: str | Path | None = None,
    against_published: bool = False,
    influence: bool = False,
) -> None:
    """Write the page.

    template : Jinja page; page.css and the scripts lie beside it
    results : folder with auc.tsv, comparison.tsv, assays.tsv, paired.tsv, annotated.tsv, recovered.tsv and pictures
    windows : folder that prepare.py wrote
    logs : folder whose warnings are shown
    against_published : whether published_wins.tsv and published.png are among the results
    influence : whether influence.tsv and influence.png are among each model's results
    """
    results, run = Path(results), _run(Path(windows), logs)
    page = {"title": title} | run
    page |= _evaluation(results, run["listed"], [model.name for model in models], against_published)
    page |= {"models": [_model(model, number, influence) for number, model in enumerate(models)]}
    page |= {name: read_table(results / f"{name}.tsv").to_dict("records") for name in ("annotated", "recovered")}
    page |= {"glyphs": report_data.glyphs(), "letters": COLOURS}
    page |= {"datatables": datatables(), "plotly": script(get_plotlyjs()), "data": _data(page, models)}
    text = existing(template, "template").read_text()
    with replacing(output) as temporary:
        temporary.write_text(_environment(Path(template).parent).from_string(text).render(page), encoding="utf-8")
