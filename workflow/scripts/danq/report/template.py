"""Jinja for the report: its filters, its scripts and styles, and the libraries that the page carries."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import jinja2
import pandas as pd
from markupsafe import Markup

from ..files import existing
from .data import as_json


def script(text: str) -> Markup:
    """JavaScript that is safe inside a <script>: in strings and patterns, `<\\/` means `</` and `<\\!` means `<!`."""
    return Markup(text.replace("</script", "<\\/script").replace("<!--", "<\\!--"))


def datatables() -> dict[str, Markup]:
    """DataTables and jQuery from the itables package: a module, changed so that it leaves its jQuery to the page."""
    folder = files("itables") / "html"
    text = (folder / "dt_bundle.js").read_text(encoding="utf-8")
    name = re.search(r"export\s*\{[^}]*?([\w$]+) as jQuery\b", text)
    if name is None:
        raise AssertionError("this version of itables exports no jQuery")
    style = (folder / "dt_bundle.css").read_text(encoding="utf-8")
    return {"script": script(f"{text}\nwindow.jQuery = {name[1]};\n"), "style": Markup(style)}


def _figure(value, digits: int = 3) -> str:
    return "NA" if value is None or pd.isna(value) else f"{value:.{digits}f}"


def _signed(value, digits: int = 3) -> str:
    return (
        _figure(value, digits)
        if value is None or pd.isna(value)
        else f"{value:+.{digits}f}".replace("-", "\N{MINUS SIGN}")
    )


def environment(folder: Path) -> jinja2.Environment:
    """Jinja with the template's filters and functions; scripts and styles are read from the template's folder."""
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["figure"] = _figure
    environment.filters["signed"] = _signed
    environment.filters["json"] = lambda value: Markup(as_json(value))
    environment.globals["script"] = lambda name: script(existing(folder / name, "script").read_text("utf-8"))
    environment.globals["style"] = lambda name: Markup(existing(folder / name, "style sheet").read_text("utf-8"))
    return environment
