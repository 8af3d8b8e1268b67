"""The best trial as a recipe: a config file with one model, as those in config/models."""

from __future__ import annotations

from dataclasses import asdict

import yaml

from ..models import registry
from ..training.recipe import Recipe, settings


def recipe_text(name: str, recipe: Recipe, comments: list[str]) -> str:
    """YAML with the model `name`: its architecture, and all sizes and settings that differ from the defaults.

    The seed is left to the config. comments : lines before it
    """
    found = asdict(recipe)
    published = registry.default_sizes(recipe.architecture)
    sizes = {size: value for size, value in sorted(recipe.sizes.items()) if value != published[size]}
    model = {"architecture": recipe.architecture} | ({"sizes": sizes} if sizes else {})
    for key, setting in settings().items():
        value = list(found[key]) if setting.several else found[key]
        default = list(setting.default) if setting.several else setting.default
        if key not in ("architecture", "seed") and value != default:
            model[key] = value
    text = yaml.safe_dump({"models": {name: model}}, sort_keys=False, default_flow_style=False, allow_unicode=True)
    return "".join(f"# {line}\n" for line in comments) + text
