"""The config: checked against its schema, with its defaults filled in, and against the files that it names.

A mistake is a UserError whose message begins with the key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pandas as pd
import yaml

from danq.data.chosen_targets import choose
from danq.data.rule import Rule, check_negatives
from danq.data.targets import Target, find, read_sheet, targets_of
from danq.errors import UserError
from danq.motifs import jaspar, known, names
from danq.published.figures import read_table
from danq.published.target_list import numbered_targets, published_assays, read_targets

from . import labelled, patterns, runs, search, sequences
from .files import on_disk
from .schema import complete_schema, fill_defaults
from .yaml_values import by_text, check_regions, check_value, sentence, values

SCHEMAS = Path(__file__).parents[2] / "schemas"


@dataclass(frozen=True)
class Listed:
    """The targets of a dataset, and the sheet that lists them (None without peaks)."""

    targets: list[Target]
    sheet: pd.DataFrame | None


def checked(config: dict) -> dict:
    """The config with its defaults filled in."""
    schema = complete_schema(SCHEMAS / "config.schema.yaml")
    for key, value in values(config):
        check_value(key, value)
    check_regions(config)
    if isinstance(config.get("models"), dict):
        config["models"] = by_text(config["models"])
    found = list(jsonschema.Draft202012Validator(schema).iter_errors(config))
    if found:
        raise UserError(sentence(jsonschema.exceptions.best_match(found)))
    config = fill_defaults(config, schema)
    runs.check(config)
    if config["source"] == "peaks":
        check_windows(config)
    if config["source"] == "sequences":
        labelled.checked(config)
    if config["source"] != "peaks" and config.get("genome", {}).get("aliases"):
        raise UserError("genome.aliases: is for peak files, which only the source peaks has; remove it")
    if config["tracks"]:
        check_tracks(config)
    sequences.check(config)
    if config["variants"]["files"]:
        check_variants(config)
    if config["explain"]["methods"]:
        check_explain(config)
    patterns.check(config)
    check_embed(config)
    search.check(config)
    return config


def check_windows(config: dict) -> None:
    """Check that windows can be cut around the bins, and that each model's kernel fits into them."""
    size = config["windows"]["window"]
    Rule(bin=config["windows"]["bin"], window=size, resize=config["windows"]["resize"])
    for name, model in config["models"].items():
        kernel = model["sizes"]["kernel"]
        if kernel > size:
            raise UserError(
                f"models.{name}.sizes.kernel ({kernel} bp) is larger than "
                f"windows.window ({size} bp); make the kernel smaller or the window larger"
            )


def check_models(config: dict, key: str, names: Sequence[str]) -> None:
    """Check that the models that a key names exist."""
    try:
        runs.chosen(config, names)
    except UserError as error:
        raise UserError(f"{key}: {error}") from None


def check_tracks(config: dict) -> None:
    """Check that there is a genome to predict, with a name for the hub, and that the models of the tracks exist."""
    tracks = config["tracks"]
    if "genome" not in config:
        raise UserError("tracks: needs a genome; add genome.fasta")
    check_models(config, "tracks.models", tracks["models"])
    if tracks["hub"] and not config["genome"]["assembly"]:
        raise UserError("tracks.hub: needs genome.assembly, the browser's name of the genome, such as hg38")


def check_variants(config: dict) -> None:
    """Check that the keys of `variants` go together, and that there is a genome and every model."""
    variants = config["variants"]
    if "genome" not in config:
        raise UserError("variants: a bundle has no genome; give the genome of the variants as genome.fasta")
    check_models(config, "variants.models", variants["models"])
    if variants["background"] and variants["random_background"]:
        raise UserError("variants: background and random_background exclude each other; give one of them")
    needing = [name for name in variants["scores"] if name in ("z", "e_value")]
    if needing and not (variants["background"] or variants["random_background"]):
        raise UserError(
            f"variants.scores: {needing[0]} needs other variants to compare with; "
            "give variants.background or variants.random_background"
        )


def check_embed(config: dict) -> None:
    """Check that the models and the pairs of `embed` exist."""
    embed = config["embed"]
    check_models(config, "embed.models", embed["models"])
    names = {insert.rpartition("=")[0] or insert for insert in embed["inserts"]}
    for pair in embed["pairs"]:
        if not names or (pair != "all" and not set(pair.split(":")) <= names):
            known = ", ".join(sorted(names)) or "not given"
            raise UserError(f"embed.pairs: {pair} is not a pair of embed.inserts, which are {known}; write A:B or all")


