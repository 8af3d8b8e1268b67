"""Result folders made up for the report: the files of a finished run, with figures that look like real ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from project import program
from scipy.stats import norm

from danq.evaluate import assay_medians, compare
from danq.meme import Motif, write_meme
from danq.published import medians
from danq.tables import write_table
from danq.target_list import is_published
from danq.targets import Target
from danq.windows import writing

NASTY = [
    "<script>window.executed = 1</script>",
    "</script><script>window.executed = 2</script>",
    "<img src=x onerror='window.executed = 3'>",
    "&lt;img src=x onerror=window.executed=4&gt;",
    "\"quoted\" & 'so'",
    "<!--",
    "<b>not bold</b>",
]
WINDOWS, WIDTH = 2000, 19
KEEP = {"rule": {"keep": "any", "split": {"test": ["chr8"]}}}


def small_targets() -> list[Target]:
    """Twelve targets of three assays and two cells, some with names as nobody should give them."""
    names = ["CTCF", "REST", "H3K4me3", "DNase", "MAX", *NASTY]
    assays = {"H3K4me3": "histone", "DNase": "DNase"}
    cells = ["K562", "GM12878"]
    return [Target(i, name, assays.get(name, "TF"), cells[i % 2]) for i, name in enumerate(names, 1)]


def published_like_targets() -> list[Target]:
    assays = ["DNase"] * 125 + ["TF"] * 690 + ["histone"] * 104
    return [Target(i, f"factor{i % 200}", assay, f"cell{i % 91}", "") for i, assay in enumerate(assays, 1)]


def write_results(
    folder: Path,
    targets: list[Target],
    models: tuple[str, ...] = ("danq", "deepsea"),
    n_filters: int = 20,
    points: int = 40,
    influence: bool = True,
    matches: bool = True,
) -> Path:
    """All that the report reads, in `folder`; the last target has no positives, filters 3 and 11 are silent."""
    draw = np.random.default_rng(0)
    _write_windows(folder / "windows", targets)
    auc = [_auc(model, targets, draw) for model in models]
    write_table(pd.concat(auc), folder / "auc.tsv")
    write_table(compare(auc), folder / "comparison.tsv")
    write_table(assay_medians(pd.concat(auc)), folder / "assays.tsv")
    write_table(_paired(auc), folder / "paired.tsv")
    for name in ("history", "assays", "calibration"):
        _picture(folder / f"{name}.png")
    annotated, recovered = [], []
    for model, rows in zip(models, auc, strict=True):
        home = folder / model
        _write_run(home, model)
        write_table(_curves(rows, points), home / "curves.tsv.gz")
        motifs = _write_motifs(home, n_filters, matches, draw, models.index(model))
        if influence:
            _write_influence(home, n_filters, targets, draw)
        found = int(motifs["known"].notna().sum())
        figures = {"published_annotated": 145, "published_filters": 320, "published_share": 145 / 320}
        row = {"model": model, "architecture": "DanQ", "filters": n_filters, "motifs": n_filters - 2}
        annotated.append(row | {"annotated": found, "share": found / n_filters} | figures)
        best = motifs.dropna(subset=["known"]).head(1)
        for match in best.to_dict("records"):
            keys = ("filter", "known", "name", "evalue")
            recovered.append({"factor": "CTCF", "model": model} | {key: match[key] for key in keys})
            recovered.append({"factor": "REST", "model": model} | dict.fromkeys(keys))
    write_table(pd.DataFrame(annotated), folder / "annotated.tsv")
    columns = ["factor", "model", "filter", "known", "name", "evalue"]
    write_table(pd.DataFrame(recovered, columns=columns), folder / "recovered.tsv")
    return folder


def _write_windows(folder: Path, targets: list[Target]) -> None:
    with writing(folder / "test.h5", 1, 10, targets, assembly="hg19", made_by=KEEP) as writer:
        writer.append(np.zeros((1, 5), np.uint8), np.zeros((1, -(-len(targets) // 8)), np.uint8))
    rows = [
        {"index": target.index, "name": target.name, "split": split, "windows": windows, "positives": target.index % 5}
        for split, windows in (("train", 4_400_000), ("valid", 8000), ("test", 455_024))
        for target in targets
    ]
    write_table(pd.DataFrame(rows), folder / "targets.tsv")


def _auc(model: str, targets: list[Target], draw: np.random.Generator) -> pd.DataFrame:
    n = len(targets)
    auroc = draw.beta(20, 2, n)
    auprc = np.clip(auroc - draw.uniform(0.1, 0.6, n), 0.05, 1)
    auroc[-1] = auprc[-1] = np.nan
    facts = {"model": model, "architecture": "DanQ", "index": range(1, n + 1)}
    facts |= {"target": [target.title for target in targets], "assay": [target.assay for target in targets]}
    positives = np.append(np.random.default_rng(1).integers(10, 200, n - 1), 0)  # the same windows for every model
    facts |= {"windows": WINDOWS, "positives": positives, "prevalence": positives / WINDOWS}
    facts |= {"auroc": auroc, "auprc": auprc, "note": np.where(positives == 0, "no positives", "")}
    facts |= {"auroc_low": auroc - 0.01, "auroc_high": np.minimum(auroc + 0.01, 1)}
    facts |= {"auprc_low": auprc - 0.04, "auprc_high": np.minimum(auprc + 0.04, 1)}
    if is_published(targets):
        facts |= pd.DataFrame([medians("DanQ", target.assay) for target in targets]).to_dict("list")
    return pd.DataFrame(facts)


def _paired(auc: list[pd.DataFrame]) -> pd.DataFrame:
    parts = []
    for i, one in enumerate(auc):
        for other in auc[i + 1 :]:
            columns = {"model": one["model"], "other": other["model"]}
            columns |= {name: one[name] for name in ("index", "target", "assay", "auroc")}
            difference = one["auroc"] - other["auroc"]
            columns |= {"auroc_other": other["auroc"], "difference": difference}
            p = 2 * norm.sf(difference.abs() / 0.02)
            columns |= {"low": difference - 0.04, "high": difference + 0.04, "pvalue": p, "qvalue": p}
            parts.append(pd.DataFrame(columns))
    columns = ["model", "other", "index", "target", "assay", "auroc", "auroc_other"]
    return (
        pd.concat(parts) if parts else pd.DataFrame(columns=[*columns, "difference", "low", "high", "pvalue", "qvalue"])
    )


def _curves(auc: pd.DataFrame, points: int) -> pd.DataFrame:
    """Curves of two normal distributions with the target's AUROC and prevalence."""
    parts = []
    false = np.concatenate([[0], np.logspace(-5, 0, points - 1)])
    for row in auc[auc["auroc"].notna()].itertuples():
        true = norm.cdf(norm.ppf(row.auroc) * np.sqrt(2) + norm.ppf(false))
        hit = row.prevalence * true
        precision = hit[1:] / (hit[1:] + (1 - row.prevalence) * false[1:])
        index = int(row.Index) + 1
        parts.append(pd.DataFrame({"index": index, "curve": "roc", "x": false, "y": true}))
        parts.append(pd.DataFrame({"index": index, "curve": "pr", "x": true[1:], "y": precision}))
    return pd.concat(parts)


