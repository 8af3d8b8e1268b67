"""Command-line options of the programs, from the config.

Each function takes only the keys that its program depends on, so that a change of other keys reruns nothing.
"""

from __future__ import annotations

import hashlib
from shlex import quote

import pandas as pd

from danq.data.split import REST

from .files import DOWNLOADS, aliases_on_disk, on_disk, results
from .runs import runs

# The keys of `motifs` that the scan depends on; the others affect only names and pictures.
SCAN = ("split", "targets", "strands", "sites", "threshold", "min_sites", "pseudocount", "background", "trim")


def options(**values) -> str:
    """Command-line options from keywords, as `--name=value`: None is left out, and a list repeats the option.

    With `=`, a value that begins with `-` is a value and no option. The options are sorted: moving a key in the config,
    or writing out a default, changes nothing.
    """
    return " ".join(
        f"--{name.replace('_', '-')}={quote(str(item))}"
        for name, value in sorted(values.items())
        if value is not None
        for item in (value if isinstance(value, list) else [value])
    )


def within(config: dict, block: str, *keys: str) -> dict:
    """Some keys of a block of the config."""
    return {key: config[block][key] for key in keys}


def listed(sheet: pd.DataFrame) -> str:
    """A short text that changes with the content of the sheet, and not with blank lines or the order of columns."""
    columns = ["name", "assay", "peaks", "cell", "treatment"]
    columns += ["min_signal"] if sheet["min_signal"].any() else []
    content = sheet[columns].to_csv(index=False)
    return f"sheet {hashlib.blake2b(content.encode(), digest_size=6).hexdigest()}"


def prepare_options(config: dict, fold: str | int | None = None) -> dict:
    """The options of prepare.py; with folds, for one of them, from 1."""
    windows = dict(config["windows"])
    keep, blacklist, split = windows.pop("keep"), windows.pop("blacklist"), windows.pop("split")
    if fold is not None:
        split = fold_options(config["folds"], int(fold))
    if keep.startswith("bed:"):
        keep = f"bed:{on_disk(config, keep.removeprefix('bed:'))}"
    return {
        "folder": config["folder"],
        "downloads": DOWNLOADS,
        "assembly": config["genome"]["assembly"] or None,
        "aliases": aliases_on_disk(config),
        "keep": keep,
        "blacklist": on_disk(config, blacklist) if blacklist else None,
        **windows,
        "skip_unknown_contigs": "true" if windows["skip_unknown_contigs"] else None,
        **split,
    }


def fold_options(folds: int | list[list[str]], fold: int) -> dict:
    """The options of prepare.py that choose the parts of a fold, from 1."""
    if isinstance(folds, int):
        return {"folds": folds, "fold": fold}
    return {"train": [REST], "valid": folds[fold % len(folds)], "test": folds[fold - 1]}


def import_options(config: dict) -> dict:
    """The options of import_bundle.py."""
    bundle = config["bundle"]
    names = on_disk(config, bundle["names"]) if bundle["names"] else None
    return {"alphabet": bundle["alphabet"], "assembly": bundle["assembly"] or None, "names": names}


def train_options(config: dict, name: str) -> dict:
    """The options of train.py for one run."""
    model = runs(config)[name].settings
    folder = f"{results(config)}/models/{name}/training/tensorboard" if model["tensorboard"] else None
    return recipe_options(model) | {"tensorboard": folder}


def recipe_options(settings: dict) -> dict:
    """The options that describe a recipe, of train.py and other programs, from the keys of a model."""
    others = {key: value for key, value in settings.items() if key not in ("architecture", "sizes", "tensorboard")}
    sizes = [f"{size}={value}" for size, value in sorted(settings["sizes"].items())]
    return {"model": settings["architecture"], "size": sizes, **others}


def control_options(config: dict) -> dict:
    """The options of shuffled_labels.py: the recipe of the first run, which is also the control's `name`."""
    name = next(iter(runs(config)))
    return train_options(config, name) | {"name": name, "tensorboard": None}


def baseline_options(config: dict, name: str) -> dict:
    """The options of baseline.py for one baseline. Only `motif` depends on the known motifs."""
    known = config["motifs"]["known"]
    if name != "motif":
        return {"seed": config["seed"]}
    if known:
        return {"seed": config["seed"], "known": on_disk(config, known)}
    return {"seed": config["seed"], **within(config, "motifs", "release", "taxa")}


def embed_options(config: dict) -> dict:
    """The options of embed.py, without files. The gaps matter only to pairs, the JASPAR release only without a file."""
    block = dict(config["embed"])
    block.pop("models")
    if not block["pairs"]:
        block = {name: value for name, value in block.items() if name not in ("pairs", "max_gap", "step")}
    jaspar = {} if config["motifs"]["known"] else within(config, "motifs", "release", "taxa")
    shared = {"seed": config["seed"], "strands": config["predict"]["strands"]}
    return {name: value for name, value in (block | jaspar).items() if value != []} | shared


def variant_options(config: dict) -> dict:
    """The options of variants.py for the lists of variants, all but the background."""
    keys = ("targets", "scores", "ref_mismatch", "strands", "block_size")
    return {name: value for name, value in within(config, "variants", *keys).items() if value != []}


def background_options(config: dict) -> dict:
    """The options of variants.py for the background, whose blocks do not change the scores that are read of it."""
    variants = variant_options(config)
    random = config["variants"]["random_background"] or None
    seed = config["seed"] if random else None
    return variants | {"scores": ["difference"], "block_size": None, "random_background": random, "seed": seed}


def attribute_options(config: dict, method: str) -> dict:
    """The options of attribute.py for one method, without its files."""
    explain = config["explain"]
    test = not (explain["bed"] or explain["fasta"])
    chosen = {"split": "test", **within(config, "explain", "windows", "choose")} if test else {}
    of_method = within(config, "explain", "references", "steps") | {"seed": config["seed"]}
    return {
        "method": method,
        "strands": config["predict"]["strands"],
        "targets": explain["targets"] or None,
        **chosen,
        **(of_method if method == "integrated_gradients" else {}),
    }


def hit_options(config: dict) -> dict:
    """The options of hits.py, without files. A file's motifs are all taken, unless some are named."""
    explain, motifs = config["explain"], config["motifs"]
    jaspar = {} if explain["hit_file"] or motifs["known"] else within(config, "motifs", "release", "taxa")
    return {"only": explain["hit_motifs"] or (not explain["hit_file"] and motifs["expected"]) or None, **jaspar}


def blocks_in(checked: str, block_size: int) -> int:
    """The number of blocks of a list of variants, from the table that check_variants.py wrote."""
    return max(-(-int(pd.read_csv(checked, sep="\t").loc[0, "records"]) // block_size), 1)


def by_model(models: list[str], paths: list[str]) -> str:
    """`danq=path` for each model's file, as the programs take them."""
    return " ".join(f"{model}={path}" for model, path in zip(models, paths, strict=True))
