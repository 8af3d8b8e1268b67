"""Safe file names from names that others chose: motifs, targets, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable


def file_name(text: str) -> str:
    """A safe file name, without suffix, from any text: letters, digits and `.+-_`, at most 200 of them."""
    name = re.sub(r"[^A-Za-z0-9.+-]+", "_", text)
    if name.startswith("."):  # hidden, or a parent folder
        name = f"_{name.lstrip('.')}"
    return name if len(name) <= 200 else f"{name[:150]}_{name[-49:]}"


def file_names(texts: Iterable[str]) -> list[str]:
    """A `file_name` of each text. They differ, also where the file system ignores the case of letters."""
    seen: set[str] = set()
    names = []
    for text in texts:
        name = first = file_name(text)
        number = 1
        while name.casefold() in seen:
            number += 1
            name = f"{first}-{number}"
        seen.add(name.casefold())
        names.append(name)
    return names
