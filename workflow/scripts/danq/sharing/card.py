"""The model card: what a model was trained on, what it predicts and how well, and what it cannot do.

Its parts follow Mitchell et al. 2019, "Model Cards for Model Reporting": model, intended use, data, training, figures
beside baselines and controls, limits. All of it comes from the tables and records of the results.
"""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pandas as pd

from ..data.scarcity import listed
from ..data.targets import TARGETS
from ..errors import UserError
from ..files import existing
from ..models import registry
from ..report.descriptions import held_out, kept
from . import figures
from .runs import Shared

MOST_TARGETS = 60  # in the card's table; the AUC table has all
ENTITY = re.compile(r"&(?=#?\w+;)")
MARKS = str.maketrans({mark: f"\\{mark}" for mark in "|\\`*_[]"})


def facts(shared: Shared) -> dict:
    """What the card states, by name; see the template."""
    auc = figures.auc_of(shared.folder)
    baselines = figures.baselines_of(shared.results, auc)
    blueprint, record, test = shared.blueprints[0], shared.records[0], shared.test
    if [target.title for target in test.targets] != [target.title for target in blueprint.targets]:
        raise UserError(f"{test.path}: its targets are not those of {shared.checkpoints[0]}; make the windows again")
    path = shared.windows / "targets.tsv"
    if not path.exists():
        raise UserError(f"{path}: no such file, and the model card states its numbers; make the windows again")
    counts = TARGETS.read(path)
    found = {
        "name": shared.name,
        "dataset": shared.results.name,
        "members": [member.name for member in shared.members],
        "joined_folds": shared.joined_folds,
        "architectures": {one.architecture: registry.description(one.architecture) for one in shared.blueprints},
        "blueprint": blueprint,
        "records": shared.records,
        "record": record,
        "test": test,
        "made_by": test.made_by,
        "kept": kept(test.made_by.get("rule", {})),
        "held_out": held_out(test.made_by["labelled"]) if "labelled" in test.made_by else "",
        "splits": counts.groupby("split", sort=False)["windows"].first().to_dict(),
        "counts": _counts(counts),
        "auc": auc.to_dict("records"),
        "baselines": list(dict.fromkeys(baselines["model"])),
        "means": figures.means(auc, baselines),
        "controls": figures.controls_of(shared.results),
        "most": MOST_TARGETS,
    }
    return found | {"limits": list(_limits(found, auc, figures.beaten(auc, baselines) if len(baselines) else {}))}


def _counts(counts: pd.DataFrame) -> list[dict]:
    """One row per target: name, assay, cell, treatment, and the positive windows of each part."""
    wide = counts.pivot_table(index="index", columns="split", values="positives", aggfunc="first")
    first = counts.drop_duplicates("index").set_index("index")[["name", "assay", "cell", "treatment"]]
    return first.join(wide).reset_index().to_dict("records")


def _limits(found: dict, auc: pd.DataFrame, beaten: dict[str, list[str]]):
    """Sentences on what the model cannot do, or what its figures do not say."""
    recipe, keep = found["record"]["recipe"], found["made_by"].get("rule", {}).get("keep", "")
    length = found["blueprint"].window
    yield f"It reads {length:,} bp; nothing further away has an influence on a prediction."
    where = f"of {found['test'].assembly}" if found["test"].assembly else "of one genome"
    yield (
        f"It was trained and tested on sequences {where}, with the experiments listed above; other species, cells, "
        "conditions and laboratories were not tested."
    )
    if keep == "any" or keep.startswith("assay:"):
        yield (
            "All its windows have a peak of some target: it tells targets apart, and predictions for places without "
            "any peak were neither trained nor tested. They may be too high."
        )
    elif keep.startswith("any+matched:"):
        yield (
            "Negatives without a peak were chosen by GC and repeat content: predictions are no probabilities for a "
            "genome as it is, in which places without a peak are far more common."
        )
    weighting = recipe.get("class_weighting", "none")
    if weighting not in ("none", None):
        yield (
            f"Positives were weighted in training (class_weighting: {weighting}), so predictions are higher than the "
            "share of windows that are positive. Use them to rank windows, or calibrate them."
        )
    without = auc[auc["auroc"].isna()]
    if len(without):
        yield f"There are no figures for {_named(without)}: their test windows are all of one class."
    scarce = auc[auc["auroc"].notna() & auc["auroc_low"].isna()]
    if len(scarce):
        yield f"Figures without an interval rest on little or are exactly 1: {_named(scarce)}."
    for measure, names in beaten.items():
        if names:
            yield f"A baseline has a higher {measure} on {len(names)} of {len(auc)} targets: {listed(names)}."
    if not found["baselines"]:
        yield "No baseline was tested on the same windows, so the figures do not say how much a simpler model reaches."
    if not found["controls"]:
        yield "No control with shuffled labels was run."
    if len(found["members"]) == 1:
        yield "It is one training: a second one with another seed can differ by more than the intervals say."
    if found["joined_folds"]:
        yield (
            "The figures are of the folds, each on windows that it did not see. The average of all folds that is "
            "shared has no test windows left; on windows of this genome its predictions look better than they are."
        )
    yield "It is for research, not for decisions on patients."


def _named(rows: pd.DataFrame) -> str:
    return listed([f"{index} {target}" for index, target in zip(rows["index"], rows["target"], strict=True)])


def _figure(value, digits: int = 3) -> str:
    return "NA" if value is None or pd.isna(value) else f"{value:.{digits}f}"


def _plain(text) -> str:
    """Text that Markdown and HTML show as it is, also in a cell of a table."""
    escaped = ENTITY.sub("&amp;", str(text)).replace("<", "&lt;")
    return escaped.translate(MARKS).replace("\n", " ")


def write(path: str | Path, template: str | Path, found: dict, **more) -> None:
    """Write the card.

    found : of `facts`
    more : further values that the template shows
    """
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"figure": _figure, "plain": _plain}
    text = existing(template, "template of the model card").read_text(encoding="utf-8")
    rendered = environment.from_string(text).render(found | more)
    Path(path).write_text(f"{rendered.strip()}\n", encoding="utf-8")
