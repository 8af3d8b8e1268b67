"""The config: checked against its schema, with its defaults filled in, and against the files that it names.

A mistake is a UserError whose message begins with the key.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import yaml

from danq.data.chosen_targets import choose
from danq.data.rule import Rule, check_negatives
from danq.data.targets import Target, find, read_sheet, targets_of
from danq.errors import UserError
from danq.models import registry
from danq.motifs import jaspar, known, names
from danq.published.figures import read_table
from danq.published.target_list import numbered_targets, published_assays, read_targets
from danq.settings import hidden_character

from . import labelled, patterns, runs, search, sequences
from .files import on_disk
from .schema import complete_schema, fill_defaults

SCHEMAS = Path(__file__).parents[2] / "schemas"
LARGEST = 2**53  # whole numbers above this are not exact in all file formats
IN_QUOTES = "put it in quotes, and so a region with commas ('chr7:30,508,751-35,296,850')"


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


def values(config: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """The key and the value of everything in the config that is no block and no list, `windows.split.valid.0`."""
    if isinstance(config, dict | list):
        for name, value in config.items() if isinstance(config, dict) else enumerate(config):
            yield from values(value, f"{key}.{name}" if key else str(name))
    else:
        yield key, config


def check_value(key: str, value: Any) -> None:
    """Refuse what no key may have, whatever the schema says of it."""
    if isinstance(value, float) and not math.isfinite(value):
        raise UserError(f"{key} is {value}; write a finite number")
    if isinstance(value, int) and abs(value) > LARGEST:
        raise UserError(f"{key} is {shown(value)}; write a smaller number")
    if isinstance(value, str):
        if hidden := hidden_character(value):
            raise UserError(f"{key} has the hidden character {hidden} in {shown(value)}; remove it")
        if set(value) & set("{}"):  # Snakemake would read them as a wildcard, in paths, options and messages alike
            raise UserError(f"{key} has a brace in {shown(value)}; braces are wildcards to Snakemake, so rename it")


def shown(value: Any) -> str:
    """The value as in Python's code, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:50]}...{text[-5:]}"


def by_text(models: dict) -> dict[str, Any]:
    """The models by their names as text; two names that are the same text are a UserError."""
    named: dict[str, Any] = {}
    for name, model in models.items():
        if str(name) in named:
            raise UserError(f"models has the name {name} twice, as a number and as text; rename one")
        named[str(name)] = model
    return named


def check_regions(config: dict) -> None:
    """Refuse a region with commas and without quotes, which YAML reads as several items."""
    windows = config.get("windows")
    split = windows.get("split") if isinstance(windows, dict) else None
    lists = {f"windows.split.{part}": regions for part, regions in split.items()} if isinstance(split, dict) else {}
    folds = config.get("folds")
    lists |= {f"folds.{i}": fold for i, fold in enumerate(folds)} if isinstance(folds, list) else {}
    given = config.get("sequences")
    for name, entry in given.items() if isinstance(given, dict) else ():
        lists[f"sequences.{name}.regions"] = entry.get("regions") if isinstance(entry, dict) else None
    for key, regions in lists.items():
        for one, following in pairwise(map(str, regions)) if isinstance(regions, list) else ():
            if re.fullmatch(r".+:\d{1,3}", one) and re.fullmatch(r"\d{3}(-\d+)?", following):
                raise UserError(
                    f"{key}: YAML reads the region that begins with {one} as several items, because it "
                    "has commas; put it in quotes, such as 'chr7:30,508,751-35,296,850'"
                )


def sentence(error: jsonschema.ValidationError) -> str:
    """One sentence for a violation of the schema: the key, what is wrong, what is allowed."""
    key = ".".join(map(str, error.absolute_path)) or "the top level"
    if error.validator == "maxLength":
        return f"{key}: {shown(error.instance)} is longer than {error.validator_value} characters; make it shorter"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        unknown = [name for name in error.instance if name not in known]
        hint = UserError.did_you_mean(str(unknown[0]), known)
        return f"unknown key {shown(unknown[0])} in {key}; {hint + ' ' if hint else ''}known are {', '.join(known)}"
    if "propertyNames" in error.absolute_schema_path:
        return f"{shown(error.instance)} cannot be a name in {key}; names are letters, digits, - and _"
    if error.validator == "required":
        unknown = [str(name) for name in error.instance if name not in error.schema.get("properties", {})]
        missing = [name for name in error.validator_value if name not in error.instance]
        hints = ((name, UserError.did_you_mean(name, missing)) for name in unknown)
        misspelt = next((f"; {shown(name)} is unknown, {hint}" for name, hint in hints if hint), "")
        return f"{error.message} of {key}{misspelt}"
    if error.validator == "enum" and key.endswith(".architecture") and registry.refusal(str(error.instance)):
        return f"{key}: {registry.refusal(str(error.instance))}"
    if error.validator == "enum":
        return f"{key} is {shown(error.instance)}; choose from {', '.join(map(str, error.validator_value))}"
    if error.validator == "type" and isinstance(error.instance, str) and _is_number(error.instance):
        return f"{key}: YAML reads {error.instance!r} as text; write a number with a decimal point, such as 1.0e-4"
    if error.validator == "type" and "string" in error.validator_value and not isinstance(error.instance, dict | list):
        return f"{key}: YAML does not read {yaml_text(error.instance)} as text; {IN_QUOTES}"
    meaning = error.schema.get("description", "")
    message = error.message.replace(repr(error.instance), shown(error.instance))
    return f"{key}: {message}{'; this key is: ' if meaning else ''}{meaning.removesuffix('.')}"


def yaml_text(value: Any) -> str:
    """A single value as YAML writes it: `null`, `true`, `2026-01-01`."""
    return yaml.safe_dump(value).splitlines()[0]


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


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
