"""The architectures: their hyperparameters, and models built from them.

Each architecture is one file with

- a docstring whose first sentence describes it, and `PAPER`, its published source;
- `build(window_length, n_targets, *, filters=..., ...) -> keras.Model`, whose keywords are the hyperparameters with
  their published values; the model fulfils the contract in `contract.py`;
- `PUBLISHED`, the window in bp, the number of targets and the number of trainable parameters of the published network
  (or, where a docstring says so, of its variant here);
- `SIZES`, the meaning of each hyperparameter; optionally `CHOICES`, the words that a hyperparameter may be, and
  `FIRST_FILTERS`, how the first convolution starts ("random" or "jaspar").

To add an architecture, write its file and list it in `ARCHITECTURES`. The files import Keras inside `build` only, so
that the config can be checked without loading it.
"""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

from ..errors import UserError
from ..settings import Setting

if TYPE_CHECKING:
    import keras

# Name of each architecture, and its module. Modules are imported when used: editing one architecture retrains no other.
ARCHITECTURES = {
    "DanQ": "danq",
    "DeepSEA": "deepsea",
    "DanQ-JASPAR": "danq_jaspar",
    "Basset": "basset",
    "Compact": "compact",
    "DeepBind": "deepbind",
    "DeepMotif-CNN": "deepmotif_cnn",
    "DeepMotif-CNN-RNN": "deepmotif_cnn_rnn",
    "DeepCpG-CnnL2h128": "deepcpg_cnn",
    "DeepCpG-CnnRnn01": "deepcpg_rnn",
    "Basenji-Basset": "basenji_basset",
    "BPNet": "bpnet",
    "TBiNet": "tbinet",
    "DeepATT": "deepatt",
    "DeeperDeepSEA": "deeperdeepsea",
    "Beluga": "beluga",
    "Sei": "sei",
}

# Published networks that are no architecture here, each with the reason and the nearest one.
REFUSED = {
    "FIDDLE": "it reads several tracks beside the sequence and predicts a profile; DeepMotif-CNN or Basset read "
    "the sequence alone",
    "Basenji": "it predicts counts in bins along 131,072 bp; Basenji-Basset is its authors' network for windows",
    "ChromBPNet": "it predicts a profile and a count of reads; BPNet is its trunk with outputs for each target",
    "DeepMotif-RNN": "it has no convolution whose filters could be read as motifs; take DeepMotif-CNN-RNN",
}


def refusal(name: str) -> str:
    """Why a published network is no architecture here, in one sentence; "" for any other name."""
    why = {known.lower(): (known, reason) for known, reason in REFUSED.items()}.get(name.lower())
    return f"{why[0]} is no architecture here: {why[1]} (see docs/models.md)" if why else ""


def _module(architecture: str):
    if sentence := refusal(architecture):
        raise UserError(sentence)
    if architecture not in ARCHITECTURES:
        raise UserError(f"unknown architecture {architecture!r}; there are {', '.join(ARCHITECTURES)}")
    return importlib.import_module(f".{ARCHITECTURES[architecture]}", __package__)


def source(architecture: str) -> str:
    """The source code of the architecture and of the one it builds on: a training never resumes another network."""
    module = _module(architecture)
    base = [
        value for value in vars(module).values() if inspect.ismodule(value) and value.__name__.startswith(__package__)
    ]
    return "".join(inspect.getsource(part) for part in (module, *base))


def description(architecture: str) -> str:
    """One sentence on the architecture, without its name, and the paper that published it."""
    module = _module(architecture)
    sentence = inspect.getdoc(module).splitlines()[0].partition(": ")[2]
    return f"{sentence} {module.PAPER}."


def published(architecture: str) -> tuple[int, int, int]:
    """The window in bp, the targets and the trainable parameters of the published network."""
    return _module(architecture).PUBLISHED


def first_filters(architecture: str) -> str:
    """How the first convolution starts unless the recipe says otherwise: "random" or "jaspar"."""
    return getattr(_module(architecture), "FIRST_FILTERS", "random")


def hyperparameters(architecture: str) -> dict[str, Setting]:
    """The architecture's hyperparameters by name, with their published values as defaults."""
    module = _module(architecture)
    choices = getattr(module, "CHOICES", {})
    defaults = {
        parameter.name: parameter.default
        for parameter in inspect.signature(module.build).parameters.values()
        if parameter.default is not inspect.Parameter.empty
    }
    return {name: _setting(name, value, module.SIZES[name], choices.get(name, {})) for name, value in defaults.items()}


def _setting(name: str, default: Any, meaning: str, choices: dict[str, str]) -> Setting:
    """Whole numbers are above 0, other numbers at least 0, and the shares of dropout below 1."""
    limits = {int: {"at_least": 1}, float: {"at_least": 0, "below": 1 if "dropout" in name else None}, str: {}}
    return Setting(default, meaning, type(default), choices, **limits[type(default)])


def default_sizes(architecture: str) -> dict[str, Any]:
    """The architecture's hyperparameters with their published values."""
    return {name: setting.default for name, setting in hyperparameters(architecture).items()}


def build(architecture: str, window_length: int, n_targets: int, **sizes) -> keras.Model:
    """The model of this architecture, checked against the contract; sizes left out have their published values.

    Raises a UserError for a size that the architecture does not have, a value that a size cannot have, and a window
    that is too short for the convolutions and pools.
    """
    known = hyperparameters(architecture)
    for name, value in sizes.items():
        if name not in known:
            raise UserError(f"{architecture} has no hyperparameter {name!r}; it has {', '.join(known)}")
        known[name].check(f"{architecture}: {name}", value)
    kernel = sizes.get("kernel", known["kernel"].default)
    if window_length < kernel:
        raise UserError(
            f"the window ({window_length} bp) is smaller than the first convolution's kernel "
            f"({kernel} bp); enlarge windows.window or make the kernel smaller"
        )
    try:
        model = _module(architecture).build(window_length, n_targets, **sizes)
    except ValueError as error:
        if "zero or negative" not in str(error):  # Keras's words for a layer without any position left
            raise
        raise UserError(
            f"{architecture}: a window of {window_length} bp is too short for these kernels and pools; "
            "enlarge windows.window or make them smaller"
        ) from error
    from . import contract  # loads Keras

    contract.check(model, architecture, window_length, n_targets)
    return model
