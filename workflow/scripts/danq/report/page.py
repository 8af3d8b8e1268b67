"""The report: one HTML page that contains its data, pictures and scripts, and needs no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from plotly.offline import get_plotlyjs

from ..data.folds import FOLDS
from ..data.targets import Target
from ..evaluation import added
from ..evaluation.compare import ASSAYS, COMPARISON
from ..evaluation.compare_models import PAIRED, SIGNIFICANT
from ..evaluation.compare_published import WINS
from ..evaluation.controls import CONTROL
from ..evaluation.evaluate import AUC, little
from ..evaluation.jackknife import FEWEST_PLACES
from ..evaluation.measures import MEASURES
from ..evaluation.replicate_tests import TESTS
from ..evaluation.replicates import ALL, REPLICATES
from ..evaluation.roles import label, shown_pairs
from ..files import existing, read_json, replacing
from ..motifs.annotate import AGREES
from ..motifs.compare_motifs import ANNOTATED, RECOVERED
from ..motifs.meme import read_meme
from ..plots import pictures
from ..plots.logo import COLOURS
from ..published.figures import MEDIANS
from ..published.target_list import is_published
from . import contributions, data, dataset, embedding, hits, patterns, search, variants
from .data import picture
from .template import datatables, environment, script


@dataclass(frozen=True)
class ModelResults:
    """One model's results: a folder with a folder for each stage (training, evaluation, motifs, explain).

    run_folder : of the run whose training and motifs are shown; None for the same folder
    """

    name: str
    folder: Path
    run_folder: Path | None = None

    @property
    def trained(self) -> Path:
        """The folder with the training, the motifs and their influence."""
        return self.run_folder or self.folder

    def run(self) -> dict:
        return read_json(self.trained / "training/run.json", "record of the run", "recipe.architecture")


def _evaluation(results: Path, listed: Sequence[Target], models: Sequence[str], against_published: bool) -> dict:
    """Tables and pictures of how well the targets are predicted."""
    auc, comparison = AUC.read(results / "auc.tsv"), COMPARISON.read(results / "comparison.tsv")
    paired = PAIRED.read(results / "paired.tsv")
    rows = data.targets(auc, comparison, paired, listed, models)
    assays = dict.fromkeys(row["assay"] for row in rows)
    drawn = ["history", "assays", "calibration", *(["published"] if against_published else [])]
    return {
        "targets": rows,
        "noted": any(row["note"] for row in rows),
        "few_places": FEWEST_PLACES,
        "little_tested": little(auc[auc["model"] == models[0]]),
        "pairs": data.pairs(rows, paired, models, shown_pairs(auc)),
        "assays": ASSAYS.read(results / "assays.tsv").to_dict("records"),
        "assay_colours": {assay: pictures.colour(i + 2) for i, assay in enumerate(assays)},  # 0 and 1 are models
        "measures": MEASURES,
        "significant": SIGNIFICANT,
        "published": MEDIANS if is_published(listed) else None,
        "wins": WINS.read(results / "published_wins.tsv").to_dict("records") if against_published else [],
        "pictures": {name: picture(results / f"{name}.png") for name in drawn},
    }


def _added(results: Path) -> dict:
    """What the best model adds over the best baseline, with a sentence on it."""
    table, wins = added.ADDED.read(results / "added.tsv"), added.WINS.read(results / "baseline_wins.tsv")
    rows = table.to_dict("records")
    titles = {measure.key: measure.title for measure in MEASURES}
    return {
        "added": [row | {"title": titles[row["measure"]]} for row in rows],
        "overall": [row | {"title": titles[row["measure"]]} for row in rows if row["assay"] == "all"],
        "baseline_wins": [row | {"title": titles[row["measure"]]} for row in wins.to_dict("records")],
    }


def _baseline(model: ModelResults, colour: str) -> dict:
    """A baseline's part of the page: it has curves, but neither a training nor filters."""
    return {
        "name": label(model.name, [model.name]),
        "colour": colour,
        "curves": data.curves(model.folder / "evaluation/curves.tsv.gz"),
        "filters": {"live": [], "silent": [], "strongest": {}},
    }


def _model(model: ModelResults, number: int, influence: bool) -> dict:
    """One model's part of the page."""
    table = data.read_influence(model.trained / "explain/influence.tsv") if influence else None
    run = model.run()
    weighting = run["recipe"].get("class_weighting", "none")
    return {
        "name": model.name,
        "colour": pictures.colour(number),
        "run": run,
        "weighting": "" if weighting == "none" else weighting,
        "smoothing": run["recipe"].get("label_smoothing", 0),
        "focal": run["recipe"].get("focal_gamma", 0),
        "curves": data.curves(model.folder / "evaluation/curves.tsv.gz"),
        "filters": data.filters(model.trained / "motifs", table),
        "influence": picture(model.trained / "explain/influence.png") if influence else None,
    }


def _replicates(results: Path) -> dict:
    """Means and spread over the replicates, and tests between models, of all targets together."""
    titles = {measure.key: measure.title for measure in MEASURES}
    table = REPLICATES.read(results / "replicates.tsv")
    tests = results / "replicate_tests.tsv"
    found = {"rows": table, "tests": TESTS.read(tests) if tests.exists() else pd.DataFrame(columns=TESTS.columns)}
    rows = {name: one[one["assay"] == ALL].to_dict("records") for name, one in found.items()}
    titled = {name: [row | {"title": titles[row["measure"]]} for row in several] for name, several in rows.items()}
    return titled | {"picture": picture(results / "replicates.png")}


