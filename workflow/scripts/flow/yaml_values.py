"""The config as YAML gives it: values that no key may have, and violations of the schema in one sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import jsonschema
import yaml

from danq.errors import UserError
from danq.models import registry
from danq.settings import hidden_character

LARGEST = 2**53  # whole numbers above this are not exact in all file formats
IN_QUOTES = "put it in quotes, and so a region with commas ('chr7:30,508,751-35,296,850')"


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
