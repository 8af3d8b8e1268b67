"""The architectures: one a file, each with `build(window_length, n_targets, **sizes) -> keras.Model`.

A model takes one-hot windows (n, L, 4), channels A, C, G, T, and gives probabilities (n, T). Its
first convolution is called `FIRST_CONVOLUTION`, where the motif stage finds it.

To add an architecture, write its file and name it here.
"""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

from ..errors import UserError

if TYPE_CHECKING:
    import keras

FIRST_CONVOLUTION = "first_convolution"

# Imported only when used, so that editing one architecture retrains no other.
ARCHITECTURES = {"DanQ": "danq", "DeepSEA": "deepsea", "DanQ-JASPAR": "danq_jaspar"}


def _module(architecture: str):
    if architecture not in ARCHITECTURES:
        raise UserError(f"unknown architecture {architecture!r}; there are {', '.join(ARCHITECTURES)}")
    return importlib.import_module(f".{ARCHITECTURES[architecture]}", __name__)


def source(architecture: str) -> str:
    """The architecture's source code, and that of the one it builds on: a training must not go on with
    another network's weights."""
    module = _module(architecture)
    base = [value for value in vars(module).values() if inspect.ismodule(value) and value.__name__.startswith(__name__)]
    return "".join(inspect.getsource(part) for part in (module, *base))


def first_filters(architecture: str) -> str:
    """How the first convolution's filters start unless told otherwise: "random" or "jaspar"."""
    return getattr(_module(architecture), "FIRST_FILTERS", "random")


def default_sizes(architecture: str) -> dict[str, Any]:
    """The architecture's hyperparameters with their published values."""
    parameters = inspect.signature(_module(architecture).build).parameters.values()
    return {p.name: p.default for p in parameters if p.default is not inspect.Parameter.empty}


def choices(architecture: str, size: str) -> tuple[str, ...]:
    """The words that a hyperparameter may be; () when it is a number."""
    return getattr(_module(architecture), "CHOICES", {}).get(size, ())


def build(architecture: str, window_length: int, n_targets: int, **sizes) -> keras.Model:
    """The model of this architecture; sizes left out have their published values.

    A size that the architecture does not know or cannot have, or a window too short for its convolutions and
    pools, is a UserError.
    """
    known = default_sizes(architecture)
    for name, value in sizes.items():
        if name not in known:
            raise UserError(f"{architecture} has no hyperparameter {name!r}; it has {', '.join(known)}")
        allowed = choices(architecture, name)
        if allowed and value not in allowed:
            raise UserError(f"{architecture}: {name} {value!r} is unknown; choose from {', '.join(allowed)}")
        if isinstance(known[name], int) and not (isinstance(value, int) and value > 0):
            raise UserError(f"{architecture}: {name} must be a whole number above 0, not {value}")
        most = 1 if "dropout" in name else float("inf")
        if isinstance(known[name], float) and not (isinstance(value, (int, float)) and 0 <= value < most):
            below = " and below 1" if most == 1 else ""
            raise UserError(f"{architecture}: {name} must be at least 0{below}, not {value}")
    if window_length < sizes.get("kernel", known["kernel"]):
        raise UserError(
            f"the window ({window_length} bp) is smaller than the first convolution's kernel "
            f"({sizes.get('kernel', known['kernel'])} bp); enlarge windows.window or make the kernel smaller"
        )
    try:
        return _module(architecture).build(window_length, n_targets, **sizes)
    except ValueError as error:
        if "zero or negative" not in str(error):  # Keras's words for a length that ran out
            raise
        raise UserError(
            f"{architecture}: a window of {window_length} bp is too short for these kernels and pools; "
            "enlarge windows.window or make them smaller"
        ) from error
