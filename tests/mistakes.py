"""What tests of mistakes share: changes of a config, and a check of the sentence that names the mistake."""

from __future__ import annotations

from collections.abc import Callable


def put(path: str, value) -> Callable[[dict], None]:
    """A change of one key, `models.danq.epochs`."""

    def change(config: dict) -> None:
        *blocks, key = path.split(".")
        for block in blocks:
            config = config.setdefault(block, {})
        config[key] = value

    return change


def take(path: str) -> Callable[[dict], None]:
    """The removal of one key."""

    def change(config: dict) -> None:
        *blocks, key = path.split(".")
        for block in blocks:
            config = config[block]
        del config[key]

    return change


def check(sentence: str, *words: str) -> None:
    """The sentence is short and contains the words."""
    for word in words:
        assert word in sentence
    assert len(sentence) < 400
    assert "\n" not in sentence
