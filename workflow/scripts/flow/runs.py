"""From the models of the config to runs, and from runs to what is predicted with.

A run is one training: a model with one seed and, with folds, on the windows of one fold. `models.danq` with two seeds
and three folds is six runs, `danq-fold1-seed1` to `danq-fold3-seed2`. Without seeds and folds, `danq` is the only run.

A predictor is what has a folder in `models/` with predictions: a run, the joined folds of a model (`danq-seed1`), the
ensemble of its replicates (`danq:ensemble`), or a baseline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from danq.errors import UserError

ENSEMBLE = "ensemble"


@dataclass(frozen=True)
class Run:
    """One training.

    Attributes
    ----------
    name : of its folder in `models/`
    model : its name in the config
    settings : the keys of the model, with the seed of this run and without `seeds`
    fold : number of the fold that it is tested on, from 1; None without folds
    """

    name: str
    model: str
    settings: dict[str, Any]
    fold: int | None = None

    @property
    def seed(self) -> int:
        return self.settings["seed"]


@dataclass(frozen=True)
class Predictor:
    """What has predictions of the test windows.

    Attributes
    ----------
    name : of its folder in `models/`
    title : its name in the config and in tables
    model : the name of the model, or of the baseline
    members : names of the runs whose probabilities it averages; none for a baseline
    ensemble : whether it averages the replicates of a model
    fold : number of the fold whose test windows it predicts; None without folds, and if folds are joined
    parts : names of the predictors of the folds that are joined; none for one that predicts itself
    """

    name: str
    title: str
    model: str
    members: tuple[str, ...]
    ensemble: bool = False
    fold: int | None = None
    parts: tuple[str, ...] = ()


def seeds_of(config: dict, model: str) -> list[int]:
    """The seeds of the replicates of a model; none for a single run without a seed in its name.

    What a model says of its seed or seeds wins over the config.
    """
    settings = config["models"][model]
    if settings["seeds"] is not None:
        return settings["seeds"]
    return [] if settings["seed"] is not None else config["seeds"]


def folds_of(config: dict) -> range:
    """The numbers of the folds, from 1; none without folds."""
    folds = config["folds"]
    return range(1, 1 + (folds if isinstance(folds, int) else len(folds or [])))


def runs(config: dict) -> dict[str, Run]:
    """All trainings of the config, by name: model by model, fold by fold, seed by seed."""
    found: dict[str, Run] = {}
    for model in config["models"]:
        for fold in folds_of(config) or [None]:
            for seed in seeds_of(config, model) or [None]:
                name = named(model, fold, seed)
                found[name] = Run(name, model, _settings(config, model, seed), fold)
    return found


def named(model: str, fold: int | None = None, seed: int | None = None) -> str:
    """`danq-fold1-seed2`, without the parts that are None."""
    return _joined(model, "" if fold is None else f"fold{fold}", "" if seed is None else f"seed{seed}")


def _settings(config: dict, model: str, seed: int | None) -> dict[str, Any]:
    settings = {key: value for key, value in config["models"][model].items() if key != "seeds"}
    if seed is None:
        seed = config["seed"] if settings["seed"] is None else settings["seed"]
    return settings | {"seed": seed}


def predictors(config: dict) -> dict[str, Predictor]:
    """All predictors of the config, by the name of their folder, baselines last."""
    found = [one for model in config["models"] for one in _of_model(config, model)]
    found += [one for baseline in config["baselines"] for one in _folded(config, baseline, [], "")]
    return {one.name: one for one in found}


def _of_model(config: dict, model: str) -> Iterator[Predictor]:
    """The predictors of a model: each seed, then their ensemble."""
    seeds = seeds_of(config, model)
    for seed in seeds or [None]:
        yield from _folded(config, model, [seed], named("", seed=seed))
    if len(seeds) > 1 and config["ensembles"]:
        yield from _folded(config, model, seeds, ENSEMBLE)


def _folded(config: dict, model: str, seeds: Sequence[int | None], suffix: str) -> Iterator[Predictor]:
    """The predictor of all these seeds (none for a baseline); with folds, one for each fold and one that joins them.

    suffix : the end of its name
    """
    name, title, ensemble = _joined(model, suffix), _joined(model, suffix), suffix == ENSEMBLE
    if ensemble:
        title = f"{model}:{ENSEMBLE}"
    folds = folds_of(config)
    if not folds:
        yield Predictor(name, title, model, tuple(named(model, None, seed) for seed in seeds), ensemble)
        return
    parts: list[Predictor] = []
    for fold in folds:
        part = _joined(named(model, fold), suffix)
        members = tuple(named(model, fold, seed) for seed in seeds)
        parts.append(Predictor(part, part, model, members, ensemble, fold))
    yield from parts
    members = tuple(member for part in parts for member in part.members)
    yield Predictor(name, title, model, members, ensemble, None, tuple(part.name for part in parts))


def _joined(*parts: str) -> str:
    return "-".join(part for part in parts if part)


def compared(config: dict) -> list[Predictor]:
    """The predictors in the tables: all that predict all test windows, baselines last."""
    return [one for one in predictors(config).values() if one.parts or one.fold is None]


def representatives(config: dict) -> dict[str, str]:
    """For each model, the name of the predictor that stands for it: the ensemble, else the first seed."""
    best: dict[str, str] = {}
    for one in compared(config):
        if one.model in config["models"] and (one.model not in best or one.ensemble):
            best[one.model] = one.name
    return best


def chosen(config: dict, names: Sequence[str]) -> list[str]:
    """The predictors that a list in the config names, such as `tracks.models`; empty takes each model once.

    A name is that of a model, which its representative stands for, or as in the tables (`danq-seed1`, `danq:ensemble`).
    A run of one fold (`danq-fold1`) can be named, too. A name that does not exist is a UserError.
    """
    standing = representatives(config)
    titles = {one.title: one.name for one in predictors(config).values() if one.members}
    known = standing | titles
    found = []
    for name in map(str, names):
        if name not in known:
            raise UserError(f"no model is called {name!r}; choose from {', '.join(known)}")
        found.append(known[name])
    return list(dict.fromkeys(found)) or list(standing.values())


def firsts(config: dict) -> dict[str, str]:
    """For each model, the name of its first run."""
    return {
        model: named(model, next(iter(folds_of(config)), None), next(iter(seeds_of(config, model)), None))
        for model in config["models"]
    }


def replicated(config: dict) -> dict[str, list[str]]:
    """For each model with several runs, its replicates: a predictor for each seed, or for each fold with one seed."""
    found = {}
    for model in config["models"]:
        of_model = [one for one in predictors(config).values() if one.model == model and not one.ensemble]
        whole = [one.name for one in of_model if one.parts or one.fold is None]
        parts = [one.name for one in of_model if one.fold is not None]
        names = whole if len(whole) > 1 else parts
        if len(names) > 1:
            found[model] = names
    return found


def check(config: dict) -> None:
    """Refuse seeds and folds that contradict other keys, and names that two runs would have."""
    for name, model in config["models"].items():
        if model["seed"] is not None and model["seeds"] is not None:
            raise UserError(f"models.{name} has seed and seeds; keep one of them")
    if config["folds"] is None:
        if config["source"] == "peaks" and config["windows"]["split"] is None:
            raise UserError("'split' is a required property of windows, unless there are folds")
    elif config["source"] == "bundle":
        raise UserError("folds: a bundle has its own parts; leave folds out, or use the source peaks")
    elif config["source"] == "sequences":
        raise UserError("folds: sequences are divided by labelled.split; leave folds out, or use the source peaks")
    elif config["windows"]["split"] is not None:
        raise UserError("folds replace windows.split; remove one of them")
    names: dict[str, str] = {}
    for model in config["models"]:
        of_model = {run.name for run in runs(config).values() if run.model == model}
        of_model |= {one.name for one in _of_model(config, model)}
        for name in sorted(of_model):
            if name in names:
                raise UserError(
                    f"models.{names[name]} and models.{model} would both write to the folder {name}; rename one"
                )
            names[name] = model
    for baseline in config["baselines"]:
        for one in _folded(config, baseline, [], ""):
            if one.name in names:
                raise UserError(
                    f"models.{names[one.name]} has the name of a baseline; rename the model, or leave {baseline} out "
                    "of baselines"
                )
