"""Synthetic result folders for tests of the report: the files of a finished run, with realistic values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import toy_patterns
from matplotlib.figure import Figure
from project import program
from scipy.stats import norm

from danq.data import onehot
from danq.data.targets import TARGETS, Target
from danq.data.windows import writing
from danq.evaluation.added import ADDED, WINS
from danq.evaluation.compare import ASSAYS, COMPARISON, assay_medians, compare
from danq.evaluation.compare_models import PAIRED
from danq.evaluation.controls import CONTROL
from danq.evaluation.evaluate import AUC, CURVES
from danq.evaluation.measures import KEYS, MEASURES, TESTED
from danq.explain.attributions import Attributions
from danq.explain.attributions import Facts as AttributionFacts
from danq.explain.attributions import writing as writing_attributions
from danq.explain.embedding_tables import EFFECTS
from danq.explain.hit_tables import ALL, CARRIED, HITS, NEIGHBOURS
from danq.explain.influence_table import INFLUENCE
from danq.motifs.annotate import MOTIFS
from danq.motifs.compare_motifs import ANNOTATED, RECOVERED
from danq.motifs.meme import Motif, write_meme
from danq.published.figures import medians
from danq.published.target_list import is_published
from danq.variants.checked import Alleles
from danq.variants.effects import compared
from danq.variants.results import Facts, reading
from danq.variants.results import writing as writing_effects
from danq.variants.tables import write_skipped

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
    """Twelve targets of three assays and two cells, some with names that contain HTML."""
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
    baselines: tuple[str, ...] = (),
    control: bool = False,
) -> Path:
    """Write all files that the report reads; the last target has no positives, filters 3 and 11 are never active."""
    draw = np.random.default_rng(0)
    _write_windows(folder / "windows", targets)
    auc = [_auc(model, targets, draw) for model in models]
    auc += [_auc(name, targets, draw, "baseline") for name in baselines]
    for name, rows in zip(baselines, auc[len(models) :], strict=True):
        CURVES.write(_curves(rows, points), folder / "models" / name / "evaluation/curves.tsv.gz")
    if control:
        row = ("shuffled_labels", models[0], 5000, 2, len(targets), 0.5123, 0.4, 0.6)
        CONTROL.write(pd.DataFrame([row], columns=CONTROL.columns), folder / "controls/shuffled_labels/control.tsv")
    AUC.write(pd.concat(auc), folder / "auc.tsv")
    COMPARISON.write(compare(auc), folder / "comparison.tsv")
    ASSAYS.write(assay_medians(pd.concat(auc)), folder / "assays.tsv")
    PAIRED.write(_paired(auc), folder / "paired.tsv")
    _write_added(folder, targets, models[0])
    for name in ("history", "assays", "calibration"):
        _picture(folder / f"{name}.png")
    annotated, recovered = [], []
    for model, rows in zip(models, auc, strict=False):
        home = folder / "models" / model
        _write_run(home / "training", model)
        CURVES.write(_curves(rows, points), home / "evaluation/curves.tsv.gz")
        motifs = _write_motifs(home / "motifs", n_filters, matches, draw, models.index(model))
        if influence:
            _write_influence(home / "explain", n_filters, targets, draw)
        found = int(motifs["known"].notna().sum())
        figures = {"agree": found // 2, "shuffled": 1, "shuffled_agree": 0}
        figures |= {"published_annotated": 145, "published_filters": 320, "published_share": 145 / 320}
        row = {"model": model, "architecture": "DanQ", "filters": n_filters, "motifs": n_filters - 2}
        annotated.append(row | {"annotated": found, "share": found / n_filters} | figures)
        best = motifs.dropna(subset=["known"]).head(1)
        for match in best.to_dict("records"):
            keys = ("filter", "known", "name", "evalue", "agreement")
            found = {key: match[key] for key in keys}
            recovered.append({"factor": "CTCF", "model": model, "by": "matrix", "rank": 1} | found)
            recovered.append({"factor": "REST", "model": model} | dict.fromkeys(keys))
    ANNOTATED.write(pd.DataFrame(annotated), folder / "annotated.tsv")
    RECOVERED.write(pd.DataFrame(recovered, columns=RECOVERED.columns), folder / "recovered.tsv")
    return folder


def _write_windows(folder: Path, targets: list[Target]) -> None:
    with writing(folder / "test.h5", 1, 10, targets, assembly="hg19", made_by=KEEP) as writer:
        writer.append(np.zeros((1, 5), np.uint8), np.zeros((1, -(-len(targets) // 8)), np.uint8))
    rows = [
        vars(target) | {"split": split, "windows": windows, "positives": target.index % 5, "prevalence": 0}
        for split, windows in (("train", 4_400_000), ("valid", 8000), ("test", 455_024))
        for target in targets
    ]
    TARGETS.write(pd.DataFrame(rows), folder / "targets.tsv")


def _auc(model: str, targets: list[Target], draw: np.random.Generator, architecture: str = "DanQ") -> pd.DataFrame:
    n = len(targets)
    values = {"auroc": draw.beta(20, 2, n)}
    values |= {key: np.clip(values["auroc"] - draw.uniform(0.1, 0.6, n), 0.05, 1) for key in KEYS[1:]}
    facts = {"model": model, "architecture": architecture, "index": range(1, n + 1)}
    facts |= {"target": [target.title for target in targets], "assay": [target.assay for target in targets]}
    positives = np.append(np.random.default_rng(1).integers(20, 200, n - 1), 0)  # the same windows for every model
    places = np.where(np.arange(n) == 3, 4, positives // 2)  # the fourth target lies in few places
    facts |= {"windows": WINDOWS, "positives": positives, "places": places, "prevalence": positives / WINDOWS}
    few = np.where(places < 10, "positive in fewer than 10 separate places: no interval", "")
    facts |= {"note": np.where(positives == 0, "no positives", few)}
    for measure in MEASURES:
        value = np.where(positives == 0, np.nan, values[measure.key])
        facts |= {measure.key: value}
        value = np.where(places < 10, np.nan, value)
        facts |= dict(zip(measure.ends, (value - 0.01, np.minimum(value + 0.01, 1)), strict=False))
    if is_published(targets):
        facts |= pd.DataFrame([medians(architecture, target.assay) for target in targets]).to_dict("list")
    return pd.DataFrame(facts)


def _paired(auc: list[pd.DataFrame]) -> pd.DataFrame:
    parts = []
    for i, one in enumerate(auc):
        for other in auc[i + 1 :]:
            for measure in TESTED:
                columns = {"model": one["model"], "other": other["model"], "measure": measure.key}
                columns |= {name: one[name] for name in ("index", "target", "assay")}
                difference = one[measure.key] - other[measure.key]
                columns |= {"value": one[measure.key], "value_other": other[measure.key], "difference": difference}
                p = np.where(one["places"] < 10, np.nan, 2 * norm.sf(difference.abs() / 0.02))
                columns |= {"low": difference - 0.04, "high": difference + 0.04, "pvalue": p, "qvalue": p}
                parts.append(pd.DataFrame(columns))
    return pd.concat(parts) if parts else pd.DataFrame(columns=PAIRED.columns)


def _write_added(folder: Path, targets: list[Target], model: str) -> None:
    """What the model adds over a baseline, and a target of few places where a baseline wins."""
    best = {"model": model, "mean": 0.851, "baseline": "kmer", "mean_baseline": 0.795, "difference": 0.056}
    rows = [
        {"measure": measure.key, "assay": assay, "targets": 12, "low": 0.041, "high": 0.071, "pvalue": 0.001} | best
        for measure in TESTED
        for assay in ("all", *dict.fromkeys(target.assay for target in targets))
    ]
    ADDED.write(pd.DataFrame(rows).assign(baseline_wins=1), folder / "added.tsv")
    fourth = {"measure": "auroc", "index": 4, "target": targets[3].title, "assay": targets[3].assay}
    fourth |= {"positives": 30, "places": 4, "model": model, "value": 0.8, "baseline": "motif", "value_baseline": 0.85}
    fourth |= {"difference": 0.05} | dict.fromkeys(("low", "high", "pvalue"))
    WINS.write(pd.DataFrame([fourth]), folder / "baseline_wins.tsv")


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
    recipe = {"architecture": "DanQ", "learning_rate": 0.001, "class_weighting": "sqrt"}
    versions = {"python": "3.11.7", "keras": "3.15.1", "tensorflow": "2.21.0", "numpy": "2.4.6"}
    run = {"recipe": recipe, "parameters": 46_926_479, "best_epoch": 31, "epochs": 36, "training_seconds": 7000.0}
    (folder / "run.json").write_text(json.dumps(run | {"seed": 1, "devices": [f"{model} GPU"], "versions": versions}))


def _write_motifs(folder: Path, n_filters: int, matches: bool, draw: np.random.Generator, model: int) -> pd.DataFrame:
    """Motifs and their table; every other filter matches a shifted part of itself, on either strand."""
    motifs, known, rows = [], [], []
    for number in range(1, n_filters + 1):
        row = {"filter": number, "sites": 0, "merged": 0, "note": "never active"}
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
            row |= {
                "pvalue": 1e-12,
                "evalue": 1e-9,
                "offset": offset,
                "overlap": 13,
                "orientation": orientation,
                "agreement": 0.8 if number % 4 == 1 else 0.3,
            }
    write_meme(folder / "motifs.meme", motifs)
    write_meme(folder / "known.meme", known)
    done = pd.DataFrame(rows, columns=MOTIFS.columns)
    MOTIFS.write(done, folder / "motifs.tsv")
    return done


def _write_influence(folder: Path, n_filters: int, targets: list[Target], draw: np.random.Generator) -> None:
    values = draw.normal(0, 0.01, (n_filters, len(targets)))
    columns = [f"{target.index} {target.title}" for target in targets]
    influence = pd.DataFrame(values, columns=columns)
    influence.iloc[:, -1] = np.nan
    influence.insert(0, "filter", range(1, n_filters + 1))
    INFLUENCE.write(influence, folder / "influence.tsv")
    _picture(folder / "influence.png", values)


def _picture(path: Path, values: np.ndarray | None = None) -> None:
    """Save a line plot, or a heat map of `values`."""
    drawn = Figure((7, 3) if values is None else (12, 8))
    axes = drawn.subplots()
    if values is None:
        axes.plot([0, 1], [0, 1])
    else:
        axes.imshow(values, aspect="auto", interpolation="nearest")
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn.savefig(path, dpi=100)


def write_variants(folder: Path, targets: list[Target], models: tuple[str, ...], n: int = 150) -> None:
    """Effects of n variants by each model, with three skipped alleles, and a picture."""
    draw = np.random.default_rng(4)
    for model in models:
        home = folder / "models" / model / "variants/gwas"
        home.mkdir(parents=True)
        facts = Facts(("hash",), "both", tuple(range(1, len(targets) + 1)), ("difference",), "skip", 100, 0, 10)
        reference, alternative = draw.random((2, n, len(targets))).astype(np.float32)
        texts = [f"rs{i}" for i in range(n)], ["A"] * n, ["C"] * n
        places = np.arange(1, n + 1), np.arange(n, dtype=np.int32) % 2, np.arange(n) * 7
        with writing_effects(home / "effects.h5", facts, targets, {"chr1": 5000, "chr2": 4000}) as writer:
            writer.append(compared(Alleles(*places, *texts, np.ones(n, bool)), reference, alternative, None))
            writer.counts.skipped["star"] = 3
            writer.counts.examples["star"] = "chr1:5:A>*"
        with reading(home / "effects.h5") as made:
            write_skipped(made.counts, home / "skipped.tsv")
    _picture(folder / "variants/gwas/effects.png")


def write_attributions(
    folder: Path, targets: list[Target], models: tuple[str, ...], methods, length: int = 230
) -> None:
    """Attributions of 5 of 8 windows with an unknown base, for the first and the last target."""
    draw = np.random.default_rng(5)
    bases = np.eye(4, dtype=np.uint8)[draw.integers(0, 4, (8, length))]
    bases[:, 7] = 0
    chosen = {target.index: np.array([0, 2, 3, 5, 7]) for target in (targets[0], targets[-1])}
    places = np.array(["chr1"] * 8, dtype=object), np.arange(8) * 1000
    for model in models:
        for method in methods:
            path = folder / "models" / model / "explain/attributions" / f"{method}.h5"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = onehot.pack(bases), np.arange(8), length, targets, chosen
            with writing_attributions(path, AttributionFacts(method, "both"), *rows, places=places) as file:
                for target in (targets[0], targets[-1]):
                    maps = (
                        draw.normal(0, 0.1, (5, length, 4)).astype(np.float32)
                        * (1 + 9 * (draw.random(length) < 0.05))[:, None]
                    )
                    file.fill(target, slice(0, 5), maps, prediction=draw.random(5), error=None)


def write_marks(folder: Path) -> dict[str, Path]:
    """Places on the windows of `write_attributions`: peaks without names, and named hits, one of them hostile."""
    lines = {
        "peaks": ["chr1\t1990\t2120", "chr1\t3050\t3250", "chr2\t2000\t2050"],
        "motif_hits_of_all_factors": [
            *("chr1\t2010\t2030\tCTCF", "1\t2012\t2030\thidden", "chr1\t2095\t2115\tREST"),
            *("chr1\t5020\t5040\t<img src=x onerror=window.executed=1>", "chr1\t3228\t3235\tend"),
        ],
    }
    for name, rows in lines.items():
        (folder / f"{name}.bed").write_text("\n".join(rows) + "\n")
    return {name: folder / f"{name}.bed" for name in lines}


def write_hits(folder: Path, targets: list[Target], models: tuple[str, ...], methods) -> None:
    """Two hits in the best window of the first target, of which one spans two rows, and a pair with a spacing."""
    first = targets[0]
    for model in models:
        for method in methods:
            best = Attributions(folder / "models" / model / "explain/attributions" / f"{method}.h5").ranked(first)[0]
            home = folder / "models" / model / "explain/hits" / method
            facts = {"index": 1, "target": first.title, "window": best, "score": 9.0, "pvalue": 1e-5}
            facts |= {"contribution": 2.0, "carried": 2.0, "contig": "chr1", "start": 1, "end": 2}
            rows = pd.DataFrame({"position": [20, 95], "strand": ["+", "-"], "sequence": ["A" * 7, "C" * 12]})
            rows = rows.assign(motif=["M1", "M2"], name=[NASTY[0], "CTCF"], **facts)
            HITS.write(rows[list(HITS.columns)], home / "hits.tsv.gz")
            sums = {"windows": 5, "windows_with_hit": 3, "hits": 4, "contribution": 2.5, "carried": 9.0}
            sums |= {"share": [0.25, 0.125, 0.375], "share_of_length": 0.02, "assay": first.assay}
            rows = pd.DataFrame({"motif": ["M2", "M1", ALL], "name": ["CTCF", NASTY[0], ALL]})
            rows = rows.assign(index=1, target=first.title, **sums)
            CARRIED.write(rows[list(CARRIED.columns)], home / "carried.tsv")
            pair = {"first": "M1", "first_name": "CTCF", "second": "M2", "second_name": NASTY[0], "windows": 5}
            pair |= {"first_windows": 3, "second_windows": 3, "both_windows": 3, "expected_windows": 1.8}
            pair |= {"together_pvalue": 0.1, "apart_pvalue": 1, "pairs": 9, "side": "left", "gap": 7, "strand": "-"}
            pair |= {"count": 8, "control": 1.5, "spacing_pvalue": 0.005, "index": 1, "target": first.title}
            same = dict.fromkeys(("both_windows", "expected_windows", "together_pvalue", "apart_pvalue"))
            rows = pd.DataFrame([pair, pair | same | {"second_name": "CTCF"}, pair | {"spacing_pvalue": 0.5}])
            NEIGHBOURS.write(rows[list(NEIGHBOURS.columns)], home / "pairs.tsv")


def write_embedding(folder: Path, targets: list[Target], models: tuple[str, ...]) -> None:
    """Effects of two inserts: the first raises the first target most, the second one the last."""
    draw = np.random.default_rng(6)
    for model in models:
        facts = {"index": range(1, len(targets) + 1), "assay": [one.assay for one in targets], "backgrounds": 9}
        facts |= {"target": [one.title for one in targets], "p_background": 0.1, "p_insert": 0.8, "pvalue": 0.01}
        parts = []
        for insert, best in ((NASTY[0], 0), ("site", len(targets) - 1)):
            effect = draw.normal(0, 0.3, len(targets))
            effect[best] = 5.0 + best
            control = draw.normal(0, 0.3, len(targets))
            figures = {"effect": effect, "low": effect - 1, "high": effect + 1, "control": control}
            parts.append(pd.DataFrame(facts | figures).assign(insert=insert, consensus="ACG", excess=effect - control))
        home = folder / "models" / model / "explain"
        EFFECTS.write(pd.concat(parts)[list(EFFECTS.columns)], home / "embedding.tsv")
        for kind in ("embedding", "embedding_pairs"):
            _picture(home / f"{kind}.png")


def write_patterns(folder: Path, models: tuple[str, ...], searched: tuple[str, ...]) -> None:
    """Named patterns of each model and search."""
    known = folder / "known_for_patterns.meme"
    write_meme(known, [one.motif for one in toy_patterns.known_motifs()], {"MA1": NASTY[0]})
    for model in models:
        for name in searched:
            home = folder / "models" / model / "explain/patterns" / name
            home.mkdir(parents=True)
            toy_patterns.write(home / "patterns.h5", (NASTY[1], "CTCF"))
            done = program("patterns", home / "patterns.h5", "-o", home, "--known", known, "--threads", "1")
            assert done.returncode == 0, done.stderr


@dataclass(frozen=True)
class Made:
    """A report page, and the results that it shows."""

    page: Path
    folder: Path


def make(
    folder: Path,
    targets,
    models=("danq", "deepsea"),
    influence: bool = True,
    baselines=(),
    control=False,
    variants=False,
    explain=(),
    searches=(),
    embed=False,
    hits=False,
    searched=(),
    **more,
) -> Made:
    """Write results as `write_results` does, and run the report's program on them."""
    write_results(folder, targets, models, influence=influence, baselines=baselines, control=control, **more)
    lines = [f"17:03:{second} WARNING no {second} & <b>" for second in range(10, 35)]
    (folder / "logs").mkdir()
    (folder / "logs/train.log").write_text("\n".join(["WARNING: of another library", *lines, "17:04:00 INFO    well"]))
    words = ["-r", folder, "-w", folder / "windows", "-m", *models, "-l", folder / "logs"]
    words += ["--baselines", *baselines] if baselines else []
    if variants:
        write_variants(folder, targets, models)
        words += ["--variants", "gwas"]
    if explain:
        write_attributions(folder, targets, models, explain)
        words += ["--explain", *explain, "--explain-models", *models]
        words += ["--explain-marks", *(f"{name}={path}" for name, path in write_marks(folder).items())]
    if hits:
        write_hits(folder, targets, models, explain)
        words += ["--hits"]
    if embed:
        write_embedding(folder, targets, models)
        words += ["--embed", *models, "--embed-pairs"]
    words += ["--searches", *searches] if searches else []
    if searched:
        write_patterns(folder, models, searched)
        words += ["--patterns", *searched]
    words += ["--controls", "shuffled_labels"] if control else []
    done = program("report", *words, *(["--influence"] if influence else []))
    assert done.returncode == 0, done.stderr
    return Made(folder / "report.html", folder)
