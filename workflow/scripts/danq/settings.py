"""A value that the user can set: what it means and which values it may have.

The hyperparameters of an architecture and the fields of a training recipe are settings. The options of `train.py`, the
schema of the config and the tables in `config/README.md` are made from them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import UserError

HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control characters, marks without width, surrogates, ends of lines


def hidden_character(text: str) -> str:
    """The first character of a text that no name, path or label may have, such as `U+0009 (tab)`; "" if there is none.

    Control characters break tables, and two names that differ in one without width look the same.
    """
    for character in text:
        if unicodedata.category(character) in HIDDEN:
            name = {"\t": "tab", "\n": "line feed", "\r": "carriage return"}.get(character)
            name = name or unicodedata.name(character, "control character").lower()
            return f"U+{ord(character):04X} ({name})"
    return ""


@dataclass(frozen=True)
class Setting:
    """One setting.

    default : its value when the user gives none
    help : its meaning and unit, without a full stop
    kind : int, float or str; of a setting with several values, the type of each
    choices : the words it may be, each with its meaning ("" where the word says enough)
    at_least, above, below : bounds of a number
    unset : what None stands for; "" where None is not allowed
    flags : its names on the command line, where they are not just the setting's name
    """

    default: Any
    help: str
    kind: type = str
    choices: Mapping[str, str] = field(default_factory=dict)
    at_least: float | None = None
    above: float | None = None
    below: float | None = None
    unset: str = ""
    flags: tuple[str, ...] = ()

    @property
    def several(self) -> bool:
        """Whether the setting is a list of values."""
        return isinstance(self.default, tuple)

    def meaning(self, quote: str = "") -> str:
        """The help text with the choices, each between `quote`."""
        words = [f"{quote}{word}{quote}{f' ({meaning})' if meaning else ''}" for word, meaning in self.choices.items()]
        return f"{self.help}: {', '.join(words)}" if words else self.help

    def check(self, name: str, value: Any) -> None:
        """Raise a UserError that names the setting if it cannot have this value."""
        if value is None and self.unset:
            return
        if self.choices and value not in self.choices:
            raise UserError(f"{name} {value!r} is unknown; choose from {', '.join(self.choices)}")
        if self.kind is not str and not self._allows(value):
            raise UserError(f"{name} must be {self._range()}, not {value}")

    def _allows(self, value: Any) -> bool:
        return (
            isinstance(value, (int, self.kind))
            and (self.at_least is None or value >= self.at_least)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )

    def _range(self) -> str:
        bounds = []
        if self.at_least == 1 and self.kind is int:
            bounds.append("above 0")
        elif self.at_least is not None:
            bounds.append(f"at least {_plain(self.at_least)}")
        if self.above is not None:
            bounds.append(f"above {_plain(self.above)}")
        if self.below is not None:
            bounds.append(f"below {_plain(self.below)}")
        return ("a whole number " if self.kind is int else "") + " and ".join(bounds)


def _plain(bound: float) -> str:
    """A bound without an exponent where it is a whole number."""
    return str(bound) if isinstance(bound, int) else f"{bound:g}"
