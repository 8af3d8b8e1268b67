"""The block `labelled` of the config: sequences with labels, for the source `sequences`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from danq.data.targets import Target
from danq.errors import UserError
from danq.labelled.sequence_rule import GENOME, HEADER, SequenceRule, targets_of

from . import files

DATASET = "<dataset>"  # stands for the name of the dataset, so that one config serves several sets


def checked(config: dict) -> None:
    """Put the dataset's name in, and refuse keys that contradict each other."""
    config["labelled"] = named(config["labelled"], config["dataset"])
    length = config["labelled"]["length"]
    rule(config).check_genome(config.get("genome", {}).get("fasta"))
    for name, model in config["models"].items():
        kernel = model["sizes"].get("kernel", 0)
        if length is not None and kernel > length:
            raise UserError(
                f"models.{name}.sizes.kernel ({kernel} bp) is larger than labelled.length ({length} bp); "
                "make the kernel smaller or the windows longer"
            )


def named(value: Any, dataset: str) -> Any:
    """A value of the config with the dataset's name in all of its texts."""
    if isinstance(value, dict):
        return {key: named(one, dataset) for key, one in value.items()}
    if isinstance(value, list):
        return [named(one, dataset) for one in value]
    return value.replace(DATASET, dataset) if isinstance(value, str) else value


def rule(config: dict) -> SequenceRule:
    """The settings as the library has them, with the files on disk."""
    given = dict(config["labelled"])
    split = dict(given.pop("split"))
    given["per_positive"] = given.pop("negatives_per_positive")
    for key in ("files", "negative_files"):
        given[key] = [files.on_disk(config, path) for path in given[key]]
    for key in ("labels", "exclude"):
        if given[key] and given[key] != HEADER:
            given[key] = files.on_disk(config, given[key])
    by, column, shared = split.pop("by"), split.pop("column"), split.pop("shared")
    if by in ("name", "file"):
        for part, chosen in split.items():
            split[part] = [files.on_disk(config, one) for one in files.listed_in(chosen)] or chosen
    split = {part: chosen if isinstance(chosen, float) else list(map(str, chosen)) for part, chosen in split.items()}
    return SequenceRule(**given, by=by, column=column, shared=shared, split=split, seed=config["seed"])


def targets(config: dict) -> list[Target]:
    """The targets; none if a file that tells them is still to be fetched."""
    made = rule(config)
    read = [*made.files, *([made.labels] if made.labels not in (None, HEADER) else [])]
    return targets_of(made) if all(Path(path).exists() for path in read) else []


def labelled_options(config: dict) -> dict[str, Any]:
    """The options of prepare_sequences.py."""
    made = rule(config)
    genome = files.on_disk(config, config["genome"]["fasta"]) if made.negatives == GENOME else None
    assembly = config["genome"]["assembly"] if "genome" in config else ""
    return {
        "sequences": list(made.files),
        "negative_sequences": list(made.negative_files),
        "labels": made.labels,
        "targets": list(made.targets),
        "assay": made.assay,
        "missing": made.missing,
        "length": made.length,
        "longer": made.longer,
        "shorter": made.shorter,
        "unknown_bases": made.unknown_bases,
        "negatives": made.negatives,
        "negatives_per_positive": made.per_positive if made.negatives else None,
        "genome": genome,
        "exclude": made.exclude,
        "split_by": made.by,
        "split_column": made.column,
        **made.split,
        "shared": made.shared,
        "seed": made.seed,
        "assembly": assembly or None,
    }
