"""The block `search` of the config: its trials and rungs, and the options of their trainings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from danq.errors import UserError
from danq.models import registry
from danq.search.halving import RUNG, Rung, rungs
from danq.search.sampler import trials
from danq.search.space import IN_THE_LOSS, Dimension, parts, space_of, words_of
from danq.training.recipe import Recipe, settings

from . import runs
from .files import results
from .options import recipe_options


class Search:
    """One search: `search.danq`.

    Attributes
    ----------
    name : of the model whose settings the trials take where the space does not vary them
    settings : the keys of the model, those of its first run
    space : the values of each setting
    trials : the varied settings of each trial, by its id
    rungs : number of trials and budget of each rung
    """

    def __init__(self, config: dict, name: str):
        self.name, self._config, self._block = name, config, config["search"][name]
        self.settings: dict[str, Any] = dict(runs.runs(config)[runs.firsts(config)[name]].settings)
        block, epochs = self._block, self._block["epochs"] or self.settings["epochs"]
        self.space: list[Dimension] = space_of(self.settings["architecture"], block["space"])
        self.rungs: list[Rung] = rungs(
            block["trials"], epochs, block["max_windows"], block["halving"]["factor"], block["halving"]["rungs"]
        )
        self.trials = trials(self.space, block["trials"], block["sampler"], block["seed"])

    @property
    def folder(self) -> str:
        return f"{results(self._config)}/search/{self.name}"

    @property
    def monitor(self) -> str:
        """The measure on the validation windows that trials are compared by: loss or auprc."""
        return self.settings.get("monitor", "loss")

    def settings_of(self, trial: str, rung: int) -> dict[str, Any]:
        """The keys of a model for a trial on a rung, from 0."""
        varied, budget = self.trials[trial], self.rungs[rung]
        sizes, others = parts(varied)
        windows = budget.max_windows or self.settings["max_windows"]
        own = {"sizes": self.settings["sizes"] | sizes, "epochs": budget.epochs, "max_windows": windows}
        return self.settings | others | own

    def trial_options(self, trial: str, rung: int) -> dict:
        """The options of search_trial.py for a trial on a rung."""
        grows_in_epochs = self.rungs[0].epochs < self.rungs[-1].epochs
        below = f"{self.folder}/trials/{trial}/rung{rung - 1}" if rung and grows_in_epochs else None
        keep = "true" if grows_in_epochs and rung < len(self.rungs) - 1 else None
        return recipe_options(self.settings_of(trial, rung)) | {"below": below, "keep_state": keep}

    def space_options(self) -> dict:
        """The option that describes the space."""
        return {"space": words_of(self._block["space"])}

    def table_options(self) -> dict:
        """The options of search_trials.py."""
        block = self._block
        sampling = {"trials": block["trials"], "sampler": block["sampler"], "sampler_seed": block["seed"]}
        return self.space_options() | sampling | {"model": self.settings["architecture"]}

    def network_options(self) -> dict:
        """The options of search_networks.py: the hyperparameters of the architecture, fixed and varied."""
        varied = {name: values for name, values in self._block["space"].items() if name.startswith("sizes.")}
        fixed = {key: recipe_options(self.settings)[key] for key in ("model", "size")}
        return fixed | {"space": words_of(varied)}

    def promoted(self, rung: int) -> int:
        """How many trials of a rung go on; 0 for the last one."""
        return self.rungs[rung + 1].trials if rung + 1 < len(self.rungs) else 0

    def result_options(self) -> dict:
        """The options of search_results.py: the settings of the longest trainings, all windows included."""
        longest = self.settings | {"epochs": self.rungs[-1].epochs}
        named = {"name": self.name, "monitored": self.monitor}
        return self.space_options() | recipe_options(longest) | named

    def picture_options(self) -> dict:
        """The options of draw_trials.py."""
        return self.space_options() | {"model": self.settings["architecture"], "monitored": self.monitor}

    def abandoned(self) -> list[str]:
        """The trials on disk that are not part of the search any more."""
        folders = Path(self.folder, "trials").glob("t" + 8 * "[0-9a-f]")
        return sorted(folder.name for folder in folders if folder.name not in self.trials)


def searches(config: dict) -> dict[str, Search]:
    """All searches of the config, by name."""
    found = {}
    for name in config["search"]:
        try:
            found[name] = Search(config, name)
        except UserError as error:
            raise UserError(f"search.{name}: {error}") from None
    return found


def promoted_in(ranking: str) -> list[str]:
    """The trials that go on to the next rung, from the table that search_rung.py wrote."""
    table = RUNG.read(ranking)
    return list(table.loc[table["promoted"] == "yes", "trial"])


def check(config: dict) -> None:
    """Check the settings of every trial against the limits of the recipe and the architecture."""
    for name in config["search"]:
        if name not in config["models"]:
            raise UserError(f"search.{name}: there is no model {name!r}; choose from {', '.join(config['models'])}")
    for name, search in searches(config).items():
        varied = {dimension.name for dimension in search.space}
        for setting in IN_THE_LOSS:
            if setting in varied and search.monitor == "loss":
                raise UserError(
                    f"search.{name}.space.{setting}: trials that differ in it have losses that cannot be compared; "
                    "remove it, or set monitor: auprc for the model"
                )
        for trial in search.trials:
            _check_trial(config, search, trial)


def _check_trial(config: dict, search: Search, trial: str) -> None:
    model = search.settings_of(trial, 0)
    known = registry.hyperparameters(model["architecture"])
    try:
        Recipe(sizes=model["sizes"], **{name: model[name] for name in settings() if name in model})
        for size, value in model["sizes"].items():
            known[size].check(f"sizes.{size}", value)
        kernel = model["sizes"].get("kernel", 0)
        window = config["windows"]["window"] if config["source"] == "peaks" else kernel
        if kernel > window:
            raise UserError(f"the kernel ({kernel} bp) is larger than windows.window ({window} bp)")
    except UserError as error:
        shown = ", ".join(f"{name} {value}" for name, value in search.trials[trial].items())
        raise UserError(f"search.{search.name}: trial {trial} ({shown}): {error}; change the space") from None


def warnings(found: dict[str, Search]) -> Iterator[str]:
    """A warning for each search with trials on disk that are not part of it any more."""
    for search in found.values():
        if old := search.abandoned():
            shown = ", ".join(old[:3]) + (f" and {len(old) - 3} more" if len(old) > 3 else "")
            yield (
                f"{search.folder}/trials: {len(old)} trial folders of another space, sampler or seed, or of a search "
                f"with more trials ({shown}) no longer count; they stay on disk until you remove them"
            )