def _write_run(folder: Path, model: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    recipe = {"architecture": "DanQ", "learning_rate": 0.001}
    versions = {"python": "3.11.7", "keras": "3.15.1", "tensorflow": "2.21.0", "numpy": "2.4.6"}
    run = {"recipe": recipe, "parameters": 46_926_479, "best_epoch": 31, "epochs": 36, "training_seconds": 7000.0}
    (folder / "run.json").write_text(json.dumps(run | {"seed": 1, "devices": [f"{model} GPU"], "versions": versions}))


def _write_motifs(folder: Path, n_filters: int, matches: bool, draw: np.random.Generator, model: int) -> pd.DataFrame:
    """Motifs and their table; every other filter matches a piece of itself, turned and shifted."""
    motifs, known, rows = [], [], []
    for number in range(1, n_filters + 1):
        row = {"filter": number, "sites": 0, "note": "never active"}
        rows.append(row)
        if number in (3, 11):
            continue
        sharp = draw.choice([0.05, 2], WIDTH, p=[0.6, 0.4])
        motif = Motif(f"filter_{number:03d}", np.stack([draw.dirichlet([one] * 4) for one in sharp]), 100 * number)
        motifs.append(motif)
        row |= {"sites": motif.sites, "consensus": motif.consensus, "information": motif.information, "note": ""}
        row |= {"first": 1, "last": WIDTH, "mean": 0.02, "std": 0.1, "maximum": 3.2}
        if matches and number % 2:
            offset, orientation = int(draw.integers(-4, 6)), "+-"[number // 2 % 2]
            piece = np.vstack([np.full((4, 4), 0.25), motif.probabilities, np.full((4, 4), 0.25)])[offset + 4 :][:15]
            turned = piece[::-1, ::-1] if orientation == "-" else piece
            known.append(Motif(f"MA{model}{number:03d}.1", turned, 20))
            row |= {"known": known[-1].name, "name": f"FACTOR{number}", "family": "More than 3 adjacent zinc fingers"}
            row |= {"pvalue": 1e-12, "evalue": 1e-9, "offset": offset, "overlap": 13, "orientation": orientation}
    write_meme(folder / "motifs.meme", motifs)
    write_meme(folder / "known.meme", known)
    columns = ["filter", "sites", "consensus", "information", "first", "last", "mean", "std", "maximum", "note"]
    columns += ["known", "name", "family", "pvalue", "evalue", "offset", "overlap", "orientation"]
    done = pd.DataFrame(rows, columns=columns)
    write_table(done, folder / "motifs.tsv")
    return done


def _write_influence(folder: Path, n_filters: int, targets: list[Target], draw: np.random.Generator) -> None:
    values = draw.normal(0, 0.01, (n_filters, len(targets)))
    columns = [f"{target.index} {target.title}" for target in targets]
    influence = pd.DataFrame(values, columns=columns)
    influence.iloc[:, -1] = np.nan
    influence.insert(0, "filter", range(1, n_filters + 1))
    write_table(influence, folder / "influence.tsv")
    _picture(folder / "influence.png", values)


def _picture(path: Path, values: np.ndarray | None = None) -> None:
    """A line, or a heat map."""
    drawn = Figure((7, 3) if values is None else (12, 8))
    axes = drawn.subplots()
    if values is None:
        axes.plot([0, 1], [0, 1])
    else:
        axes.imshow(values, aspect="auto", interpolation="nearest")
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn.savefig(path, dpi=100)


@dataclass(frozen=True)
class Made:
    """A page, and the results that it shows."""

    page: Path
    folder: Path


def make(folder: Path, targets, models=("danq", "deepsea"), influence: bool = True, **more) -> Made:
    """Write results as `write_results` does, and the report of them by its program."""
    write_results(folder, targets, models, influence=influence, **more)
    lines = [f"17:03:{second} WARNING no {second} & <b>" for second in range(10, 35)]
    (folder / "logs").mkdir()
    (folder / "logs/train.log").write_text("\n".join(["WARNING: of another library", *lines, "17:04:00 INFO    well"]))
    words = ["-r", folder, "-w", folder / "windows", "-m", *models, "-l", folder / "logs"]
    done = program("report", *words, *(["--influence"] if influence else []))
    assert done.returncode == 0, done.stderr
    return Made(folder / "report.html", folder)