def _data(page: dict, models: Sequence[ModelResults]) -> dict:
    """The data of the page's scripts, by name of its block; the curves, the largest part, are compressed."""
    known = [motif for model in models for motif in read_meme(model.trained / "motifs/known.meme")]
    known += page["known_of_patterns"]
    shared = {key: page[key] for key in ("targets", "pairs", "assay_colours")}
    shared["measures"] = [
        {name: getattr(measure, name) for name in ("key", "title", "curve", "tested")} for measure in MEASURES
    ]
    shared["models"] = [{key: model[key] for key in ("name", "colour", "filters")} for model in page["models"]]
    shared["known"] = {motif.name: data.heights(motif) for motif in known}
    large = {"curves": [model["curves"] for model in page["models"]], "contributions": page["contributions"]}
    small = {"page": shared} | ({"patterns": page["patterns"]} if page["patterns"] else {})
    return small | {name: data.packed(value) for name, value in large.items() if value is not None}


def write_report(
    output: str | Path,
    *,
    template: str | Path,
    title: str,
    results: str | Path,
    windows: str | Path | Sequence[str | Path],
    models: Sequence[ModelResults],
    logs: str | Path | None = None,
    against_published: bool = False,
    influence: bool = False,
    baselines: Sequence[ModelResults] = (),
    controls: Sequence[str] = (),
    lists: Sequence[str] = (),
    variant_models: Sequence[str] = (),
    replicates: bool = False,
    explained: Sequence[str] = (),
    methods: Sequence[str] = (),
    searches: Sequence[str] = (),
    marks: Mapping[str, str | Path] | None = None,
    with_hits: bool = False,
    embedded: Sequence[str] = (),
    embedded_pairs: bool = False,
    searched: Sequence[str] = (),
) -> None:
    """Write the page.

    template : Jinja template of the page; page.css and the scripts are in the same folder
    results : folder with auc.tsv, comparison.tsv, assays.tsv, paired.tsv, annotated.tsv, recovered.tsv and pictures
    windows : folder that prepare.py or import_bundle.py wrote; with folds, the folder of each, whose folds.tsv is shown
    logs : folder of logs whose warnings are shown
    against_published : whether to show published_wins.tsv and published.png
    influence : whether to show influence.tsv and influence.png of each model
    baselines : shown beside the models, without training and motifs; the page opens with what the models add to them
    controls : names of the folders in `results`/controls whose control.tsv is shown
    lists, variant_models : names of the lists of variants to show, and of the models that scored them
    explained, methods, with_hits : names of the models and methods whose attributions are shown, and whether hits are
    embedded, embedded_pairs : names of the models whose inserted motifs are shown, and whether also their pairs
    searches : names of the folders in `results`/search to show
    marks : BED files of places that are marked in the explained windows, by name
    searched : names of the searches for patterns of the explained models
    replicates : whether to show replicates.tsv, replicates.png and, if there are any, replicate_tests.tsv
    """
    folders = [Path(folder) for folder in ([windows] if isinstance(windows, str | Path) else windows)]
    results, run = Path(results), dataset.facts(folders[0], logs) | {"blocks": dataset.blocks(folders)}
    page = {"title": title} | run
    names = [model.name for model in [*models, *baselines]]
    colours = pictures.colours(names, [model.name for model in baselines])
    page |= _evaluation(results, run["listed"], names, against_published)
    page |= _added(results) if baselines else {}
    page["warnings"] = dataset.unsaid(page["warnings"], page["little"] + page["little_tested"])
    page["trained"] = [_model(model, number, influence) for number, model in enumerate(models)]
    page["models"] = page["trained"] + [_baseline(model, colours[model.name]) for model in baselines]
    page["baselines"] = [model.name for model in baselines]
    page["variants"] = variants.section(results, lists, variant_models) if lists else None
    explaining = bool(explained and methods)
    page["contributions"] = contributions.gallery(results, explained, methods, marks, with_hits) if explaining else None
    page["hits"] = hits.section(results, explained, methods) if explaining and with_hits else None
    page["embedding"] = embedding.section(results, embedded, embedded_pairs) if embedded else None
    page["searches"] = search.section(results, list(searches))
    page["patterns"] = patterns.section(results, explained, searched)
    page["known_of_patterns"] = patterns.known(results, explained, searched)
    page["folds"] = FOLDS.read(results / "folds.tsv").to_dict("records") if folders[1:] else []
    page["replicates"] = _replicates(results) if replicates else None
    page["controls"] = [
        row for name in controls for row in CONTROL.read(results / "controls" / name / "control.tsv").to_dict("records")
    ]
    for name, kind in {"annotated": ANNOTATED, "recovered": RECOVERED}.items():
        page[name] = kind.read(results / f"{name}.tsv").to_dict("records")
    page["published_shares"] = any(row["published_share"] == row["published_share"] for row in page["annotated"])
    page |= {"agrees": AGREES, "glyphs": data.glyphs(), "letters": COLOURS}
    page |= {"datatables": datatables(), "plotly": script(get_plotlyjs()), "data": _data(page, models)}
    text = existing(template, "template").read_text(encoding="utf-8")
    with replacing(output) as temporary:
        temporary.write_text(environment(Path(template).parent).from_string(text).render(page), encoding="utf-8")
