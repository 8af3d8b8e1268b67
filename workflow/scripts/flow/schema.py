"""The schema of the config: the YAML file, completed by the architectures and the recipe of the library.

`config.schema.yaml` describes what the workflow alone decides on. The keys of a model come from the code: the
architectures and their hyperparameters from `danq.models.registry`, the options of a training from
`danq.training.recipe`.
"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from danq.models import registry
from danq.settings import Setting
from danq.training import recipe

TYPES = {int: "integer", float: "number", str: "string"}


def complete_schema(path: str | Path) -> dict[str, Any]:
    """The JSON schema of the config, with the keys of a model filled in under `$defs`.

    path : `config.schema.yaml`. What the file says about a key of a model (`seed`) wins over the recipe.
    """
    schema = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    model = schema["$defs"]["model"]
    model["properties"] = {
        "architecture": {"description": "Architecture of the network.", "enum": list(registry.ARCHITECTURES)},
        "sizes": {
            "description": "Hyperparameters of the architecture. Those left out have the published values.",
            "type": "object",
            "default": {},
        },
        **{name: of_setting(setting) for name, setting in recipe.settings().items() if name != "architecture"},
        **model["properties"],
    }
    model["allOf"] = [
        {
            "if": {"properties": {"architecture": {"const": architecture}}, "required": ["architecture"]},
            "then": {"properties": {"sizes": {"$ref": f"#/$defs/{architecture}"}}},
        }
        for architecture in registry.ARCHITECTURES
    ]
    for architecture in registry.ARCHITECTURES:
        sizes = registry.hyperparameters(architecture)
        schema["$defs"][architecture] = {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: of_setting(setting) for name, setting in sizes.items()},
        }
    return schema


def for_editors(schema: dict[str, Any]) -> str:
    """The schema as JSON text for editors, which know an older draft and JavaScript's regular expressions."""
    text = json.dumps(schema | {"$schema": "http://json-schema.org/draft-07/schema#"}, indent=1, ensure_ascii=False)
    return text.replace(r"\\Z", "$") + "\n"


def of_setting(setting: Setting) -> dict[str, Any]:
    """The schema of one key: description, type or allowed words, bounds and default."""
    meaning = setting.meaning()
    key: dict[str, Any] = {"description": f"{meaning[0].upper()}{meaning[1:]}."}
    if setting.unset:
        key["description"] += f" null: {setting.unset}."
    null = [None] if setting.unset else []
    kind = TYPES[setting.kind]
    if setting.choices:
        key["enum"] = [*setting.choices, *null]
    elif setting.several:
        key |= {"type": "array", "minItems": 1, "items": {"type": kind}}
    else:
        key["type"] = [kind, "null"] if null else kind
    bounds = {"minimum": setting.at_least, "exclusiveMinimum": setting.above, "exclusiveMaximum": setting.below}
    key |= {name: bound for name, bound in bounds.items() if bound is not None}
    key["default"] = list(setting.default) if setting.several else setting.default
    return key


def fill_defaults(config: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A copy of the config with the schema's defaults for the keys that it leaves out, and 2 for the whole number 2.0.

    Raises `jsonschema.ValidationError` if the config does not follow the schema.
    """
    filled = deepcopy(config)
    _FILLING(schema).validate(filled)
    return filled


def _with_defaults(validator, properties, instance, schema):
    """Set the defaults of an object, and write whole numbers without a point, before its keys are validated."""
    if validator.is_type(instance, "object"):
        for name, key in properties.items():
            if "default" in key:
                instance.setdefault(name, deepcopy(key["default"]))
            value, kinds = instance.get(name), key.get("type", ())
            if isinstance(value, float) and value.is_integer() and "integer" in kinds and "number" not in kinds:
                instance[name] = int(value)
    yield from jsonschema.Draft202012Validator.VALIDATORS["properties"](validator, properties, instance, schema)


_FILLING = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"properties": _with_defaults})
