"""Writes a trained model as one folder, or zip archive, that works without the training data."""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from ..errors import UserError
from ..evaluation.evaluate import AUC
from ..files import replacing
from ..tables import Table
from . import card, figures, manifest
from .runs import Shared

log = logging.getLogger(__name__)
LISTED = Table(
    "list of targets", ("index", "name", "assay", "cell", "treatment"), words=("name", "assay", "cell", "treatment")
)
DATE = (1980, 1, 1, 0, 0, 0)  # of all files of an archive, so that the same model gives the same bytes
MEANINGS = {
    "model.json": "what the programs read: the weights and their checksums",
    "weights/": "the trained weights, one HDF5 file per training, with architecture, sizes, window and targets",
    "targets.tsv": "the targets, in the order of the predictions",
    "training/": "settings, software and course of each training",
    "evaluation/": "figures of all targets: auc.tsv of this model, baselines.tsv of the baselines on the same windows",
    "config.yaml": "the config of the run",
    "sheet.tsv": "the sheet that lists the targets and their peak files",
    "report.html": "the report of the dataset; open it in a browser",
    "CITATION.cff": "how to cite the workflow",
}


def share(
    shared: Shared,
    output: str | Path,
    template: str | Path,
    extra: Mapping[str, Path | None],
    license: str = "",
) -> list[str]:
    """Write the folder, or the archive if the name of `output` ends in .zip; the same model gives the same bytes.

    template : of the model card
    extra : the files config.yaml, sheet.tsv, report.html and CITATION.cff; None where there is none
    license : what the card says on the licence

    Returns what is missing, as sentences.
    """
    output = Path(output)
    found = card.facts(shared)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, output.name.removesuffix(".zip"))
        missing = _fill(folder, shared, found, template, extra, license)
        with replacing(output) as temporary:
            if output.suffix == ".zip":
                _zip(folder, temporary)
            else:
                shutil.copytree(folder, temporary)
    return missing


def _fill(folder: Path, shared: Shared, found: dict, template, extra: Mapping[str, Path | None], license: str):
    (folder / manifest.WEIGHTS).mkdir(parents=True)
    (folder / "training").mkdir()
    for member, path, record in zip(shared.members, shared.checkpoints, shared.records, strict=True):
        shutil.copyfile(path, folder / manifest.WEIGHTS / f"{member.name}.weights.h5")
        text = json.dumps(
            {key: value for key, value in record.items() if key != "job"}, indent=1
        )  # no names of machines
        (folder / f"training/{member.name}.run.json").write_text(f"{text}\n", encoding="utf-8")
        history = member / "training/history.tsv"
        if history.exists():
            shutil.copyfile(history, folder / f"training/{member.name}.history.tsv")
    LISTED.write(pd.DataFrame(map(vars, shared.blueprints[0].targets))[list(LISTED.columns)], folder / "targets.tsv")
    auc = figures.auc_of(shared.folder)
    AUC.write(auc, folder / "evaluation/auc.tsv")
    baselines = figures.baselines_of(shared.results, auc)
    if len(baselines):
        AUC.write(baselines, folder / "evaluation/baselines.tsv")
    missing = [f"{name} ({MEANINGS[name]})" for name, path in extra.items() if path is None]
    for name, path in extra.items():
        if path is not None:
            shutil.copyfile(path, folder / name)
    blueprint = shared.blueprints[0]
    facts = {
        "name": shared.name,
        "dataset": shared.results.name,
        "architecture": "+".join(dict.fromkeys(one.architecture for one in shared.blueprints)),
        "window": blueprint.window,
        "targets": len(blueprint.targets),
    }
    manifest.write(folder, facts)
    files = {name: text for name, text in MEANINGS.items() if (folder / name).exists()}
    path = folder / "model_card.md"
    card.write(path, template, found, folder=folder.name, files=files, missing=missing, license=license)
    return missing


def _zip(folder: Path, path: Path) -> None:
    """Write an archive of the folder, whose bytes depend on the content only."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(file.relative_to(folder.parent).as_posix(), DATE)
                entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())


def check_config(config: dict, path: str | Path, shared: Shared) -> None:
    """Raise UserError if a config is not that of the training: another dataset, model, size or number."""
    dataset, models = config.get("dataset"), config.get("models")
    if dataset != shared.results.name:
        raise UserError(f"{path}: its dataset is {dataset!r}, and the results are of {shared.results.name!r}")
    if not isinstance(models, dict) or shared.model not in models:
        raise UserError(f"{path}: has no model {shared.model!r}; give the config of the run")
    recipe, ours = shared.records[0]["recipe"], models[shared.model] or {}
    pairs: Sequence[tuple] = [(key, value, recipe.get(key)) for key, value in ours.items()]
    pairs = [
        *pairs,
        *((f"sizes.{key}", value, recipe["sizes"].get(key)) for key, value in (ours.get("sizes") or {}).items()),
    ]
    for key, value, trained in pairs:
        if isinstance(value, int | float) and isinstance(trained, int | float) and value != trained:
            raise UserError(
                f"{path}: models.{shared.model}.{key} is {value}, and {shared.name} was trained with {trained}; give "
                "the config of the run, or train again"
            )
