"""The best trial as a recipe: a config file with one model, as those in config/models."""

from __future__ import annotations

from dataclasses import asdict

import pandas as pd
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


def comments(name: str, dataset: str, trial: str, results: pd.DataFrame, monitor: str) -> list[str]:
    """What the recipe says of its origin.

    name : of the search; trial : id of the best trial; results : table of results; monitor : loss or auprc
    """
    row = results.set_index("trial").loc[trial]
    column = f"score_{row['rung']}"
    measure = "AUPRC" if monitor == "auprc" else "loss"
    figure = f"validation {measure} {row[column]:.5g}"
    where = f" on {dataset}" if dataset else ""
    return [
        f"The best of {len(results)} trials of the search {name}{where}: {trial}, {figure}",
        f"at epoch {row['best_epoch']:.0f} of {row['epochs']:.0f}. Add it to any config:",
        "--configfile config/mine.yaml best.yaml",
    ]
