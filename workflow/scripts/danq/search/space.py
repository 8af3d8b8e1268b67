"""The space of a search: the values that each setting of a model may take.

A setting is a field of the recipe (`learning_rate`) or a hyperparameter of the architecture (`sizes.filters`). Its
values are a list of choices, or a range as a mapping with one of the keys `uniform`, `log_uniform` and `integers`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from ..errors import UserError
from ..models import registry
from ..settings import Setting
from ..training import recipe

RANGES = ("uniform", "log_uniform", "integers")
# Settings that all trials of a search share: what is trained, how long, and how trials are compared.
FIXED = ("architecture", "epochs", "max_windows", "monitor", "seed")
# They are part of the loss: trials that differ in them have validation losses that cannot be compared.
IN_THE_LOSS = ("class_weighting", "label_smoothing", "focal_gamma")
DIGITS = 4  # significant digits of a number from a range, so that recipes stay readable


@dataclass(frozen=True)
class Dimension:
    """The values of one setting.

    Attributes
    ----------
    name : `learning_rate` or `sizes.filters`
    setting : its type and limits
    choices : the values of a list; none for a range
    low, high : the ends of a range, both included
    log : whether the logarithm of the value is uniform
    """

    name: str
    setting: Setting
    choices: tuple = ()
    low: float = 0
    high: float = 1
    log: bool = False

    @property
    def whole(self) -> bool:
        """Whether the values of a range are whole numbers."""
        return self.setting.kind is int

    @property
    def count(self) -> float:
        """Number of different values; infinite for a range of real numbers."""
        if self.choices:
            return len(self.choices)
        return self.high - self.low + 1 if self.whole else math.inf

    @property
    def ordered(self) -> bool:
        """Whether the values are numbers."""
        return not self.choices or all(isinstance(choice, int | float) for choice in self.choices)

    def value(self, u: float) -> Any:
        """The value at a place u of the unit interval, 0 <= u < 1; a uniform u gives the distribution of the space."""
        if self.choices:
            return self.choices[int(u * len(self.choices))]
        high = self.high + 1 if self.whole else self.high
        if self.log:
            value = math.exp(math.log(self.low) + u * math.log(high / self.low))
        else:
            value = self.low + u * (high - self.low)
        value = math.floor(value) if self.whole else float(f"{value:.{DIGITS}g}")
        return min(max(value, self.low), self.high)

    def place(self, value: Any) -> float:
        """Where a value stands on an axis from 0 to 1; choices stand at equal distances, numbers by their size."""
        if self.choices and not self.ordered:
            return self.choices.index(value) / max(len(self.choices) - 1, 1)
        low, high = (min(self.choices), max(self.choices)) if self.choices else (self.low, self.high)
        if self.log:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low) if high > low else 0.5

    def read(self, text: str) -> Any:
        """The value that `shown` wrote."""
        for choice in self.choices:
            if shown(choice) == text:
                return choice
        return self.setting.kind(text)


def shown(value: Any) -> str:
    """A value as text in a table: numbers without loss, and null for None."""
    return "null" if value is None else str(value)


def parts(varied: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of a trial as hyperparameters of the architecture, and fields of the recipe."""
    sizes = {name.removeprefix("sizes."): value for name, value in varied.items() if name.startswith("sizes.")}
    return sizes, {name: value for name, value in varied.items() if not name.startswith("sizes.")}


def of_trial(base: recipe.Recipe, varied: Mapping[str, Any]) -> recipe.Recipe:
    """The recipe of a trial: that of all trials, with its own settings."""
    sizes, others = parts(varied)
    return replace(base, sizes=base.sizes | sizes, **others)


def settings_of(architecture: str) -> dict[str, Setting]:
    """The settings that a search may vary, by name."""
    fields = {name: setting for name, setting in recipe.settings().items() if name not in FIXED}
    sizes = {f"sizes.{name}": setting for name, setting in registry.hyperparameters(architecture).items()}
    return {name: setting for name, setting in (fields | sizes).items() if not setting.several}