def check_explain(config: dict) -> None:
    """Check that the windows to explain are of one kind, and that there is a genome and every model."""
    explain = config["explain"]
    if explain["bed"] and explain["fasta"]:
        raise UserError("explain: bed and fasta exclude each other; give one of them, or none for test windows")
    if explain["bed"] and "genome" not in config:
        raise UserError("explain.bed: needs the genome that the regions lie on; add genome.fasta")
    if explain["marks"] and config["source"] == "bundle" and not (explain["bed"] or explain["fasta"]):
        raise UserError("explain.marks: the windows of a bundle have no places; leave marks out, or explain a BED file")
    if explain["bigwig"]:
        if "genome" not in config:
            raise UserError("explain.bigwig: needs the genome that the windows lie on; add genome.fasta")
        if explain["fasta"]:
            raise UserError("explain.bigwig: records of a FASTA file have no places on the genome; leave bigwig out")
        if config["source"] == "bundle" and not explain["bed"]:
            raise UserError(
                "explain.bigwig: the windows of a bundle have no places; leave bigwig out, or explain a BED file"
            )
    check_models(config, "explain.models", explain["models"])


def listed_targets(config: dict) -> Listed:
    """The targets of the sheet, of the labelled sequences or of the bundle's list.

    A bundle without a list has the published number of targets, named by number. A list that is still to be fetched
    gives no targets.
    """
    try:
        if config["source"] == "peaks":
            sheet = read_sheet(config["targets"])
            check_sheet(sheet, config["targets"])
            return Listed(targets_of(sheet), sheet)
        if config["source"] == "sequences":
            return Listed(labelled.targets(config), None)
        names = config["bundle"]["names"]
        if not names:
            return Listed(numbered_targets(len(published_assays())), None)
        path = Path(on_disk(config, names))
        return Listed(read_targets(path) if path.exists() else [], None)
    except UserError as error:
        if config["source"] == "sequences":
            raise UserError(str(error) if str(error).startswith("labelled") else f"labelled: {error}") from None
        key = "targets" if config["source"] == "peaks" else "bundle.names"
        raise UserError(f"{key}: {error}") from None


def check_sheet(sheet: pd.DataFrame, path: str) -> None:
    """Check the values of the sheet against its schema, and that Snakemake can use the paths of the peak files."""
    schema = yaml.safe_load((SCHEMAS / "targets.schema.yaml").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for row in sheet.to_dict("records"):
        place = f"{path}: {row['name']}"
        check_value(f"{place}: peaks", row["peaks"])
        for error in validator.iter_errors(row):
            raise UserError(f"{place}: {sentence(error)}")


def check_names(config: dict, targets: list[Target]) -> None:
    """Check that the targets and assays that the config names exist, before the training instead of after it."""
    for key in ("evaluate.curves", "motifs.targets"):
        block, name = key.split(".")
        for wanted in config[block][name]:
            try:
                find(targets, str(wanted))
            except UserError as error:
                raise UserError(f"{key}: {error}") from None
    sequences.check_targets(config, targets)
    for block, used in (("variants", "files"), ("explain", "methods"), ("embed", "inserts")):
        if config[block][used] and config[block]["targets"]:
            try:
                choose(targets, config[block]["targets"])
            except UserError as error:
                raise UserError(f"{block}.targets: {error}") from None
    patterns.check_targets(config, targets)
    table = config["evaluate"]["published"]
    counted = config["source"] != "bundle" or config["bundle"]["names"]
    if table and counted and Path(on_disk(config, table)).exists():
        check_published(on_disk(config, table), len(targets))
    if config["tracks"]:
        try:
            choose(targets, config["tracks"]["targets"])
        except UserError as error:
            raise UserError(f"tracks.targets: {error}") from None
    keep = config["windows"]["keep"] if config["source"] == "peaks" else ""
    check_negatives(keep, targets)
    assay, assays = keep.removeprefix("assay:"), {target.assay for target in targets}
    if keep.startswith("assay:") and assay not in assays:
        known = ", ".join(sorted(assays))
        raise UserError(f"windows.keep: no target has the assay {assay!r}; the sheet has {known}")


def check_expected(config: dict) -> None:
    """Check that a known motif belongs to each expected factor. A file that is still to be fetched is not checked."""
    motifs = config["motifs"]
    if not motifs["expected"]:
        return
    path = on_disk(config, motifs["known"]) if motifs["known"] else None
    if path and not Path(path).exists():
        return
    try:
        found = (
            [one.name for one in known.from_file(path)]
            if path
            else jaspar.core_names(motifs["release"], motifs["taxa"])
        )
        names.check_expected(motifs["expected"], found, names.collection(path, motifs["release"], motifs["taxa"]))
    except UserError as error:
        raise UserError(f"motifs.{'known' if str(error).startswith(str(path)) else 'expected'}: {error}") from None


def check_published(table: str, n_targets: int) -> None:
    """Check that a table of published figures can be read and has a row for each target."""
    try:
        rows = read_table(table)["index"].nunique()
    except UserError as error:
        raise UserError(f"evaluate.published: {error}") from None
    if rows != n_targets:
        raise UserError(f"evaluate.published: {table} has {rows} targets, this dataset {n_targets}")
