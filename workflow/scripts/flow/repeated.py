"""Keys that a config gives twice. YAML's readers, Snakemake's among them, keep the last one without a word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import yaml

from danq.errors import UserError


def check_files(paths: Iterable[str | Path]) -> None:
    """Raise a UserError for the first key that a config file, JSON or YAML, gives twice."""
    for path in paths:
        check_text(Path(path).read_text(encoding="utf-8"), str(path))


def check_words(words: Sequence[str]) -> None:
    """Check the values of Snakemake's option `--config` among the words of its command line."""
    given: list[str] = []
    for entry in _config_entries(words):
        name, _, value = entry.partition("=")
        if name in given:
            raise UserError(f"--config: {name} is given twice; remove one")
        given.append(name)
        check_text(value, f"--config {name}")


def _config_entries(words: Sequence[str]) -> Iterator[str]:
    inside = False
    for word in words:
        option, separator, value = word.partition("=")
        if word.startswith("-"):
            inside = option in ("--config", "-C")
            if inside and separator:
                yield value
        elif inside and separator:
            yield word


def check_text(text: str, place: str) -> None:
    """Check a text in JSON or YAML. One that is neither is Snakemake's to refuse."""
    try:
        json.loads(text, object_pairs_hook=lambda pairs: _distinct(pairs, place))
    except ValueError:
        _check_yaml(text, place)


def _distinct(pairs: list[tuple[str, object]], place: str) -> dict[str, object]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{place}: the key {name!r} is given twice; remove or rename one")
    return dict(pairs)


def _check_yaml(text: str, place: str) -> None:
    loader = yaml.SafeLoader(text)
    try:
        for mapping in _mappings(loader.get_single_node(), set()):
            lines: dict[str, int] = {}
            for key, _ in mapping.value:
                name = str(loader.construct_object(key, deep=True))  # `1` and `'1'` are the same name
                line = key.start_mark.line + 1
                if name in lines:
                    raise UserError(
                        f"{place}: the key {name!r} is given twice, in lines {lines[name]} and {line}; "
                        "remove or rename one"
                    )
                lines[name] = line
    except yaml.YAMLError:
        return
    finally:
        loader.dispose()


def _mappings(node: yaml.Node | None, seen: set[int]) -> Iterator[yaml.MappingNode]:
    """All mappings of a document; one that is repeated by an alias comes once."""
    if isinstance(node, yaml.CollectionNode) and id(node) not in seen:
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield node
        for item in node.value:
            for part in item if isinstance(item, tuple) else (item,):
                yield from _mappings(part, seen)