def space_of(architecture: str, given: Mapping[str, Any]) -> list[Dimension]:
    """The dimensions of a space, by name: their order in the config makes no difference.

    given : each setting's list of choices or range. A value that the setting cannot have is a UserError.
    """
    known = settings_of(architecture)
    for name in given:
        if name in FIXED:
            raise UserError(f"{name} is the same for all trials of a search; set it outside of the space")
        if name not in known:
            raise UserError(f"{architecture} has no setting {name!r} to search; it has {', '.join(known)}")
    return [_dimension(name, given[name], known[name]) for name in sorted(given)]


def from_words(architecture: str, words: Iterable[str]) -> list[Dimension]:
    """The space that a command line describes: `learning_rate={log_uniform: [0.0001, 0.01]}`, `sizes.lstm=[32, 64]`."""
    given = {}
    for word in words:
        name, _, text = word.partition("=")
        try:
            given[name] = yaml.safe_load(text)
        except yaml.YAMLError:
            raise UserError(f"{word!r}: write NAME=[choices], or NAME={{uniform: [low, high]}}") from None
    return space_of(architecture, given)


def words_of(given: Mapping[str, Any]) -> list[str]:
    """A space as words of a command line, which `from_words` reads."""
    flow = {"default_flow_style": True, "width": math.inf, "sort_keys": True}
    return [f"{name}={yaml.safe_dump(values, **flow).strip()}" for name, values in sorted(given.items())]


def _dimension(name: str, given: Any, setting: Setting) -> Dimension:
    if isinstance(given, list):
        return Dimension(name, setting, _choices(name, given, setting))
    ranges = [key for key in given if key in RANGES] if isinstance(given, dict) else []
    unknown = [key for key in given if key not in (*RANGES, "log")] if isinstance(given, dict) else []
    if len(ranges) != 1 or unknown or ("log" in given and ranges != ["integers"]):
        raise UserError(
            f"{name}: give a list of choices, or one of {{uniform: [low, high]}}, {{log_uniform: [low, high]}} and "
            "{integers: [low, high]}, the last also with log: true"
        )
    kind, ends = ranges[0], given[ranges[0]]
    if not (isinstance(ends, list) and len(ends) == 2 and all(_is_number(end) for end in ends) and ends[0] < ends[1]):
        raise UserError(f"{name}.{kind} must be two numbers, the lower one first, such as [1, 100], not {ends}")
    if setting.kind is str or setting.choices:
        raise UserError(f"{name} is no number; give a list of choices: {', '.join(setting.choices)}")
    if (kind == "integers") != (setting.kind is int):
        other = "integers" if setting.kind is int else "uniform or log_uniform"
        raise UserError(f"{name} is a {'whole' if setting.kind is int else 'real'} number; use {other} for it")
    if setting.kind is int and any(end != int(end) for end in ends):
        raise UserError(f"{name}.integers must be two whole numbers, not {ends}")
    low, high = (setting.kind(end) for end in ends)
    log = kind == "log_uniform" or bool(given.get("log"))
    if log and low <= 0:
        raise UserError(f"{name}.{kind} is on a logarithmic scale; begin it above 0, not at {low}")
    for end in (low, high):
        setting.check(name, end)
    return Dimension(name, setting, (), low, high, log)


def _choices(name: str, given: Sequence[Any], setting: Setting) -> tuple:
    """The choices, each checked against the limits of the setting."""
    choices = []
    for choice in given:
        if setting.kind is int and isinstance(choice, float) and choice.is_integer():
            choice = int(choice)
        if setting.kind is float and _is_number(choice):
            choice = float(choice)
        wrong = not _is_number(choice) if setting.kind is not str else not isinstance(choice, str)
        if wrong and not (choice is None and setting.unset):
            what = "text" if setting.kind is str else "a number"
            raise UserError(f"{name}: {choice!r} is not {what}; correct the list of choices")
        setting.check(name, choice)
        if choice in choices:
            raise UserError(f"{name}: {choice!r} is listed twice; remove one")
        choices.append(choice)
    if not choices:
        raise UserError(f"{name} has no choices; list some, or remove it from the space")
    return tuple(choices)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
