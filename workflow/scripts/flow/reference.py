"""The tables of the documentation that follow from the code: architectures, options of a training, hyperparameters.

`make docs` writes them between the markers `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import re
from pathlib import Path

from danq.models import registry
from danq.settings import Setting
from danq.training import recipe

PROJECT = Path(__file__).parents[3]
PAGES = (PROJECT / "config/README.md", PROJECT / "docs/models.md")


def with_tables(text: str) -> str:
    """The text with every generated table replaced by what the code gives now."""
    sizes = "\n".join(sizes_of(name) for name in registry.ARCHITECTURES)
    tables = {"architectures": architectures(), "training": training(), "sizes": sizes, "published": published()}
    return re.sub(
        r"(<!-- generated: (.+?) -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}{tables[found[2]]}{found[3]}",
        text,
        flags=re.DOTALL,
    )


def architectures() -> str:
    rows = [f"| `{name}` | {registry.description(name)} |" for name in registry.ARCHITECTURES]
    return _lines("| architecture | description and source |", "|---|---|", *rows)


def published() -> str:
    """The published size of each architecture."""
    rows = []
    for name in registry.ARCHITECTURES:
        window, targets, parameters = registry.published(name)
        rows.append(f"| `{name}` | {window:,} | {targets:,} | {parameters:,} | {registry.description(name)} |")
    heading = "| architecture | window (bp) | targets | parameters | description and source |"
    return _lines(heading, "|---|---:|---:|---:|---|", *rows)


def training() -> str:
    """The keys of a model that are fields of the recipe. Those that the config treats in its own way are not here."""
    rows = [_row(name, setting) for name, setting in recipe.settings().items() if name not in ("architecture", "seed")]
    return _lines("| key (under `models.<name>`) | meaning | default |", "|---|---|---|", *rows)


def sizes_of(architecture: str) -> str:
    rows = [_row(name, setting) for name, setting in registry.hyperparameters(architecture).items()]
    key = f"key (under `models.<name>.sizes` of {architecture})"
    return _lines(f"| {key} | meaning | default |", "|---|---|---|", *rows)


def _row(name: str, setting: Setting) -> str:
    return f"| `{name}` | {setting.meaning('`')} | {setting.unset or _default(setting)} |"


def _default(setting: Setting) -> str:
    """The default as YAML reads it: PyYAML takes 8e-07 for text, and 8.0e-07 for a number."""
    if setting.several:
        return f"`[{', '.join(setting.default)}]`"
    if setting.kind is float:
        return re.sub(r"^(\d+)e", r"\1.0e", str(setting.default))
    return f"`{setting.default}`" if setting.kind is str else str(setting.default)


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
